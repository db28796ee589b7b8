/* SPDX-License-Identifier: MIT */
#include "unwind/plain_row.h"

#include "base/bytes.h"
#include "base/compiler.h"

enum {
	COLUMNS = SNAPSHOT_REGS,
	REMEMBERED_MAX = 8,
	/* Compilers write less; it is read for each address anew. */
	PROGRAM_MAX = 16 * 1024,
	/* No frame is as large; sums of two stay within 32 bits. */
	OFFSET_MAX = 1 << 29,
	CFA_NONE = 0xff,
	SLOT_OTHER = INT32_MIN,	/* neither saved nor the same */
	SLOT_UNDEFINED
};

/* The instructions, DW_CFA_*; of the first three the low bits count. */
enum {
	ADVANCE_LOC = 0x40,
	OFFSET = 0x80,
	RESTORE = 0xc0,
	NOP = 0x00,
	ADVANCE_LOC1 = 0x02,
	ADVANCE_LOC2 = 0x03,
	ADVANCE_LOC4 = 0x04,
	OFFSET_EXTENDED = 0x05,
	RESTORE_EXTENDED = 0x06,
	UNDEFINED = 0x07,
	SAME_VALUE = 0x08,
	REGISTER = 0x09,
	REMEMBER_STATE = 0x0a,
	RESTORE_STATE = 0x0b,
	DEF_CFA = 0x0c,
	DEF_CFA_REGISTER = 0x0d,
	DEF_CFA_OFFSET = 0x0e,
	DEF_CFA_EXPRESSION = 0x0f,
	EXPRESSION = 0x10,
	OFFSET_EXTENDED_SF = 0x11,
	DEF_CFA_SF = 0x12,
	DEF_CFA_OFFSET_SF = 0x13,
	VAL_EXPRESSION = 0x16,
	GNU_ARGS_SIZE = 0x2e,
	LOW_BITS = 0x3f
};

struct state {
	uint8_t cfa_register;
	int32_t cfa_offset;
	int32_t slots[COLUMNS];
};

struct machine {
	struct byte_reader in;
	const struct elf_cfi *cfi;
	uint64_t target;	/* the offset whose row is wanted */
	uint64_t reached;
	struct state now;
	struct state initial;	/* behind the instructions of the CIE */
	struct state remembered[REMEMBERED_MAX];
	size_t remembered_count;
	bool failed;
};

enum snapshot_reg kept_register_name(enum kept_register kept)
{
	static const uint8_t names[KEPT_COUNT] = {
		[KEPT_RBX] = SNAP_RBX, [KEPT_RBP] = SNAP_RBP,
		[KEPT_R12] = SNAP_R12, [KEPT_R13] = SNAP_R13,
		[KEPT_R14] = SNAP_R14, [KEPT_R15] = SNAP_R15,
		[KEPT_PC] = SNAP_RIP
	};

	return names[kept];
}

static int32_t bounded(struct machine *machine, int64_t value)
{
	if (value > -OFFSET_MAX && value < OFFSET_MAX)
		return (int32_t)value;
	machine->failed = true;
	return 0;
}

/* `count` units of the CIE's data alignment. */
static int32_t scaled(struct machine *machine, int64_t count)
{
	return bounded(machine, bounded(machine, count) *
				(int64_t)bounded(machine,
						 machine->cfi->data_align));
}

static void set_slot(struct machine *machine, uint64_t column, int32_t slot)
{
	if (column < COLUMNS)
		machine->now.slots[column] = slot;
}

static void restore(struct machine *machine, uint64_t column)
{
	if (column < COLUMNS)
		machine->now.slots[column] = machine->initial.slots[column];
}

static void set_cfa_register(struct machine *machine, uint64_t column)
{
	machine->now.cfa_register = column < COLUMNS ? column : CFA_NONE;
}

static void remember(struct machine *machine)
{
	if (machine->remembered_count == REMEMBERED_MAX)
		machine->failed = true;
	else
		machine->remembered[machine->remembered_count++] =
			machine->now;
}

static void recall(struct machine *machine)
{
	if (machine->remembered_count == 0)
		machine->failed = true;
	else
		machine->now =
			machine->remembered[--machine->remembered_count];
}

static void skip_expression(struct machine *machine)
{
	read_bytes(&machine->in, read_uvarint(&machine->in));
}

/* Instructions about where the frame ends. */
static bool execute_cfa(struct machine *machine, uint8_t code)
{
	struct byte_reader *in = &machine->in;
	struct state *now = &machine->now;

	switch (code) {
	case DEF_CFA:
		set_cfa_register(machine, read_uvarint(in));
		now->cfa_offset = bounded(machine, read_uvarint(in));
		return true;
	case DEF_CFA_SF:
		set_cfa_register(machine, read_uvarint(in));
		now->cfa_offset = scaled(machine, read_sleb128(in));
		return true;
	case DEF_CFA_REGISTER:
		set_cfa_register(machine, read_uvarint(in));
		return true;
	case DEF_CFA_OFFSET:
		now->cfa_offset = bounded(machine, read_uvarint(in));
		return true;
	case DEF_CFA_OFFSET_SF:
		now->cfa_offset = scaled(machine, read_sleb128(in));
		return true;
	case DEF_CFA_EXPRESSION:
		now->cfa_register = CFA_NONE;
		skip_expression(machine);
		return true;
	default:
		return false;
	}
}

/* Instructions about one register. */
static bool execute_register(struct machine *machine, uint8_t code)
{
	struct byte_reader *in = &machine->in;
	uint64_t column;

	if (code < OFFSET_EXTENDED ||
	    (code > REGISTER && code != EXPRESSION &&
	     code != OFFSET_EXTENDED_SF && code != VAL_EXPRESSION))
		return false;
	column = read_uvarint(in);
	switch (code) {
	case OFFSET_EXTENDED:
		set_slot(machine, column, scaled(machine, read_uvarint(in)));
		break;
	case OFFSET_EXTENDED_SF:
		set_slot(machine, column, scaled(machine, read_sleb128(in)));
		break;
	case RESTORE_EXTENDED:
		restore(machine, column);
		break;
	case SAME_VALUE:
		set_slot(machine, column, SLOT_SAME);
		break;
	case UNDEFINED:
		set_slot(machine, column, SLOT_UNDEFINED);
		break;
	case REGISTER:
		set_slot(machine, column, SLOT_OTHER);
		read_uvarint(in);
		break;
	default:
		set_slot(machine, column, SLOT_OTHER);
		skip_expression(machine);
		break;
	}
	return true;
}

static void execute_other(struct machine *machine, uint8_t code)
{
	struct byte_reader *in = &machine->in;

	switch (code) {
	case NOP:
		break;
	case GNU_ARGS_SIZE:
		read_uvarint(in);
		break;
	case REMEMBER_STATE:
		remember(machine);
		break;
	case RESTORE_STATE:
		recall(machine);
		break;
	default:
		machine->failed = true;
		break;
	}
}

/* How far the next rows begin behind this one; false: it is no advance. */
static bool read_advance(struct machine *machine, uint8_t code,
			 uint64_t *units)
{
	switch (code) {
	case ADVANCE_LOC1:
		*units = read_u8(&machine->in);
		return true;
	case ADVANCE_LOC2:
		*units = read_u16le(&machine->in);
		return true;
	case ADVANCE_LOC4:
		*units = read_u32le(&machine->in);
		return true;
	default:
		*units = code & LOW_BITS;
		return (code & ~LOW_BITS) == ADVANCE_LOC;
	}
}

static void execute(struct machine *machine, uint8_t code)
{
	const uint8_t column = code & LOW_BITS;

	switch (code & ~LOW_BITS) {
	case OFFSET:
		set_slot(machine, column,
			 scaled(machine, read_uvarint(&machine->in)));
		break;
	case RESTORE:
		restore(machine, column);
		break;
	default:
		if (!execute_cfa(machine, code) &&
		    !execute_register(machine, code))
			execute_other(machine, code);
		break;
	}
}

/* Until the row that holds the target ends. */
static void run(struct machine *machine, const uint8_t *program, size_t len)
{
	const uint64_t unit = machine->cfi->code_align;

	machine->in = byte_reader_of(program, len);
	while (byte_reader_left(&machine->in) > 0 && !machine->failed) {
		uint8_t code = read_u8(&machine->in);
		uint64_t units;

		if (!read_advance(machine, code, &units)) {
			execute(machine, code);
			continue;
		}
		if (units && unit > (machine->target - machine->reached) /
				    units)
			break;
		machine->reached += units * unit;
	}
	machine->failed |= machine->in.failed;
}

static bool is_saved(int32_t slot)
{
	return slot > SLOT_UNDEFINED && slot < SLOT_SAME;
}

static enum row_kind kind_of(const struct state *state)
{
	if (state->cfa_register >= SNAP_RIP ||
	    state->slots[SNAP_RSP] != SLOT_SAME)
		return ROW_OTHER;
	if (state->slots[SNAP_RIP] == SLOT_UNDEFINED)
		return ROW_OUTERMOST;
	for (int i = 0; i < KEPT_PC; i++) {
		const int32_t slot = state->slots[kept_register_name(i)];

		if (slot != SLOT_SAME && !is_saved(slot))
			return ROW_OTHER;
	}
	return is_saved(state->slots[SNAP_RIP]) ? ROW_PLAIN : ROW_OTHER;
}

static struct plain_row row_of_state(const struct state *state)
{
	struct plain_row row = {
		.kind = kind_of(state),
		.cfa_register = state->cfa_register,
		.cfa_offset = state->cfa_offset,
	};

	for (int i = 0; i < KEPT_COUNT; i++)
		row.slots[i] = state->slots[kept_register_name(i)];
	return row;
}

struct plain_row plain_row_of(const struct elf_cfi *cfi, uint64_t offset)
{
	struct machine machine = { .cfi = cfi, .target = offset };

	if (cfi->signal_frame || cfi->return_column != SNAP_RIP ||
	    cfi->cie_program_len + cfi->fde_program_len > PROGRAM_MAX)
		return (struct plain_row){ .kind = ROW_OTHER };
	machine.now.cfa_register = CFA_NONE;
	for (int i = 0; i < COLUMNS; i++)
		machine.now.slots[i] = SLOT_SAME;
	run(&machine, cfi->cie_program, cfi->cie_program_len);
	machine.initial = machine.now;
	run(&machine, cfi->fde_program, cfi->fde_program_len);
	if (machine.failed)
		return (struct plain_row){ .kind = ROW_OTHER };
	return row_of_state(&machine.now);
}
