/* SPDX-License-Identifier: MIT */
/*
 * The unwind rules of one address, where they are of the plain kind that
 * nearly all code has: the frame ends at a distance from a register, and
 * registers are saved at distances from there.
 */
#ifndef CPROF_UNWIND_PLAIN_ROW_H
#define CPROF_UNWIND_PLAIN_ROW_H

#include "elf/image.h"
#include "model/snapshot.h"

#include <stdint.h>

/* The registers that a function gives back as it found them, and the pc. */
enum kept_register {
	KEPT_RBX,
	KEPT_RBP,
	KEPT_R12,
	KEPT_R13,
	KEPT_R14,
	KEPT_R15,
	KEPT_PC,
	KEPT_COUNT
};

#define SLOT_SAME INT32_MAX	/* it was not saved: it has its value */

enum row_kind {
	ROW_OTHER,		/* others must execute the rules */
	ROW_PLAIN,
	ROW_OUTERMOST,		/* "return address undefined": no caller */
};

struct plain_row {
	enum row_kind kind;
	uint8_t cfa_register;	/* enum snapshot_reg */
	int32_t cfa_offset;
	int32_t slots[KEPT_COUNT];	/* from the CFA */
};

/* Which register of a snapshot that is. */
enum snapshot_reg kept_register_name(enum kept_register kept);

/*
 * The row of the rules `cfi` for the address `offset` bytes behind their
 * start (DWARF 5, 6.4.3).  ROW_OTHER where anything but CFA = register +
 * offset and "saved at CFA + offset" matters to a caller's registers.
 */
struct plain_row plain_row_of(const struct elf_cfi *cfi, uint64_t offset);

#endif
