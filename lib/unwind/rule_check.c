/* SPDX-License-Identifier: MIT */
#include "unwind/rule_check.h"

#include "base/bytes.h"
#include "base/compiler.h"
#include "model/snapshot.h"

enum {
	REMEMBER_STATE = 0x0a,
	RESTORE_STATE = 0x0b,
	/* At a time; each costs libunwind some memory, for ever. */
	REMEMBERED_MAX = 64
};

/* What follows the code of an instruction, or of an operation. */
enum operand {
	REFUSED,		/* the code itself; also: no such code */
	NOTHING,
	BYTES_1,
	BYTES_2,
	BYTES_4,
	BYTES_8,
	NUMBER,			/* LEB128, of any sign */
	READ_REGISTER,		/* LEB128, one that libunwind does not check */
	EXPRESSION,		/* its length, then operations */
};

/*
 * DW_CFA_*; the two high bits of a code are 0 here.  Left out, too:
 * val_offset and val_offset_sf, which libunwind 1.6 does not know.  It skips
 * the code alone and executes the operands.
 */
static const uint8_t instructions[][2] = {
	[0x00] = { NOTHING, NOTHING },		/* nop */
	[0x02] = { BYTES_1, NOTHING },		/* advance_loc1 */
	[0x03] = { BYTES_2, NOTHING },		/* advance_loc2 */
	[0x04] = { BYTES_4, NOTHING },		/* advance_loc4 */
	[0x05] = { NUMBER, NUMBER },		/* offset_extended */
	[0x06] = { NUMBER, NOTHING },		/* restore_extended */
	[0x07] = { NUMBER, NOTHING },		/* undefined */
	[0x08] = { NUMBER, NOTHING },		/* same_value */
	[0x09] = { NUMBER, READ_REGISTER },	/* register */
	[0x0a] = { NOTHING, NOTHING },		/* remember_state */
	[0x0b] = { NOTHING, NOTHING },		/* restore_state */
	[0x0c] = { NUMBER, NUMBER },		/* def_cfa */
	[0x0d] = { NUMBER, NOTHING },		/* def_cfa_register */
	[0x0e] = { NUMBER, NOTHING },		/* def_cfa_offset */
	[0x0f] = { EXPRESSION, NOTHING },	/* def_cfa_expression */
	[0x10] = { NUMBER, EXPRESSION },	/* expression */
	[0x11] = { NUMBER, NUMBER },		/* offset_extended_sf */
	[0x12] = { NUMBER, NUMBER },		/* def_cfa_sf */
	[0x13] = { NUMBER, NOTHING },		/* def_cfa_offset_sf */
	[0x16] = { NUMBER, EXPRESSION },	/* val_expression */
	[0x2e] = { NUMBER, NOTHING },		/* GNU_args_size */
	[0x2f] = { NUMBER, NUMBER },		/* GNU_negative_offset_ext. */
};

/* DW_OP_*.  Left out, too: bregx and constu, which libunwind 1.6 misreads. */
static const uint8_t operations[] = {
	[0x03] = BYTES_8,			/* addr */
	[0x06] = NOTHING,			/* deref */
	[0x08 ... 0x09] = BYTES_1,		/* const1u, const1s */
	[0x0a ... 0x0b] = BYTES_2,		/* const2u, const2s */
	[0x0c ... 0x0d] = BYTES_4,		/* const4u, const4s */
	[0x0e ... 0x0f] = BYTES_8,		/* const8u, const8s */
	[0x12 ... 0x14] = NOTHING,		/* dup, drop, over */
	[0x15] = BYTES_1,			/* pick */
	[0x16 ... 0x17] = NOTHING,		/* swap, rot */
	[0x19 ... 0x1a] = NOTHING,		/* abs, and */
	[0x1c] = NOTHING,			/* minus */
	[0x1e ... 0x22] = NOTHING,		/* mul, neg, not, or, plus */
	[0x23] = NUMBER,			/* plus_uconst */
	[0x24 ... 0x27] = NOTHING,		/* shl, shr, shra, xor */
	[0x29 ... 0x2e] = NOTHING,		/* eq, ge, gt, le, lt, ne */
	[0x30 ... 0x4f] = NOTHING,		/* lit0 to lit31 */
	[0x70 ... 0x80] = NUMBER,		/* breg0 to breg16 */
	[0x94] = BYTES_1,			/* deref_size */
	[0x96] = NOTHING,			/* nop */
};

static void check_expression(struct byte_reader *in);

static void check_operand(struct byte_reader *in, enum operand operand)
{
	static const uint8_t bytes[] = {
		[BYTES_1] = 1, [BYTES_2] = 2, [BYTES_4] = 4, [BYTES_8] = 8
	};

	switch (operand) {
	case REFUSED:
		byte_reader_fail(in);
		break;
	case NOTHING:
		break;
	case NUMBER:
		read_uvarint(in);
		break;
	case READ_REGISTER:
		if (read_uvarint(in) >= SNAPSHOT_REGS)
			byte_reader_fail(in);
		break;
	case EXPRESSION:
		check_expression(in);
		break;
	default:
		read_bytes(in, bytes[operand]);
		break;
	}
}

static void check_expression(struct byte_reader *in)
{
	uint64_t len = read_uvarint(in);
	const uint8_t *bytes = read_bytes(in, len);
	struct byte_reader inner = byte_reader_of(bytes, bytes ? len : 0);

	while (byte_reader_left(&inner) > 0) {
		uint8_t code = read_u8(&inner);

		check_operand(&inner, code < ARRAY_SIZE(operations)
					      ? operations[code] : REFUSED);
	}
	if (inner.failed)
		byte_reader_fail(in);
}

static void check_instruction(struct byte_reader *in,
			      unsigned int *remembered)
{
	/* advance_loc, offset, restore: the low bits are the operand. */
	static const uint8_t packed[4] = { 0, NOTHING, NUMBER, NOTHING };
	uint8_t code = read_u8(in);

	if (code == REMEMBER_STATE && ++*remembered > REMEMBERED_MAX)
		byte_reader_fail(in);
	if (code == RESTORE_STATE && *remembered > 0)
		--*remembered;
	if (code >> 6) {
		check_operand(in, packed[code >> 6]);
	} else if (code < ARRAY_SIZE(instructions)) {
		check_operand(in, instructions[code][0]);
		check_operand(in, instructions[code][1]);
	} else {
		byte_reader_fail(in);
	}
}

bool rule_check_program(const uint8_t *program, size_t len)
{
	struct byte_reader in = byte_reader_of(program, len);
	unsigned int remembered = 0;

	while (byte_reader_left(&in) > 0)
		check_instruction(&in, &remembered);
	return !in.failed;
}
