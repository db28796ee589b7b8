/* SPDX-License-Identifier: MIT */
#include "compare/code_weights.h"

/* By thread id: index of its run in profile->runs. */
static uint32_t *runs_of_threads(const struct profile *profile)
{
	uint32_t *runs = mem_calloc(profile->threads.count + 1,
				    sizeof(*runs));

	for (size_t i = 0; i < profile->threads.count; i++) {
		const uint32_t process =
			profile->threads.items[i].begin.process;

		runs[i] = profile->processes.items[process].begin.run;
	}
	return runs;
}

/* Sums of squares of the weights of samples, by run of the profile. */
static double *sum_squares(const struct code_weights *weights,
			   const struct weigh_request *request)
{
	const struct profile *profile = weights->profile;
	double *squares = mem_calloc(profile->runs.count + 1,
				     sizeof(*squares));

	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];
		uint64_t ns, samples;

		if (!weigh_sample(request, profile, sample, &ns, &samples) ||
		    !samples)
			continue;
		squares[request->group_of_thread[sample->thread]] +=
			(double)ns * ns;
	}
	return squares;
}

/* Cells are in order of their group, which is the run. */
static void find_cells(struct code_weights *weights, struct run_weight *run,
		       uint32_t group)
{
	const struct cell_vec *cells = &weights->weights.cells;
	size_t low = 0;
	size_t high = cells->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (cells->items[middle].group < group)
			low = middle + 1;
		else
			high = middle;
	}
	run->from = low;
	for (run->to = low; run->to < cells->count &&
	     cells->items[run->to].group == group; run->to++) {
		run->total_ns += cells->items[run->to].ns;
		weights->samples += cells->items[run->to].samples;
	}
}

void code_weights_init(struct code_weights *weights,
		       const struct profile *profile,
		       const struct filter *filter,
		       const struct run_ref_vec *runs,
		       enum weight_clock clock)
{
	uint32_t *run_of_thread = runs_of_threads(profile);
	const struct weigh_request request = {
		.clock = clock,
		.filter = filter,
		.group_of_thread = run_of_thread,
		.by_state = clock != WEIGH_CPU,
	};
	double *squares;

	*weights = (struct code_weights){
		.profile = profile,
		.run_count = runs->count,
		.runs = mem_calloc(runs->count + 1, sizeof(*weights->runs)),
	};
	weights_init(&weights->weights, profile, &request);
	squares = sum_squares(weights, &request);
	for (size_t i = 0; i < runs->count; i++) {
		const size_t group = runs->items[i] - profile->runs.items;
		struct run_weight *run = &weights->runs[i];

		find_cells(weights, run, group);
		if (squares[group] > 0)
			run->effective = run->total_ns * run->total_ns /
					 squares[group];
	}
	free(squares);
	free(run_of_thread);
}

void code_weights_release(struct code_weights *weights)
{
	weights_release(&weights->weights);
	free(weights->runs);
}
