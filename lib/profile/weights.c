/* SPDX-License-Identifier: MIT */
#include "profile/weights.h"

#include "base/map64.h"
#include "base/mem.h"

#include <assert.h>

const char *weight_clock_name(enum weight_clock clock)
{
	switch (clock) {
	case WEIGH_WALL:
		return "wall";
	case WEIGH_OFF_CPU:
		return "off-cpu";
	default:
		return "cpu";
	}
}

struct weigher {
	struct weights *weights;
	const struct profile *profile;
	const struct weigh_request *request;
	/*
	 * By stack: its last cell, plus 1.  Nearly every sample of a stack
	 * falls into the same cell, so the map is for the others.
	 */
	uint32_t *last;
	struct map64 cells;
};

static bool clock_counts(enum weight_clock clock, uint8_t state)
{
	switch (clock) {
	case WEIGH_WALL:
		return true;
	case WEIGH_OFF_CPU:
		return state != STATE_RUNNING;
	default:
		return state == STATE_RUNNING;
	}
}

static struct cell *cell_get(struct weigher *weigher, uint32_t group,
			     uint8_t state, uint32_t stack)
{
	struct cell_vec *cells = &weigher->weights->cells;
	const uint64_t slot = (uint64_t)group * STATE_COUNT + state;
	struct cell *cell;
	uint64_t index;

	if (weigher->last[stack]) {
		cell = &cells->items[weigher->last[stack] - 1];
		if (cell->group == group && cell->state == state)
			return cell;
	}

	assert(group < UINT32_MAX / STATE_COUNT);
	if (!map64_get(&weigher->cells, slot << 32 | stack, &index)) {
		index = cells->count;
		map64_put(&weigher->cells, slot << 32 | stack, index);
		cell = cell_vec_add(cells);
		cell->group = group;
		cell->state = state;
		cell->stack = stack;
	}
	weigher->last[stack] = index + 1;
	return &cells->items[index];
}

static void weigh(struct weigher *weigher, const struct sample *sample)
{
	const struct weigh_request *request = weigher->request;
	struct weights *weights = weigher->weights;
	uint64_t wall_ns, cpu_ns, ns;
	uint32_t group = 0;
	struct cell *cell;
	uint8_t state;

	if (!clock_counts(request->clock, sample->state) ||
	    !filter_sample(request->filter, weigher->profile, sample,
			   &wall_ns, &cpu_ns))
		return;
	if (request->group_of_thread)
		group = request->group_of_thread[sample->thread];
	state = request->by_state ? sample->state : 0;
	ns = request->clock == WEIGH_CPU ? cpu_ns : wall_ns;

	cell = cell_get(weigher, group, state, sample->stack);
	cell->ns += ns;
	weights->total_ns += ns;
	if (!(weigher->profile->stack_flags.items[sample->stack] &
	      STACK_BETWEEN_SAMPLES)) {
		cell->samples++;
		weights->samples++;
	}
}

static int compare_cells(const void *a, const void *b)
{
	const struct cell *x = a;
	const struct cell *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	return x->stack < y->stack ? -1 : x->stack > y->stack;
}

void weights_init(struct weights *weights, const struct profile *profile,
		  const struct weigh_request *request)
{
	struct weigher weigher = {
		.weights = weights,
		.profile = profile,
		.request = request,
		.last = mem_calloc(profile->stacks.count + 1, sizeof(uint32_t)),
		.cells = MAP64_INIT,
	};

	*weights = (struct weights){ .total_ns = 0 };
	for (size_t i = 0; i < profile->samples.count; i++)
		weigh(&weigher, &profile->samples.items[i]);
	if (weights->cells.count)
		qsort(weights->cells.items, weights->cells.count,
		      sizeof(*weights->cells.items), compare_cells);
	map64_release(&weigher.cells);
	free(weigher.last);
}

void weights_release(struct weights *weights)
{
	cell_vec_release(&weights->cells);
}
