/* SPDX-License-Identifier: MIT */
/*
 * Debug information in which each entry has the next one both as a child
 * and as a sibling: whoever believes it walks 2 to the power of 200 entries.
 */
	.text
	.globl main
	.type main, @function
main:
	.cfi_startproc
	.fill 16, 1, 0x90
	xorl %eax, %eax
	ret
	.cfi_endproc
	.size main, . - main
code_end:

	.section .debug_abbrev, "", @progbits
	.uleb128 1		/* a unit, with children */
	.uleb128 0x11
	.byte 1
	.uleb128 0x11		/* low_pc, addr */
	.uleb128 0x1
	.uleb128 0x12		/* high_pc, data8 */
	.uleb128 0x7
	.byte 0, 0
	.uleb128 2		/* a namespace, with children */
	.uleb128 0x39
	.byte 1
	.uleb128 0x1		/* sibling, ref4 */
	.uleb128 0x13
	.byte 0, 0
	.byte 0

	.section .debug_info, "", @progbits
info:
	.long info_end - info - 4
	.value 4
	.long 0
	.byte 8
	.uleb128 1
	.quad main
	.quad code_end - main
	.rept 200
	.uleb128 2
	.long . + 4 - info
	.endr
info_end:
	.section .note.GNU-stack, "", @progbits
