/* SPDX-License-Identifier: MIT */
/*
 * The way from the innermost frame outwards, as far as it does not depend
 * on who executes the unwind rules.
 */
#ifndef CPROF_UNWIND_WALK_H
#define CPROF_UNWIND_WALK_H

#include "unwind/cfi_store.h"
#include "unwind/unwinder.h"

enum {
	/* Below the sp, that the ABI leaves alone; it is not copied. */
	RED_ZONE_BYTES = 128
};

/* The registers of one frame. */
struct frame_regs {
	uint64_t value[SNAPSHOT_REGS];
	uint32_t known;
};

/* The copied stack, and what was looked at in it. */
struct stack_copy {
	const struct snapshot *snap;
	uint64_t deepest;	/* behind the highest address that was read */
	uint64_t missing;	/* the address that was not there, or 0 */
};

/* Eight bytes of stack; false when the copy does not hold them. */
bool stack_copy_read(struct stack_copy *stack, uint64_t address,
		     uint64_t *value);

enum step_result {
	STEP_DONE,		/* `regs` are the caller's now */
	STEP_OUTERMOST,		/* the rules say that there is no caller */
	STEP_REGISTER,		/* a register was not known */
	STEP_MEMORY,		/* see stack->missing */
	STEP_BAD,		/* the rules make no sense */
};

struct rule_engine;

/*
 * Execute the rules at `place` (PLACE_RULES).  The pc that they are for is
 * the place's, not that of `regs`.
 */
typedef enum step_result rule_step_fn(struct rule_engine *engine,
				      const struct code_place *place,
				      struct frame_regs *regs,
				      struct stack_copy *stack);

struct rule_engine {
	rule_step_fn *step;
	bool all;		/* plain rows, too, which walk_stack() knows */
};

/* What unwinder_unwind() promises. */
void walk_stack(struct rule_engine *engine, struct cfi_store *store,
		struct address_space *space, const struct snapshot *snap,
		struct unwind_result *result);

#endif
