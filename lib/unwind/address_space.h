/* SPDX-License-Identifier: MIT */
/*
 * What code is where in a process.  Modules are opened and indexed at first
 * sight, through the process's own root, because at the end they may be
 * gone; they are shared by all processes that map them.
 */
#ifndef CPROF_UNWIND_ADDRESS_SPACE_H
#define CPROF_UNWIND_ADDRESS_SPACE_H

#include "base/error.h"
#include "model/stack.h"

#include <stdbool.h>
#include <sys/types.h>

struct elf_image;

/* All modules of a recording; ids are those of the profile. */
struct module_table;

struct module_table *module_table_new(void);
void module_table_free(struct module_table *table);

uint32_t module_table_count(const struct module_table *table);

/* The noun for the file; strings live as long as the table. */
const struct module *module_table_get(const struct module_table *table,
				      uint32_t id);

/*
 * A descriptor of the module's file (the ELF file, the bytes of the vdso in
 * a memfd, the perf map of a jit module), kept open since first sight; -1
 * when there is none.  The table keeps owning it.
 */
int module_table_fd(const struct module_table *table, uint32_t id);

/*
 * Perf maps also name code that lies in files, such as the builtins of node:
 * the load bias that module `id` had in the process of module `jit`.  False
 * when it was not seen there, or `jit` is no jit module.
 */
bool module_table_bias(const struct module_table *table, uint32_t jit,
		       uint32_t id, uint64_t *bias);

/* The MODULE_UNKNOWN one, for addresses that no mapping held. */
uint32_t module_table_unknown(struct module_table *table);

struct address_space;

/*
 * The address space of process `pid`; no map is read yet.  `process` is
 * the profile's process id, the owner of its jit module.  `table` is
 * borrowed until address_space_free().
 */
struct address_space *address_space_new(struct module_table *table, pid_t pid,
					uint32_t process);
void address_space_free(struct address_space *space);

/*
 * Read /proc/PID/maps (again).  ERROR_SYSTEM when the process is gone; the
 * old maps stay then.  Cheap when nothing executable changed.
 */
int address_space_refresh(struct address_space *space, struct error *err);

/* Where a pc lies. */
struct code_location {
	uint32_t module;
	uint64_t address;	/* in the module: see struct frame */
	uint64_t bias;		/* pc - address */
	struct elf_image *image;	/* NULL: jit, unreadable */
};

/* False when no executable mapping holds `pc`. */
bool address_space_find(struct address_space *space, uint64_t pc,
			struct code_location *where);

/*
 * The instructions at `pc`, as they were then or, at the earliest, at the last
 * refresh: `*code` until the next call, and how many bytes it has
 * (WAY_OUT_BYTES at the most); 0: they cannot be read.
 */
size_t address_space_code(struct address_space *space, uint64_t pc,
			  const uint8_t **code);

/*
 * The executable mapping number `index`, whose start is at `where->address`;
 * false when there are not so many.
 */
bool address_space_area(const struct address_space *space, size_t index,
			struct code_location *where);

/* A frame for a pc that lies nowhere. */
struct frame address_space_unknown(struct address_space *space, uint64_t pc);

/* Grows by one whenever a refresh changed what is mapped executable. */
uint64_t address_space_generation(const struct address_space *space);

#endif
