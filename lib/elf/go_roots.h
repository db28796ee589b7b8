/* SPDX-License-Identifier: MIT */
/*
 * Where Go's stacks begin.  Goroutines, and the system stacks that the
 * runtime switches to, begin in a few functions of the runtime, for which
 * there is unwind information that leads nowhere.  Their names are in
 * .gopclntab, which a Go program needs and so has even when stripped.
 */
#ifndef CPROF_ELF_GO_ROOTS_H
#define CPROF_ELF_GO_ROOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	GO_ROOTS_MAX = 16
};

struct go_roots {
	struct {
		uint64_t start;
		uint64_t end;
	} ranges[GO_ROOTS_MAX];		/* ELF virtual addresses */
	size_t count;
};

/*
 * Read the `len` bytes of .gopclntab, of Go 1.16 and later.  `text` is the
 * address of .text, for tables that do not tell.
 */
void go_roots_read(struct go_roots *roots, const uint8_t *data, size_t len,
		   uint64_t text);

/* Is `address` in a function that no other calls? */
bool go_roots_hold(const struct go_roots *roots, uint64_t address);

#endif
