/* SPDX-License-Identifier: MIT */
/*
 * Where code without unwind rules returns to, told by its instructions from
 * the pc on, when they are the last ones that it executes.  So the stubs that
 * interpreters make at run time have callers, such as those of Python's
 * -X perf (asm_trampoline.S):
 *
 *	sub $8,%rsp; call *%rcx; add $8,%rsp; ret
 *	push %rbp; mov %rsp,%rbp; call *%rcx; pop %rbp; ret
 *
 * And functions of V8 whose frame is not made yet, or is none any more: where
 * they were interrupted, rbp is still their caller's.
 *
 * Nothing is guessed: one instruction that is none of these, and the way is
 * not known.
 */
#ifndef CPROF_UNWIND_WAY_OUT_H
#define CPROF_UNWIND_WAY_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WAY_OUT_BYTES = 24	/* of code; more are not looked at */
};

/* Offsets are from the sp at the pc that was asked for, never negative. */
struct way_out {
	int return_slot;	/* where the return address lies */
	bool rbp_popped;	/* else rbp is the caller's already */
	int rbp_slot;
	/* Perhaps, so that the sp after that is not known. */
	bool arguments_popped;
};

/* The way from `code` on, of which `len` bytes are known; false: unknown. */
bool way_out_find(const uint8_t *code, size_t len, struct way_out *out);

#endif
