/* SPDX-License-Identifier: MIT */
/* Profiles of many runs, with times that a test chooses. */
#ifndef TESTS_UNIT_COMPARE_MAKER_H
#define TESTS_UNIT_COMPARE_MAKER_H

#include "profile_maker.h"

#include "compare/compare.h"

#define MS 1000000.0

/* What a run is like; times in milliseconds. */
struct made_run {
	enum run_kind kind;
	uint64_t series;
	uint32_t pair;
	double wall_ms;
	double cpu_ms;
	double memory_mb;
	double sleep_ms;		/* at the end, in words[0] */
	int32_t status;
	bool cut;			/* no end */
};

static inline void made_begin(struct maker *maker, const struct made_run *run)
{
	static const char *const argv[] = { "./app", "-x" };
	const struct run_begin begin = {
		.start_ns = maker->now_ns, .argv = argv, .argc = 2,
		.name = "app", .version = "1", .rate_hz = 1000,
		.kind = run->kind,
		.place = { .series = run->series, .pair = run->pair },
		.start_realtime_ns = 1000 + maker->now_ns,
	};

	maker->sink->ops->run_begin(maker->sink, &begin);
}

static inline void made_end(struct maker *maker, const struct made_run *run,
			    uint64_t start_ns)
{
	const struct run_end end = {
		.end_ns = start_ns + (uint64_t)(run->wall_ms * MS),
		.exit_status = run->status,
		.user_ns = (uint64_t)(run->cpu_ms * MS),
		.peak_memory_bytes = (uint64_t)(run->memory_mb * 1e6),
	};

	if (!run->cut)
		maker->sink->ops->run_end(maker->sink, &end);
	maker->now_ns = end.end_ns + 1000;
}

/* A run that nobody samples. */
static inline void made_plain(struct maker *maker, struct made_run run)
{
	const uint64_t start_ns = maker->now_ns;

	run.kind = RUN_PLAIN;
	made_begin(maker, &run);
	made_end(maker, &run, start_ns);
}

/*
 * A sampled run of one thread: `words[i]` runs for `ms[i]`, a sample a
 * millisecond.  Numbers of runs, processes and threads go along.
 */
static inline void made_sampled(struct maker *maker, struct made_run run,
				uint32_t number, uint32_t thread,
				const char *const *words, const double *ms,
				size_t count)
{
	const uint64_t start_ns = maker->now_ns;

	run.kind = RUN_PROFILED;
	made_begin(maker, &run);
	maker_process(maker, number, "app", 10 + number);
	maker_thread(maker, thread, "app", 10 + number);
	for (size_t i = 0; i < count; i++) {
		const size_t samples = (size_t)ms[i] + 1;
		struct interval *intervals = mem_calloc(samples,
							sizeof(*intervals));
		const struct thread_window window = {
			.thread = thread, .start_ns = maker->now_ns,
			.cpu_ns = (uint64_t)(ms[i] * MS),
			.intervals = intervals, .count = samples,
		};

		for (size_t j = 0; j < samples; j++)
			intervals[j] = (struct interval){
				.wall_ns = window.cpu_ns / samples,
				.stack = maker_stack(maker, words[i]),
				.state = STATE_RUNNING,
			};
		maker->sink->ops->window(maker->sink, &window);
		maker->now_ns += window.cpu_ns;
		free(intervals);
	}
	if (run.sleep_ms > 0)
		maker_sample_of(maker, thread, words[0],
				(uint64_t)run.sleep_ms, STATE_SLEEP);
	made_end(maker, &run, start_ns);
}

/* A comparison with all that it needs. */
struct compared {
	struct profile *profiles[SIDE_COUNT];
	struct filter_spec spec;
	struct filter filters[SIDE_COUNT];
	struct compare_options options;
	struct comparison comparison;
	struct error err;
	int ret;
};

static inline struct compared *compared_new(struct profile *base,
					    struct profile *new)
{
	struct compared *compared = mem_alloc(sizeof(*compared));

	compared->profiles[SIDE_BASE] = base;
	compared->profiles[SIDE_NEW] = new;
	compared->comparison = (struct comparison)COMPARISON_INIT;
	compared->options = (struct compare_options){
		.threshold_percent = 2,
		.single_run_percent = 25,
		.min_improvement_percent = 10,
		.metric = "wall",
		.spec = &compared->spec,
	};
	return compared;
}

static inline void compared_run(struct compared *compared)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		filter_init(&compared->filters[side], &compared->spec,
			    compared->profiles[side], NULL);
		compared->options.filters[side] = &compared->filters[side];
	}
	compared->ret = compare_profiles(&compared->comparison,
					 compared->profiles[SIDE_BASE],
					 compared->profiles[SIDE_NEW],
					 &compared->options, &compared->err);
}

static inline void compared_free(struct compared *compared)
{
	comparison_release(&compared->comparison);
	for (int side = 0; side < SIDE_COUNT; side++) {
		filter_release(&compared->filters[side]);
		profile_free(compared->profiles[side]);
	}
	free(compared);
}

static inline const struct metric_change *
metric_named(const struct comparison *comparison, const char *name)
{
	for (size_t i = 0; i < comparison->metrics.count; i++) {
		if (strcmp(comparison->metrics.items[i].name, name) == 0)
			return &comparison->metrics.items[i];
	}
	fail_msg("no metric '%s'", name);
	return NULL;
}

static inline const struct code_change *
code_named(const struct code_changes *changes, const char *name)
{
	for (size_t i = 0; i < changes->rows.count; i++) {
		if (strcmp(changes->rows.items[i].name, name) == 0)
			return &changes->rows.items[i];
	}
	fail_msg("no row '%s'", name);
	return NULL;
}

#endif
