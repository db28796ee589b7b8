/* SPDX-License-Identifier: MIT */
#include "unwind/walk.h"

#include "base/compiler.h"
#include "unwind/way_out.h"

#include <string.h>

enum {
	WORD = 8,
	UCONTEXT_REGS = 40,	/* offset of the registers in a ucontext */
	/* Handlers that interrupt handlers; each may go back to any sp. */
	SIGNAL_FRAMES_MAX = 64,
	/* Those that a function gives back as it found them. */
	KEPT_REGS = 1 << SNAP_RBX | 1 << SNAP_RBP | 1 << SNAP_R12 |
		    1 << SNAP_R13 | 1 << SNAP_R14 | 1 << SNAP_R15
};

/* Further away it is another stack, or no stack address at all. */
#define STACK_REACH (UINT64_C(64) << 20)
#define FRAME_REACH (UINT64_C(8) << 20)

struct walk {
	struct rule_engine *engine;
	struct cfi_store *store;
	struct address_space *space;
	struct unwind_result *result;
	struct stack_copy stack;
	struct frame_regs regs;
	bool exact;		/* the pc is where the frame goes on */
	bool by_frame_pointer;	/* rbp was found as a frame pointer */
	bool sp_unsure;		/* arguments may have been popped, too */
	unsigned int signal_frames;
	/* Return addresses as they were found, the last ones: a ring. */
	struct outer_frame found[OUTER_FRAMES_MAX];
	size_t found_count;
};

bool stack_copy_read(struct stack_copy *stack, uint64_t address,
		     uint64_t *value)
{
	const struct snapshot *snap = stack->snap;
	uint64_t offset = address - snap->stack_start;
	uint64_t other = address - snap->other_start;

	if (snap->stack_bytes >= WORD && offset <= snap->stack_bytes - WORD) {
		memcpy(value, snap->stack + offset, WORD);
		if (address + WORD > stack->deepest)
			stack->deepest = address + WORD;
		return true;
	}
	if (snap->other_bytes >= WORD && other <= snap->other_bytes - WORD) {
		memcpy(value, snap->other + other, WORD);
		return true;
	}
	stack->missing = address;
	return false;
}

static bool known(const struct walk *walk, enum snapshot_reg reg)
{
	return walk->regs.known & 1u << reg;
}

/* The call that pushed the return address at `address` never happened. */
static enum step_result pop_frame(struct walk *walk, uint64_t address)
{
	uint64_t pc;

	if (!stack_copy_read(&walk->stack, address, &pc))
		return STEP_MEMORY;
	walk->regs.value[SNAP_RIP] = pc;
	walk->regs.value[SNAP_RSP] = address + WORD;
	return STEP_DONE;
}

/*
 * Code without rules: hand-written or made at run time.  Both mostly keep a
 * frame pointer.  A zero there marks the outermost frame, says the ABI; it
 * is believed only where the frames so far make it one.
 */
static enum step_result frame_pointer_step(struct walk *walk)
{
	uint64_t sp = walk->regs.value[SNAP_RSP];
	uint64_t rbp, saved;
	enum step_result result;

	if (!known(walk, SNAP_RBP))
		return STEP_REGISTER;
	rbp = walk->regs.value[SNAP_RBP];
	if (rbp == 0 && walk->by_frame_pointer)
		return STEP_OUTERMOST;
	if (rbp < sp || rbp - sp > FRAME_REACH || rbp % WORD != 0)
		return STEP_BAD;
	if (!stack_copy_read(&walk->stack, rbp, &saved))
		return STEP_MEMORY;
	result = pop_frame(walk, rbp + WORD);
	if (result != STEP_DONE)
		return result;
	walk->regs.value[SNAP_RBP] = saved;
	walk->regs.known = 1u << SNAP_RIP | 1u << SNAP_RSP | 1u << SNAP_RBP;
	walk->by_frame_pointer = true;
	return STEP_DONE;
}

/*
 * Code of no file that only has to return, or was interrupted where it has no
 * frame: its instructions say where to.  Not where the sp is that of a frame
 * pointer, since what code like node's returns from may have popped its
 * arguments, too.
 */
static bool only_returns(struct walk *walk, struct way_out *out)
{
	const uint8_t *code;
	size_t len;

	if (walk->by_frame_pointer || walk->sp_unsure)
		return false;
	len = address_space_code(walk->space, walk->regs.value[SNAP_RIP],
				 &code);
	return way_out_find(code, len, out) &&
	       (walk->exact || !out->arguments_popped);
}

static enum step_result way_out_step(struct walk *walk,
				     const struct way_out *out)
{
	uint64_t sp = walk->regs.value[SNAP_RSP];
	enum step_result result;
	uint64_t rbp = walk->regs.value[SNAP_RBP];

	if (out->rbp_popped &&
	    !stack_copy_read(&walk->stack, sp + (uint64_t)out->rbp_slot, &rbp))
		return STEP_MEMORY;
	result = pop_frame(walk, sp + (uint64_t)out->return_slot);
	if (result != STEP_DONE)
		return result;
	walk->sp_unsure = out->arguments_popped;
	walk->regs.known &= KEPT_REGS | 1u << SNAP_RIP | 1u << SNAP_RSP;
	if (out->rbp_popped) {
		walk->regs.value[SNAP_RBP] = rbp;
		walk->regs.known |= 1u << SNAP_RBP;
	}
	return STEP_DONE;
}

/*
 * A register that the caller gets back.  Compilers do not always say that
 * it was popped: its slot is then below the sp, where nothing was copied,
 * and the register has its value already.
 */
static void keep_register(struct walk *walk, enum snapshot_reg reg,
			  uint64_t address, uint64_t sp)
{
	if (stack_copy_read(&walk->stack, address, &walk->regs.value[reg]))
		walk->regs.known |= 1u << reg;
	else if (sp - address > (uint64_t)RED_ZONE_BYTES)
		walk->regs.known &= ~(1u << reg);
}

static enum step_result plain_step(struct walk *walk,
				   const struct plain_row *row)
{
	const uint64_t sp = walk->regs.value[SNAP_RSP];
	uint64_t cfa, slot, pc;

	if (!known(walk, row->cfa_register))
		return STEP_REGISTER;
	if (row->kind == ROW_OUTERMOST)
		return STEP_OUTERMOST;
	cfa = walk->regs.value[row->cfa_register] + (int64_t)row->cfa_offset;
	slot = cfa + (int64_t)row->slots[KEPT_PC];
	/* No program has a stack there. */
	if (cfi_store_owns(slot))
		return STEP_BAD;
	if (!stack_copy_read(&walk->stack, slot, &pc))
		return STEP_MEMORY;
	if (pc == 0)
		return STEP_BAD;
	for (int i = 0; i < KEPT_PC; i++)
		if (row->slots[i] != SLOT_SAME)
			keep_register(walk, kept_register_name(i),
				      cfa + (int64_t)row->slots[i], sp);
	walk->regs.value[SNAP_RIP] = pc;
	walk->regs.value[SNAP_RSP] = cfa;
	walk->regs.known &= KEPT_REGS | 1u << SNAP_RIP | 1u << SNAP_RSP;
	return STEP_DONE;
}

/* The registers as the kernel put them on the stack before a handler ran. */
static enum step_result signal_frame_step(struct walk *walk)
{
	static const uint8_t order[] = {
		SNAP_R8, SNAP_R9, SNAP_R10, SNAP_R11, SNAP_R12, SNAP_R13,
		SNAP_R14, SNAP_R15, SNAP_RDI, SNAP_RSI, SNAP_RBP, SNAP_RBX,
		SNAP_RDX, SNAP_RAX, SNAP_RCX, SNAP_RSP, SNAP_RIP
	};
	uint64_t saved = walk->regs.value[SNAP_RSP] + UCONTEXT_REGS;
	struct frame_regs regs = { .known = SNAPSHOT_ALL_REGS };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (!stack_copy_read(&walk->stack, saved + i * WORD,
				     &regs.value[order[i]]))
			return STEP_MEMORY;
	walk->regs = regs;
	walk->by_frame_pointer = walk->sp_unsure = false;
	return STEP_DONE;
}

static enum step_result step(struct walk *walk,
			     const struct code_place *place)
{
	struct way_out out;

	switch (place->kind) {
	case PLACE_RULES:
		walk->by_frame_pointer = walk->sp_unsure = false;
		if (place->row.kind != ROW_OTHER && !walk->engine->all)
			return plain_step(walk, &place->row);
		return walk->engine->step(walk->engine, place, &walk->regs,
					  &walk->stack);
	case PLACE_ROOT:
		return STEP_OUTERMOST;
	case PLACE_SIGNAL_RETURN:
		return walk->exact ? STEP_BAD : signal_frame_step(walk);
	case PLACE_PLT:
		if (walk->exact)
			return pop_frame(walk, walk->regs.value[SNAP_RSP]);
		return STEP_BAD;
	case PLACE_NO_FILE:
		if (only_returns(walk, &out))
			return way_out_step(walk, &out);
		break;
	case PLACE_NO_RULES:
		break;
	}
	return frame_pointer_step(walk);
}

static enum unwind_end memory_end(struct walk *walk)
{
	const struct snapshot *snap = walk->stack.snap;
	uint64_t end = snap->stack_start + snap->stack_bytes;
	uint64_t missing = walk->stack.missing;

	if (missing + WORD <= end || missing - end > STACK_REACH)
		return UNWIND_MEMORY;
	if (missing + WORD > walk->stack.deepest)
		walk->stack.deepest = missing + WORD;
	return UNWIND_DEPTH;
}

static enum unwind_end end_of(struct walk *walk, enum step_result result)
{
	switch (result) {
	case STEP_OUTERMOST:
		return UNWIND_COMPLETE;
	case STEP_REGISTER:
		return UNWIND_NEEDS_REGISTER;
	case STEP_MEMORY:
		return memory_end(walk);
	case STEP_BAD:
	case STEP_DONE:
		break;
	}
	return UNWIND_NO_CFI;
}

static void push_frame(struct walk *walk, uint32_t module, uint64_t address)
{
	frame_vec_push(&walk->result->frames,
		       (struct frame){ .module = module, .address = address });
}

/* Does the step from `sp` lead outwards? */
static bool plausible(struct walk *walk, const struct code_place *place,
		      uint64_t sp)
{
	if (walk->regs.value[SNAP_RSP] % WORD != 0)
		return false;
	if (place->signal_frame)
		return ++walk->signal_frames <= SIGNAL_FRAMES_MAX;
	/* vfork keeps its return address in a register, and no frame. */
	if (walk->exact)
		return walk->regs.value[SNAP_RSP] >= sp;
	return walk->regs.value[SNAP_RSP] > sp;
}

/* The frame that comes next; its pc lies below its sp. */
static void note_found(struct walk *walk)
{
	walk->found[walk->found_count++ % OUTER_FRAMES_MAX] =
		(struct outer_frame){
			.slot = walk->regs.value[SNAP_RSP] - WORD,
			.pc = walk->regs.value[SNAP_RIP],
		};
}

/* Each found return address has become a frame: the last ones of all. */
static void tell_outer(struct walk *walk)
{
	const size_t count = MIN(walk->found_count, (size_t)OUTER_FRAMES_MAX);
	struct unwind_result *result = walk->result;
	struct outer_frames *outer = &result->outer;

	outer->count = count;
	for (size_t i = 0; i < count; i++) {
		outer->items[i] = walk->found[(walk->found_count - count + i) %
					      OUTER_FRAMES_MAX];
		outer->items[i].frame =
			result->frames.items[result->frames.count - count + i];
	}
}

/* One frame; false when the walk has ended, with the reason in `*end`. */
static bool walk_frame(struct walk *walk, enum unwind_end *end)
{
	uint64_t sp = walk->regs.value[SNAP_RSP];
	uint64_t pc = walk->regs.value[SNAP_RIP];
	struct code_location where;
	const struct code_place *place;
	enum step_result result;

	if (!address_space_find(walk->space, walk->exact ? pc : pc - 1,
				&where)) {
		walk->result->needs_maps = true;
		if (walk->result->frames.count == 0)
			frame_vec_push(&walk->result->frames,
				       address_space_unknown(walk->space,
							     pc));
		*end = UNWIND_UNMAPPED;
		return false;
	}
	place = cfi_store_place(walk->store, &where);
	if (place->made_up && !walk->exact)
		where.address++;
	if (place->signal_frame && !walk->exact)
		walk->result->restorer = pc;
	push_frame(walk, where.module, where.address);
	result = step(walk, place);
	if (result == STEP_DONE && !plausible(walk, place, sp))
		result = STEP_BAD;
	if (result != STEP_DONE) {
		*end = end_of(walk, result);
		/* The rules may be those of code that is gone. */
		if (*end == UNWIND_NO_CFI)
			walk->result->needs_maps = true;
		return false;
	}
	walk->exact = place->signal_frame;
	note_found(walk);
	return true;
}

void walk_stack(struct rule_engine *engine, struct cfi_store *store,
		struct address_space *space, const struct snapshot *snap,
		struct unwind_result *result)
{
	struct walk walk = {
		.engine = engine,
		.store = store,
		.space = space,
		.result = result,
		.stack = { .snap = snap, .deepest = snap->stack_start },
		.exact = true,
	};

	memcpy(walk.regs.value, snap->regs, sizeof(walk.regs.value));
	walk.regs.known = snap->known;
	result->frames.count = 0;
	result->needs_maps = false;
	result->restorer = 0;
	result->outer.count = 0;
	result->end = UNWIND_DEPTH;
	while (result->frames.count < UNWIND_FRAMES_MAX &&
	       walk_frame(&walk, &result->end))
		;
	result->deepest = walk.stack.deepest;
	if (result->end == UNWIND_COMPLETE)
		tell_outer(&walk);
}
