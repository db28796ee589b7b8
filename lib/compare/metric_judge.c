/* SPDX-License-Identifier: MIT */
#include "compare/metric_judge.h"

#include "compare/judge.h"

enum {
	NOISE_SEED = 1		/* any: the same files get the same answer */
};

void metric_judge_init(struct metric_judge *judge,
		       struct comparison *comparison,
		       const struct profile *base, const struct profile *new,
		       const struct compare_options *options,
		       enum run_kind kind)
{
	*judge = (struct metric_judge){
		.comparison = comparison,
		.options = options,
		.profiles = { base, new },
		.kind = kind,
	};
	compared_runs_init(&judge->runs, base, new, kind);
	for (int side = 0; side < SIDE_COUNT; side++)
		judge->values[side] =
			mem_calloc(judge->runs.sides[side].count + 1,
				   sizeof(double));
}

void metric_judge_release(struct metric_judge *judge)
{
	for (int side = 0; side < SIDE_COUNT; side++)
		free(judge->values[side]);
	compared_runs_release(&judge->runs);
}

void metric_judge_add(struct metric_judge *judge, struct metric_change metric)
{
	const struct run_ref_vec *sides = judge->runs.sides;
	const size_t base_count = sides[SIDE_BASE].count;
	const size_t new_count = sides[SIDE_NEW].count;
	struct judge how = {
		.level = JUDGE_LEVEL, .paired = judge->runs.paired
	};
	struct rng rng = rng_of(NOISE_SEED);

	metric.noise_percent = judge_noise_percent(judge->values[SIDE_BASE],
						   base_count, how.paired,
						   &rng);
	judge_margin(&how, judge->options->threshold_percent,
		     metric.noise_percent);
	metric.from_plain_runs = judge->kind == RUN_PLAIN;
	metric.change = judge_runs(judge->values[SIDE_BASE], base_count,
				   judge->values[SIDE_NEW], new_count, &how);
	if (base_count == 1 && new_count == 1)
		judge_single_run(&metric.change,
				 judge->options->single_run_percent);
	metric_change_vec_push(&judge->comparison->metrics, metric);
}
