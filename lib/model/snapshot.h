/* SPDX-License-Identifier: MIT */
/* A thread's registers and the top of its stack at one moment. */
#ifndef CPROF_MODEL_SNAPSHOT_H
#define CPROF_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SNAPSHOT_STACK_MAX = 256 * 1024,
	SNAPSHOT_REGS = 17
};

/* In the order of the DWARF numbers of x86-64: rax, rdx, rcx, rbx, ... */
enum snapshot_reg {
	REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP,
	REG_RSP, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13,
	REG_R14, REG_R15, REG_RIP
};

struct snapshot {
	uint64_t regs[SNAPSHOT_REGS];
	uint32_t known;			/* bit per register that is known */
	uint64_t stack_start;		/* address of stack[0]: the sp */
	size_t stack_bytes;
	uint8_t *stack;			/* room for SNAPSHOT_STACK_MAX */
};

enum {
	SNAPSHOT_ALL_REGS = (1 << SNAPSHOT_REGS) - 1,
	/* What /proc/TID/syscall tells of a sleeping thread. */
	SNAPSHOT_SLEEPING_REGS = 1 << REG_RSP | 1 << REG_RIP
};

#endif
