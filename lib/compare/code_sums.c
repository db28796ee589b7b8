/* SPDX-License-Identifier: MIT */
#include "compare/code_sums.h"

#include "profile/key_totals.h"

#include <math.h>

struct summer {
	struct code_sums *sums;
	const struct code_keys *keys;
	const struct code_weights *weights;	/* of both sides */
	double *now[SIDE_COUNT];	/* by key: of the present run */
	struct u32_vec touched;		/* keys with any of it; some twice */
};

static void add_cell(struct summer *summer, int side, size_t index)
{
	const struct code_weights *weights = &summer->weights[side];
	const struct cell *cell = &weights->weights.cells.items[index];
	const struct profile *profile = weights->profile;
	const uint32_t *of_cell = summer->keys->of_cell[side];
	const uint32_t frame_id = profile->stacks.items[cell->stack].frame;
	const struct profile_frame *frame = &profile->frames.items[frame_id];
	const uint32_t inner = profile->chain.items[frame->first];
	const uint32_t key = of_cell ? of_cell[index] :
				       summer->keys->of[side][inner];

	if (key == summer->keys->count)
		return;
	u32_vec_push(&summer->touched, key);
	summer->now[side][key] += cell->ns;
	if (frame->count > 1)
		summer->sums->items[key].inlined[side] += cell->ns;
}

static void add_run(struct summer *summer, int side, size_t index)
{
	const struct code_weights *weights = &summer->weights[side];
	const struct run_weight *run = &weights->runs[index];

	if (index >= weights->run_count)
		return;
	for (size_t i = run->from; i < run->to; i++)
		add_cell(summer, side, i);
}

/* Add the present runs to the sums, and forget them. */
static void finish_runs(struct summer *summer)
{
	for (size_t i = 0; i < summer->touched.count; i++) {
		const uint32_t key = summer->touched.items[i];
		struct code_sum *sum = &summer->sums->items[key];
		double *base = &summer->now[SIDE_BASE][key];
		double *new = &summer->now[SIDE_NEW][key];

		sum->sum[SIDE_BASE] += *base;
		sum->sum[SIDE_NEW] += *new;
		sum->squares[SIDE_BASE] += *base * *base;
		sum->squares[SIDE_NEW] += *new * *new;
		sum->pair_squares += (*new - *base) * (*new - *base);
		*base = *new = 0;
	}
	summer->touched.count = 0;
}

/* Time with callees, of all runs together. */
static void add_totals(struct summer *summer, int side)
{
	const struct code_weights *weights = &summer->weights[side];
	const size_t count = summer->keys->count;
	struct code_sum *items = summer->sums->items;
	struct key_total *totals;

	/* What waits is told by its caller: it has no callees of its own. */
	if (summer->keys->of_cell[side]) {
		for (size_t key = 0; key < count; key++)
			items[key].total_ns[side] =
				(uint64_t)items[key].sum[side];
		return;
	}
	totals = mem_calloc(count + 1, sizeof(*totals));
	for (size_t i = 0; i < weights->run_count; i++)
		key_totals_add(totals, count + 1, weights->profile,
			       summer->keys->of[side], &weights->weights,
			       weights->runs[i].from, weights->runs[i].to);
	for (size_t key = 0; key < count; key++)
		items[key].total_ns[side] = totals[key].total_ns;
	free(totals);
}

void code_sums_init(struct code_sums *sums, const struct code_keys *keys,
		    const struct code_weights weights[SIDE_COUNT],
		    bool paired)
{
	struct summer summer = {
		.sums = sums, .keys = keys, .weights = weights,
	};
	const size_t runs = MAX(weights[SIDE_BASE].run_count,
				weights[SIDE_NEW].run_count);

	*sums = (struct code_sums){
		.items = mem_calloc(keys->count + 1, sizeof(*sums->items)),
		.count = keys->count,
		.paired = paired,
	};
	for (int side = 0; side < SIDE_COUNT; side++) {
		sums->runs[side] = weights[side].run_count;
		summer.now[side] = mem_calloc(keys->count + 1,
					      sizeof(double));
	}
	for (size_t i = 0; i < runs; i++) {
		add_run(&summer, SIDE_BASE, i);
		add_run(&summer, SIDE_NEW, i);
		finish_runs(&summer);
	}
	for (int side = 0; side < SIDE_COUNT; side++) {
		add_totals(&summer, side);
		free(summer.now[side]);
	}
	u32_vec_release(&summer.touched);
}

void code_sums_release(struct code_sums *sums)
{
	free(sums->items);
}

double code_sum_mean(const struct code_sums *sums, size_t key, int side)
{
	const size_t runs = sums->runs[side];

	return runs ? sums->items[key].sum[side] / runs : 0;
}

/* From the sum and the sum of squares of `count` values. */
static struct moments moments_from(size_t count, double sum, double squares)
{
	struct moments moments = { .count = count };

	if (count)
		moments.mean = sum / count;
	if (count > 1)
		moments.variance = fmax(0, squares - sum * moments.mean) /
				   (count - 1);
	return moments;
}

struct t_test code_sum_test(const struct code_sums *sums, size_t key)
{
	const struct code_sum *sum = &sums->items[key];
	const struct moments base = moments_from(sums->runs[SIDE_BASE],
						 sum->sum[SIDE_BASE],
						 sum->squares[SIDE_BASE]);
	const struct moments new = moments_from(sums->runs[SIDE_NEW],
						sum->sum[SIDE_NEW],
						sum->squares[SIDE_NEW]);
	struct moments pairs;

	if (sums->paired) {
		pairs = moments_from(base.count, sum->sum[SIDE_NEW] -
				     sum->sum[SIDE_BASE], sum->pair_squares);
		return (struct t_test){
			.mean = pairs.mean,
			.error = sqrt(pairs.variance / pairs.count),
			.df = pairs.count - 1.0,
		};
	}
	if (base.count > 1 && new.count > 1)
		return t_test_moments(&base, &new);
	return t_test_pooled(&base, &new);
}
