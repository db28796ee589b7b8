/* SPDX-License-Identifier: MIT */
#include "compare/code_notes.h"

#include "base/map64.h"

#include <math.h>
#include <string.h>

struct noter {
	struct code_change_vec *rows;
	const struct pairing *pairing;
	const struct code_weights *weights;
	double floor_ns;
	uint32_t *row_of_pair;
};

static bool is_heavy(const struct noter *noter, const struct code_change *row)
{
	return fmax(row->self.base, row->self.new) >= noter->floor_ns;
}

static void note_rename(const struct noter *noter, struct code_change *row,
			const struct compare_options *options)
{
	const struct pair *pair = &noter->pairing->pairs.items[row->pair];
	const uint32_t old = pair->function[SIDE_BASE];
	const char *old_name;

	if (old == ID_NONE || pair->function[SIDE_NEW] == ID_NONE)
		return;
	old_name = noter->weights[SIDE_BASE].profile->functions.items[old]
		   .name;
	for (size_t i = 0; i < options->rename_count; i++) {
		if (strcmp(options->renames[i].from, old_name) != 0)
			continue;
		row->flags |= CODE_RENAMED;
		row->old_name = old_name;
	}
}

/* Mostly inlined on one side, mostly called on the other? */
static void note_inlining(struct code_change *row, const struct code_sum *sum)
{
	const double base = sum->inlined[SIDE_BASE] / sum->sum[SIDE_BASE];
	const double new = sum->inlined[SIDE_NEW] / sum->sum[SIDE_NEW];

	/* Nothing on a side makes a NAN, which is neither. */
	if (new - base > 0.5)
		row->flags |= CODE_INLINED;
	else if (base - new > 0.5)
		row->flags |= CODE_OUTLINED;
}

/* The row of the function that a frame's innermost location is in. */
static uint32_t row_of_stack(const struct noter *noter, int side,
			     uint32_t stack_id, bool *is_inlined)
{
	const struct profile *profile = noter->weights[side].profile;
	const struct stack *stack = &profile->stacks.items[stack_id];
	const struct profile_frame *frame =
		&profile->frames.items[stack->frame];
	const uint32_t inner = profile->chain.items[frame->first];
	const struct location *location = profile_location(profile, inner);

	*is_inlined = frame->count > 1;
	return noter->row_of_pair[noter->pairing->of[side]
				  [location->function]];
}

/* Time of lonely functions by caller: keys are row and row of the caller. */
static void add_callers(const struct noter *noter, int side,
			struct map64 *callers)
{
	const struct code_weights *weights = &noter->weights[side];
	const unsigned int lonely = side == SIDE_BASE ? CODE_GONE : CODE_NEW;
	const struct cell_vec *cells = &weights->weights.cells;

	for (size_t i = 0; i < cells->count; i++) {
		const uint32_t stack = cells->items[i].stack;
		const uint32_t parent =
			weights->profile->stacks.items[stack].parent;
		bool is_inlined, ignored;
		const uint32_t row = row_of_stack(noter, side, stack,
						  &is_inlined);
		uint32_t caller;
		uint64_t key;
		uint64_t ns = 0;

		if (row == ID_NONE || parent == ID_NONE || is_inlined ||
		    !(noter->rows->items[row].flags & lonely))
			continue;
		caller = row_of_stack(noter, side, parent, &ignored);
		if (caller == ID_NONE || caller == row)
			continue;
		key = (uint64_t)row << 32 | caller;
		map64_get(callers, key, &ns);
		map64_put(callers, key, ns + cells->items[i].ns);
	}
}

/*
 * Code that moved into its caller leaves it with more, if not with as much:
 * inlining is done because it saves something.
 */
static bool took_over(const struct code_change *lonely,
		      const struct code_change *caller)
{
	return lonely->self.delta * caller->self.delta < 0 &&
	       fabs(caller->self.delta) > 0.3 * fabs(lonely->self.delta);
}

static void note_partners(struct noter *noter, int side)
{
	const size_t runs = MAX(noter->weights[side].run_count, (size_t)1);
	struct map64 callers = MAP64_INIT;

	add_callers(noter, side, &callers);
	for (size_t i = 0; i < noter->rows->count; i++) {
		struct code_change *row = &noter->rows->items[i];

		if (!(row->flags & (side ? CODE_NEW : CODE_GONE)) ||
		    !is_heavy(noter, row))
			continue;
		for (size_t j = 0; j < noter->rows->count; j++) {
			const struct code_change *caller =
				&noter->rows->items[j];
			const double own = side ? row->self.new :
						  row->self.base;
			uint64_t ns;

			/* The one that most of its time comes from. */
			if (!took_over(row, caller) ||
			    !map64_get(&callers, (uint64_t)i << 32 | j, &ns) ||
			    2.0 * ns < own * runs)
				continue;
			row->flags |= CODE_MERGED;
			row->partner = caller->name;
		}
	}
	map64_release(&callers);
}

void code_notes_add(struct code_changes *functions,
		    const struct pairing *pairing,
		    const struct code_weights weights[SIDE_COUNT],
		    const struct code_sums *sums, double floor_ns,
		    const struct compare_options *options)
{
	const size_t pairs = pairing->pairs.count;
	struct noter noter = {
		.rows = &functions->rows,
		.pairing = pairing,
		.weights = weights,
		.floor_ns = floor_ns,
		.row_of_pair = mem_calloc(pairs + 1, sizeof(uint32_t)),
	};

	for (size_t i = 0; i < pairs; i++)
		noter.row_of_pair[i] = ID_NONE;
	for (size_t i = 0; i < functions->rows.count; i++) {
		struct code_change *row = &functions->rows.items[i];

		noter.row_of_pair[row->pair] = i;
		note_rename(&noter, row, options);
		if (is_heavy(&noter, row))
			note_inlining(row, &sums->items[row->pair]);
	}
	note_partners(&noter, SIDE_BASE);
	note_partners(&noter, SIDE_NEW);
	free(noter.row_of_pair);
}
