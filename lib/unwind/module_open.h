/* SPDX-License-Identifier: MIT */
/* From a mapping to the module that it shows. */
#ifndef CPROF_UNWIND_MODULE_OPEN_H
#define CPROF_UNWIND_MODULE_OPEN_H

#include "proc/maps.h"
#include "unwind/module_table.h"

struct module_opener {
	struct module_table *table;
	pid_t pid;		/* a thread whose memory can be seen */
	int root;		/* of the process; -1: not known */
};

/*
 * The module of an executable mapping, opened when it is new; ID_NONE when
 * the mapping shows no file but code made at run time.
 */
uint32_t module_open(struct module_opener *opener,
		     const struct proc_map *map);

#endif
