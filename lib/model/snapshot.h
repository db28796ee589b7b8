/* SPDX-License-Identifier: MIT */
/* A thread's registers and the top of its stack at one moment. */
#ifndef CPROF_MODEL_SNAPSHOT_H
#define CPROF_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SNAPSHOT_STACK_MAX = 256 * 1024,
	SNAPSHOT_OTHER_MAX = 32 * 1024,
	SNAPSHOT_REGS = 17
};

/* In the order of the DWARF numbers of x86-64: rax, rdx, rcx, rbx, ... */
enum snapshot_reg {
	SNAP_RAX, SNAP_RDX, SNAP_RCX, SNAP_RBX, SNAP_RSI, SNAP_RDI, SNAP_RBP,
	SNAP_RSP, SNAP_R8, SNAP_R9, SNAP_R10, SNAP_R11, SNAP_R12, SNAP_R13,
	SNAP_R14, SNAP_R15, SNAP_RIP
};

struct snapshot {
	uint64_t regs[SNAPSHOT_REGS];
	uint32_t known;			/* bit per register that is known */
	uint64_t stack_start;		/* address of stack[0]: the sp */
	size_t stack_bytes;
	uint8_t *stack;			/* room for SNAPSHOT_STACK_MAX */
	/*
	 * A piece of the stack that a signal handler with a stack of its own
	 * interrupted, or the outermost part of one that is too large.  It
	 * lies in the room behind `stack`.
	 */
	uint64_t other_start;
	size_t other_bytes;		/* 0: none */
	const uint8_t *other;
};

enum {
	SNAPSHOT_ALL_REGS = (1 << SNAPSHOT_REGS) - 1,
	/* What /proc/TID/syscall tells of a thread asleep in a page fault, */
	SNAPSHOT_FAULTING_REGS = 1 << SNAP_RSP | 1 << SNAP_RIP,
	/* and in a system call: its arguments, too (vfork needs one). */
	SNAPSHOT_SLEEPING_REGS = SNAPSHOT_FAULTING_REGS | 1 << SNAP_RDI |
		1 << SNAP_RSI | 1 << SNAP_RDX | 1 << SNAP_R10 |
		1 << SNAP_R8 | 1 << SNAP_R9
};

#endif
