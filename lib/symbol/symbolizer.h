/* SPDX-License-Identifier: MIT */
/*
 * Names for addresses, found by a process of its own: ELF and DWARF are
 * bytes from outside, and a parser that dies must not take the recording
 * with it.  When it dies or takes too long, a new process tries the same
 * module again without debug information; what is not answered then stays
 * SYMBOL_NONE and symbolizer_lost() tells how much that is.
 */
#ifndef CPROF_SYMBOL_SYMBOLIZER_H
#define CPROF_SYMBOL_SYMBOLIZER_H

#include "base/error.h"
#include "model/stack.h"

#include <stdbool.h>
#include <sys/types.h>

struct symbolizer_options {
	bool debuginfod;	/* may ask servers on the network */
	bool inlines;		/* want chains of inlined functions */
	/* Where separate debug files are; NULL: "/usr/lib/debug". */
	const char *debug_root;
	/* Longest silence before the process is given up; 0: a minute. */
	int patience_ms;
};

struct symbolizer;

/*
 * Start the process.  It is a child of the caller, ends when the caller
 * ends or stops it, and may be reaped by the caller's own waits.
 */
int symbolizer_start(struct symbolizer **out,
		     const struct symbolizer_options *options,
		     struct error *err);

/*
 * Tell it of module `id`.  `fd` is the module's file as it was at first
 * sight (it is duplicated), or -1: then `module->path` is tried and used
 * only when its build-id is the same.
 */
int symbolizer_module(struct symbolizer *symbolizer, uint32_t id,
		      const struct module *module, int fd, struct error *err);

/*
 * Called once per address, in the order asked.  `symbol->frame` is the
 * index into `addresses`.  All pointers are valid during the call only.
 */
typedef void symbol_fn(void *context, const struct symbol *symbol);

/*
 * Resolve `count` addresses of module `id` (of frames: see struct frame),
 * calling `fn` for each.  Fastest with all the addresses of a module in one
 * call, sorted and unique.  Returns 0 also when the process died on the way:
 * the rest is answered with "[module+0x1234]" names and counted as lost.
 * -1 (ERROR_NOT_FOUND) when the module was never told.
 */
int symbolizer_resolve(struct symbolizer *symbolizer, uint32_t id,
		       const uint64_t *addresses, size_t count,
		       symbol_fn *fn, void *context, struct error *err);

/* Addresses that no process had an answer for. */
uint64_t symbolizer_lost(const struct symbolizer *symbolizer);

/* The process, or -1 when none runs now. */
pid_t symbolizer_pid(const struct symbolizer *symbolizer);

/* NULL is allowed. */
void symbolizer_stop(struct symbolizer *symbolizer);

#endif
