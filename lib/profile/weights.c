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

enum {
	/* Up to so many kinds of cells, a pass for each is faster. */
	SLOTS_DENSE = 8
};

struct weigher {
	struct weights *weights;
	const struct profile *profile;
	const struct weigh_request *request;
	struct u32_vec slots;		/* group and state, in order */
	struct map64 cells;		/* slot and stack: cell */
};

/* What a stack weighs in one slot. */
struct amount {
	uint64_t ns;
	uint64_t samples;
};

static bool clock_counts(enum weight_clock clock, const struct sample *sample)
{
	switch (clock) {
	case WEIGH_WALL:
		return true;
	case WEIGH_OFF_CPU:
		return sample->state != STATE_RUNNING;
	default:
		return sample_has_cpu(sample);
	}
}

static uint32_t slot_of(const struct weigh_request *request,
			const struct sample *sample)
{
	uint32_t group = 0;

	if (request->group_of_thread)
		group = request->group_of_thread[sample->thread];
	assert(group < UINT32_MAX / STATE_COUNT);
	return group * STATE_COUNT + (request->by_state ? sample->state : 0);
}

bool weigh_sample(const struct weigh_request *request,
		  const struct profile *profile, const struct sample *sample,
		  uint64_t *ns, uint64_t *samples)
{
	const uint8_t *flags = profile->stack_flags.items;
	uint64_t wall_ns, cpu_ns;

	if (!clock_counts(request->clock, sample) ||
	    !filter_sample(request->filter, profile, sample, &wall_ns,
			   &cpu_ns))
		return false;
	*ns = request->clock == WEIGH_CPU ? cpu_ns : wall_ns;
	*samples = !(flags[sample->stack] & STACK_BETWEEN_SAMPLES);
	return true;
}

/* False when the sample does not count. */
static bool amount_of(const struct weigher *weigher,
		      const struct sample *sample, struct amount *amount)
{
	return weigh_sample(weigher->request, weigher->profile, sample,
			    &amount->ns, &amount->samples);
}

static void cell_push(struct weigher *weigher, uint32_t slot, uint32_t stack,
		      const struct amount *amount)
{
	cell_vec_push(&weigher->weights->cells, (struct cell){
		.group = slot / STATE_COUNT,
		.state = slot % STATE_COUNT,
		.stack = stack,
		.ns = amount->ns,
		.samples = amount->samples,
	});
}

/* The cells of one slot: no searching, and they come out in order. */
static void weigh_slot(struct weigher *weigher, uint32_t slot,
		       struct amount *by_stack)
{
	const struct profile *profile = weigher->profile;
	struct amount amount;

	memset(by_stack, 0, profile->stacks.count * sizeof(*by_stack));
	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];

		if (slot_of(weigher->request, sample) != slot ||
		    !amount_of(weigher, sample, &amount))
			continue;
		by_stack[sample->stack].ns += amount.ns;
		by_stack[sample->stack].samples += amount.samples;
	}
	for (size_t i = 0; i < profile->stacks.count; i++) {
		if (by_stack[i].ns || by_stack[i].samples)
			cell_push(weigher, slot, i, &by_stack[i]);
	}
}

static void weigh_dense(struct weigher *weigher)
{
	struct amount *by_stack = mem_calloc(weigher->profile->stacks.count + 1,
					     sizeof(*by_stack));

	for (size_t i = 0; i < weigher->slots.count; i++)
		weigh_slot(weigher, weigher->slots.items[i], by_stack);
	free(by_stack);
}

static void weigh_sparse(struct weigher *weigher)
{
	const struct profile *profile = weigher->profile;
	struct cell_vec *cells = &weigher->weights->cells;

	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];
		uint32_t slot = slot_of(weigher->request, sample);
		uint64_t key = (uint64_t)slot << 32 | sample->stack;
		struct amount amount;
		uint64_t index;

		if (!amount_of(weigher, sample, &amount))
			continue;
		if (map64_get(&weigher->cells, key, &index)) {
			cells->items[index].ns += amount.ns;
			cells->items[index].samples += amount.samples;
			continue;
		}
		map64_put(&weigher->cells, key, cells->count);
		cell_push(weigher, slot, sample->stack, &amount);
	}
}

/* Which groups and states occur, in order; stops when there are many. */
static void find_slots(struct weigher *weigher)
{
	const struct sample_vec *samples = &weigher->profile->samples;
	struct u32_vec *slots = &weigher->slots;

	for (size_t i = 0; i < samples->count; i++) {
		const struct sample *sample = &samples->items[i];
		uint32_t slot = slot_of(weigher->request, sample);
		size_t at = 0;

		if (!clock_counts(weigher->request->clock, sample))
			continue;
		while (at < slots->count && slots->items[at] < slot)
			at++;
		if (at < slots->count && slots->items[at] == slot)
			continue;
		u32_vec_push(slots, slot);
		memmove(&slots->items[at + 1], &slots->items[at],
			(slots->count - 1 - at) * sizeof(slot));
		slots->items[at] = slot;
		if (slots->count > SLOTS_DENSE)
			return;
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
		.slots = VEC_INIT,
		.cells = MAP64_INIT,
	};

	*weights = (struct weights){ .total_ns = 0 };
	if (request->group_of_thread || request->by_state)
		find_slots(&weigher);
	else
		u32_vec_push(&weigher.slots, 0);
	if (weigher.slots.count <= SLOTS_DENSE) {
		weigh_dense(&weigher);
	} else {
		weigh_sparse(&weigher);
		if (weights->cells.count)
			qsort(weights->cells.items, weights->cells.count,
			      sizeof(*weights->cells.items), compare_cells);
	}
	for (size_t i = 0; i < weights->cells.count; i++) {
		weights->total_ns += weights->cells.items[i].ns;
		weights->samples += weights->cells.items[i].samples;
	}
	map64_release(&weigher.cells);
	u32_vec_release(&weigher.slots);
}

void weights_release(struct weights *weights)
{
	cell_vec_release(&weights->cells);
}
