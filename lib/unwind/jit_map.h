/* SPDX-License-Identifier: MIT */
/*
 * /tmp/perf-PID.map, where a program tells the names of code that it made
 * at run time.  /tmp belongs to everybody: a file that somebody else could
 * have put there is not used.
 */
#ifndef CPROF_UNWIND_JIT_MAP_H
#define CPROF_UNWIND_JIT_MAP_H

#include <sys/types.h>

struct jit_map;

/* Remember the root and the owner of `pid`, which may end. */
struct jit_map *jit_map_new(pid_t pid);
void jit_map_free(struct jit_map *map);

/* The file, which the caller closes; -1 when it is not there or refused. */
int jit_map_open(struct jit_map *map);

#endif
