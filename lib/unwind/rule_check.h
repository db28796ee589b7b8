/* SPDX-License-Identifier: MIT */
/*
 * May libunwind execute these unwind rules?  It believes some of them: a
 * DW_CFA_register of any number is an index into its arrays, INT64_MIN / -1
 * in an expression is a trap, and a jump there can be an endless loop.  The
 * bytes come from the files of others, who must not end the sampler.
 */
#ifndef CPROF_UNWIND_RULE_CHECK_H
#define CPROF_UNWIND_RULE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Are the `len` bytes at `program` call frame instructions (DWARF 5, 6.4.2)
 * that are whole and harmless?  What compilers for x86-64 write is; not
 * allowed are DW_CFA_set_loc, DW_CFA_val_offset, instructions of other
 * machines, many remembered states, and in expressions (2.5) all jumps, calls
 * and divisions.
 */
bool rule_check_program(const uint8_t *program, size_t len);

#endif
