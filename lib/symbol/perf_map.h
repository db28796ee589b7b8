/* SPDX-License-Identifier: MIT */
/*
 * Perf maps: text files in which a program names the code that it makes at
 * run time, "START SIZE NAME" a line, both numbers in hexadecimal.  The
 * program writes what it likes, so everything is limited.
 */
#ifndef CPROF_SYMBOL_PERF_MAP_H
#define CPROF_SYMBOL_PERF_MAP_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
	PERF_MAP_BYTES_MAX = 256 << 20,
	PERF_MAP_LINE_MAX = 4096,
	PERF_MAP_ENTRIES_MAX = 5000000
};

/* Tells the name of addresses[index]; `name` is valid during the call. */
typedef void perf_map_fn(void *context, size_t index, const char *name);

/*
 * Look `count` sorted addresses up in the map behind `fd`, and call `fn`
 * for each that it names.  Code is made where older code was: the last
 * entry for an address wins.  Lines that make no sense, or are longer than
 * PERF_MAP_LINE_MAX, are left out, and so is what follows
 * PERF_MAP_ENTRIES_MAX.  ERROR_UNSUPPORTED, and no name, when it is no
 * regular file or larger than PERF_MAP_BYTES_MAX; ERROR_SYSTEM.
 */
int perf_map_find(int fd, const uint64_t *addresses, size_t count,
		  perf_map_fn *fn, void *context, struct error *err);

#endif
