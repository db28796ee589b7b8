/* SPDX-License-Identifier: MIT */
#include "unwind/way_out.h"

#include "base/compiler.h"

#include <string.h>

enum {
	WORD = 8,
	OPCODE_MAX = 4,
	RETURN_POPPING = 0xc2
};

enum effect {
	NOTHING,
	SP_DOWN,		/* by the byte that follows */
	SP_UP,			/* likewise */
	PUSH_RBP,
	POP_RBP,
	SET_RBP,
	CALL,
	BRANCH,			/* where to, is not looked at */
	RETURN,
};

static const struct instruction {
	uint8_t len;		/* of the opcode */
	uint8_t operands;	/* bytes behind it */
	uint8_t opcode[OPCODE_MAX];
	uint8_t effect;
} instructions[] = {
	{ 4, 0, { 0xf3, 0x0f, 0x1e, 0xfa }, NOTHING },	/* endbr64 */
	{ 3, 1, { 0x48, 0x83, 0xec }, SP_DOWN },	/* sub $n,%rsp */
	{ 3, 1, { 0x48, 0x83, 0xc4 }, SP_UP },		/* add $n,%rsp */
	{ 1, 0, { 0x55 }, PUSH_RBP },
	{ 1, 0, { 0x5d }, POP_RBP },
	{ 3, 0, { 0x48, 0x89, 0xe5 }, SET_RBP },	/* mov %rsp,%rbp */
	{ 2, 0, { 0xff, 0xd1 }, CALL },			/* call *%rcx */
	{ 1, 0, { 0xc3 }, RETURN },
	/* V8 asks before it makes a frame: shall this code still be used? */
	{ 3, 1, { 0x48, 0x8b, 0x59 }, NOTHING },	/* mov n(%rcx),%rbx */
	{ 2, 2, { 0xf6, 0x43 }, NOTHING },		/* testb $m,n(%rbx) */
	{ 2, 4, { 0x0f, 0x85 }, BRANCH },		/* jne */
	/* And after that: how many arguments were there? */
	{ 3, 1, { 0x48, 0x83, 0xf9 }, NOTHING },	/* cmp $n,%rcx */
	{ 3, 2, { 0x7f, 0x03, 0xc2 }, RETURN },		/* jg; ret $n */
	{ 1, 2, { 0xc2 }, RETURN },			/* ret $n */
};

/* What the instructions so far would have done. */
struct state {
	int sp;
	bool rbp_set;		/* neither the caller's nor popped since */
	bool branched;		/* or it goes on elsewhere */
	bool makes_frame;	/* its first rbp goes right below the return */
	bool pushed;		/* the caller's rbp is at `pushed_at` */
	int pushed_at;
	struct way_out out;
};

static const struct instruction *decode(const uint8_t *code, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(instructions); i++) {
		const struct instruction *in = &instructions[i];

		if (in->len <= len && memcmp(code, in->opcode, in->len) == 0)
			return in;
	}
	return NULL;
}

static bool move_sp(struct state *state, int sign, const uint8_t *operand,
		    size_t left)
{
	/* A byte with a sign; compilers add and subtract words. */
	if (!left || *operand > INT8_MAX || *operand % WORD != 0)
		return false;
	state->sp += sign * *operand;
	return true;
}

static bool push_rbp(struct state *state)
{
	state->sp -= WORD;
	if (state->sp >= 0 || state->pushed || state->rbp_set ||
	    state->out.rbp_popped)
		return false;
	state->pushed = true;
	state->pushed_at = state->sp;
	return true;
}

static bool pop_rbp(struct state *state)
{
	if (state->sp < 0 && !(state->pushed && state->pushed_at == state->sp))
		return false;
	state->out.rbp_popped = state->sp >= 0;
	state->out.rbp_slot = MAX(state->sp, 0);
	state->rbp_set = false;
	state->sp += WORD;
	return true;
}

/* One instruction; false when it cannot be, or not at this place. */
static bool apply(struct state *state, const struct instruction *in,
		  const uint8_t *operand, size_t left)
{
	switch ((enum effect)in->effect) {
	case NOTHING:
		return true;
	case SP_DOWN:
		return move_sp(state, -1, operand, left);
	case SP_UP:
		return move_sp(state, 1, operand, left);
	case PUSH_RBP:
		return push_rbp(state);
	case POP_RBP:
		return pop_rbp(state);
	case SET_RBP:
		state->makes_frame |= state->sp == -WORD &&
				      state->pushed_at == -WORD;
		state->rbp_set = true;
		state->out.rbp_popped = false;
		return true;
	case CALL:
		/* What it writes shall not be what is read. */
		return state->sp <= 0;
	case BRANCH:
		state->branched = true;
		return true;
	case RETURN:
		break;
	}
	state->out.return_slot = state->sp;
	return state->sp >= 0 && !state->rbp_set && !state->branched;
}

bool way_out_find(const uint8_t *code, size_t len, struct way_out *out)
{
	struct state state = { .sp = 0 };
	const struct instruction *in;
	size_t at = 0;

	len = MIN(len, (size_t)WAY_OUT_BYTES);
	while ((in = decode(code + at, len - at))) {
		at += in->len;
		if (!apply(&state, in, code + at, len - at))
			break;
		if (in->effect == RETURN) {
			*out = state.out;
			out->arguments_popped = in->opcode[in->len - 1] ==
						RETURN_POPPING;
			return true;
		}
		at += in->operands;
		if (at > len)
			return false;
	}
	/* No frame yet, nor where a branch before that may lead to. */
	*out = (struct way_out){ .arguments_popped = true };
	return state.makes_frame;
}
