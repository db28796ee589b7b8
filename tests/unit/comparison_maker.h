/* SPDX-License-Identifier: MIT */
/*
 * Comparisons made by hand, for what draws them: every kind of row and
 * verdict, with numbers that a test knows.
 */
#ifndef CPROF_TESTS_COMPARISON_MAKER_H
#define CPROF_TESTS_COMPARISON_MAKER_H

#include "compare/comparison.h"
#include "compare/diff_tree.h"

#include <math.h>

/* `percent` of `base`, give or take a sixth of it and one point. */
static inline struct change made_change(double base, double percent,
					enum verdict verdict)
{
	const double half = fabs(percent) / 6 + 1;

	return (struct change){
		.base = base,
		.new = base * (1 + percent / 100),
		.delta = base * percent / 100,
		.low = base * (percent - half) / 100,
		.high = base * (percent + half) / 100,
		.percent = percent,
		.low_percent = percent - half,
		.high_percent = percent + half,
		.margin_percent = 2,
		.level = 0.95,
		.p = verdict == VERDICT_UNKNOWN ? 0.3 : 0.002,
		.base_runs = 10,
		.new_runs = 10,
		.judged_by = JUDGED_PAIRED_RANKS,
		.verdict = verdict,
	};
}

/* Of a function that one side does not have: no percentage of nothing. */
static inline struct change made_appeared(double delta)
{
	struct change change = made_change(delta, 100, VERDICT_SLOWER);

	change.base = 0;
	change.new = change.delta = delta;
	change.low = delta * 0.9;
	change.high = delta * 1.1;
	change.percent = change.low_percent = change.high_percent = NAN;
	return change;
}

/* With one run a side there is no interval at all. */
static inline struct change made_unjudged(double base, double percent)
{
	struct change change = made_change(base, percent, VERDICT_UNKNOWN);

	change.low = change.low_percent = -INFINITY;
	change.high = change.high_percent = INFINITY;
	change.judged_by = JUDGED_NOT;
	change.p = 1;
	return change;
}

static inline void made_metric(struct comparison *comparison,
			       const char *name, const char *text,
			       enum metric_unit unit, struct change change)
{
	*metric_change_vec_add(&comparison->metrics) = (struct metric_change){
		.name = name, .text = text, .unit = unit, .change = change,
		.decides = comparison->metrics.count == 1,
		.from_plain_runs = true,
	};
	comparison->decides = 0;
}

static inline struct code_change *made_function(struct code_changes *to,
						const char *name,
						const char *file,
						uint32_t line,
						struct change change)
{
	struct code_change *row = code_change_vec_add(&to->rows);

	*row = (struct code_change){
		.pair = ID_NONE, .name = name, .module = "/usr/bin/app",
		.file = file, .line = line, .self = change,
		.base_total_ns = change.base * 1.5,
		.new_total_ns = change.new * 1.5, .q = change.p,
	};
	to->total_ns += change.delta;
	if (change.verdict == VERDICT_SLOWER ||
	    change.verdict == VERDICT_FASTER) {
		to->changed_ns += change.delta;
		to->changed++;
	} else {
		to->unchanged_ns += change.delta;
	}
	return row;
}

static inline struct comparison made_sides(void)
{
	struct comparison comparison = COMPARISON_INIT;

	comparison.sides[SIDE_BASE] = (struct comparison_side){
		.name = "app", .version = "1.1", .command = "./app --fast",
		.host = "ci-1", .cpu_model = "Some CPU", .profiled_runs = 5,
		.plain_runs = 10, .samples = 4000,
	};
	comparison.sides[SIDE_NEW] = comparison.sides[SIDE_BASE];
	comparison.sides[SIDE_NEW].version = "1.2";
	comparison.interleaved = true;
	comparison.threshold_percent = 2;
	comparison.noise_percent = 0.8;
	comparison.min_improvement_percent = 10;
	comparison.explanation_agrees = true;
	return comparison;
}

/*
 * 400 ms became 448 ms: decode is slower, emit is new, flush is gone, and nap
 * sleeps for longer.
 */
static inline struct comparison made_slower(void)
{
	struct comparison comparison = made_sides();
	struct code_changes *functions = &comparison.functions;

	made_metric(&comparison, "wall", "wall time", METRIC_NS,
		    made_change(400e6, 12, VERDICT_SLOWER));
	made_metric(&comparison, "cpu", "CPU time", METRIC_NS,
		    made_change(380e6, 11, VERDICT_SLOWER));
	made_metric(&comparison, "memory", "peak memory", METRIC_BYTES,
		    made_change(12.5e6, 0.4, VERDICT_SAME));
	made_metric(&comparison, "wall", "wall time", METRIC_NS,
		    made_change(90e6, 3, VERDICT_UNKNOWN));
	comparison.metrics.items[3].region = "parse";
	made_metric(&comparison, "requests", "requests", METRIC_NUMBER,
		    made_change(1200, -25, VERDICT_FASTER));
	comparison.metrics.items[4].is_counter = true;
	functions->by = ROWS_BY_FUNCTION;
	made_function(functions, "decode", "/src/app/decode.c", 41,
		      made_change(100e6, 40, VERDICT_SLOWER));
	made_function(functions, "emit", "/src/app/emit.c", 7,
		      made_appeared(20e6))->flags = CODE_NEW;
	made_function(functions, "flush", "/src/app/emit.c", 90,
		      made_change(15e6, -100, VERDICT_FASTER))->flags =
		CODE_GONE;
	made_function(functions, "hash", NULL, 0,
		      made_change(50e6, -10, VERDICT_FASTER));
	made_function(functions, "main", "/src/app/main.c", 3,
		      made_change(30e6, 1, VERDICT_UNKNOWN));
	made_function(functions, "scan", "/src/app/scan.c", 12,
		      made_change(150e6, 0, VERDICT_SAME));
	made_function(&comparison.waits, "nap", "/src/app/main.c", 30,
		      made_change(20e6, 60, VERDICT_SLOWER))->waits_for =
		"sleeping";
	comparison.verdict = VERDICT_SLOWER;
	comparison.outcome = OUTCOME_REGRESSION;
	comparison.improvement_percent = -12;
	comparison.recommendation = RECOMMEND_KEEP;
	return comparison;
}

/* One run a side, from another host, forced: nothing is certain. */
static inline struct comparison made_uncertain(void)
{
	struct comparison comparison = made_sides();

	for (int side = 0; side < SIDE_COUNT; side++) {
		comparison.sides[side].plain_runs = 0;
		comparison.sides[side].profiled_runs = 1;
	}
	comparison.interleaved = false;
	comparison.forced = true;
	comparison.noise_percent = NAN;
	comparison.improvement_percent = NAN;
	made_metric(&comparison, "wall", "wall time", METRIC_NS,
		    made_unjudged(400e6, 6));
	made_function(&comparison.functions, "decode", NULL, 0,
		      made_unjudged(100e6, 9));
	made_function(&comparison.functions, "scan", NULL, 0,
		      made_unjudged(150e6, 0));
	comparison_notice(&comparison, NOTICE_REFUSAL,
			  "hosts differ: %s and %s", "ci-1", "ci-2");
	comparison_notice(&comparison, NOTICE_INFO, "arguments differ");
	comparison_reason(&comparison, "one run a side");
	comparison_advise(&comparison, "cprof record --runs 10");
	comparison.outcome = OUTCOME_INCONCLUSIVE;
	return comparison;
}

/* Nothing was worked out. */
static inline struct comparison made_refused(void)
{
	struct comparison comparison = made_sides();

	comparison.refused = true;
	comparison.outcome = OUTCOME_INCONCLUSIVE;
	comparison_notice(&comparison, NOTICE_REFUSAL,
			  "clocks differ: cpu and wall");
	comparison_advise(&comparison, "--force compares all the same");
	return comparison;
}

/* Every name is `name`; for those that are out to harm. */
static inline struct comparison made_named(const char *name)
{
	struct comparison comparison = made_slower();

	for (int side = 0; side < SIDE_COUNT; side++) {
		comparison.sides[side].name = name;
		comparison.sides[side].version = name;
		comparison.sides[side].command = name;
		comparison.sides[side].host = name;
		comparison.sides[side].cpu_model = name;
	}
	for (size_t i = 0; i < comparison.functions.rows.count; i++) {
		struct code_change *row =
			&comparison.functions.rows.items[i];

		row->name = row->module = row->file = name;
		row->old_name = row->partner = name;
		row->flags |= CODE_RENAMED | CODE_MERGED;
	}
	comparison.metrics.items[3].region = name;
	comparison.metrics.items[4].name = name;
	comparison.metrics.items[4].text = name;
	comparison_notice(&comparison, NOTICE_INFO, "label %s", name);
	comparison_reason(&comparison, "%s", name);
	comparison_advise(&comparison, "%s", name);
	return comparison;
}

#endif
