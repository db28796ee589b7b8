/* SPDX-License-Identifier: MIT */
#include "compare_maker.h"

#include "stat/rng.h"

#include <math.h>

/* What a side is made of: functions, and how long they run each time. */
struct version {
	const char *words[6];
	double ms[6];
	double spread_percent;		/* of each function, from run to run */
	uint64_t series;		/* 0: not interleaved */
	bool plain;			/* as many plain runs beside */
	double sleep_ms;		/* in the first function */
};

static struct profile *profile_of(const struct version *version, size_t runs,
				  struct rng *rng)
{
	struct maker *maker = maker_new();
	uint32_t number = 0;

	maker->now_ns = 1000;
	for (size_t i = 0; i < runs; i++) {
		struct made_run run = {
			.series = version->series, .pair = i,
			.memory_mb = 50,
		};
		double ms[6];
		size_t count = 0;

		while (count < 6 && version->words[count]) {
			ms[count] = version->ms[count] *
				(1 + rng_normal(rng) *
				 version->spread_percent / 100);
			run.cpu_ms += ms[count++];
		}
		if (version->sleep_ms > 0)
			run.sleep_ms = version->sleep_ms *
				(1 + rng_normal(rng) *
				 version->spread_percent / 100);
		run.wall_ms = run.cpu_ms + run.sleep_ms + 5;
		made_sampled(maker, run, number++, i, version->words, ms,
			     count);
		if (version->plain) {
			made_plain(maker, run);
			number++;
		}
	}
	return maker_finish(maker);
}

static struct compared *versions(const struct version *base,
				 const struct version *new, size_t runs)
{
	struct rng rng = rng_of(1);
	struct profile *a = profile_of(base, runs, &rng);
	struct profile *b = profile_of(new, runs, &rng);

	return compared_new(a, b);
}

static const struct version normal = {
	{ "ma", "mb", "mc" }, { 300, 500, 200 }, 1, 0, false, 0
};

static const struct version slow_b = {
	{ "ma", "mb", "mc" }, { 300, 620, 200 }, 1, 0, false, 0
};

static void the_function_that_got_slower_is_named_first(void **state)
{
	struct compared *compared = versions(&normal, &slow_b, 8);
	const struct comparison *c = &compared->comparison;
	const struct code_change *row;

	compared_run(compared);
	assert_int_equal(compared->ret, 0);
	assert_int_equal(c->outcome, OUTCOME_REGRESSION);
	assert_int_equal(comparison_exit_status(c), 1);
	assert_int_equal(c->recommendation, RECOMMEND_KEEP);
	assert_true(fabs(c->improvement_percent + 12) < 2);
	row = &c->functions.rows.items[0];
	assert_string_equal(row->name, "b");
	assert_int_equal(row->self.verdict, VERDICT_SLOWER);
	assert_true(fabs(row->self.delta - 120 * MS) < 15 * MS);
	assert_true(row->self.low < 120 * MS && row->self.high > 120 * MS);
	assert_int_equal(c->functions.changed, 1);
	for (size_t i = 1; i < c->functions.rows.count; i++)
		assert_false(code_change_is_certain(
			&c->functions.rows.items[i]));
	assert_string_equal(c->lines.rows.items[0].name, "b");
	assert_int_equal(c->lines.rows.items[0].line, 'b');
	assert_string_equal(c->modules.rows.items[0].name, "app");
	assert_true(c->explanation_agrees);
	compared_free(compared);
}

static void who_waits_for_longer_is_told(void **state)
{
	static const struct version nap = {
		{ "mab", "mc" }, { 20, 30 }, 1, 0, false, 400
	};
	static const struct version long_nap = {
		{ "mab", "mc" }, { 20, 30 }, 1, 0, false, 1000
	};
	struct compared *compared = versions(&nap, &long_nap, 8);
	const struct comparison *c = &compared->comparison;
	const struct code_change *row;

	compared_run(compared);
	assert_int_equal(c->outcome, OUTCOME_REGRESSION);
	assert_int_equal(c->functions.changed, 0);
	assert_int_equal(c->waits.changed, 1);
	assert_int_equal(c->waits.rows.count, 1);
	row = &c->waits.rows.items[0];
	assert_string_equal(row->name, "b");
	assert_string_equal(row->waits_for, "sleeping");
	assert_int_equal(row->self.verdict, VERDICT_SLOWER);
	assert_true(fabs(row->self.base - 400 * MS) < 20 * MS);
	assert_true(fabs(row->self.delta - 600 * MS) < 40 * MS);
	assert_true(fabs(c->waits.total_ns - row->self.delta) < 1);
	compared_free(compared);
}

static void rows_add_up_to_the_change_of_the_whole(void **state)
{
	struct compared *compared = versions(&normal, &slow_b, 8);
	const struct code_changes *tables[] = {
		&compared->comparison.functions, &compared->comparison.lines,
		&compared->comparison.modules,
	};

	compared_run(compared);
	for (size_t t = 0; t < ARRAY_SIZE(tables); t++) {
		double sum = 0;

		for (size_t i = 0; i < tables[t]->rows.count; i++)
			sum += tables[t]->rows.items[i].self.delta;
		assert_true(fabs(sum - tables[t]->changed_ns -
				 tables[t]->unchanged_ns) < 1);
		assert_true(fabs(tables[t]->total_ns - sum -
				 tables[t]->outside_ns) < 1);
		assert_true(fabs(tables[t]->outside_ns) <
			    0.03 * tables[t]->total_ns + 5 * MS);
	}
	compared_free(compared);
}

static void a_version_is_no_different_from_itself(void **state)
{
	struct compared *compared = versions(&normal, &normal, 12);
	const struct comparison *c = &compared->comparison;

	compared_run(compared);
	assert_int_equal(c->outcome, OUTCOME_PASS);
	assert_int_equal(c->verdict, VERDICT_SAME);
	assert_int_equal(c->functions.changed, 0);
	assert_int_equal(metric_named(c, "memory")->change.verdict,
			 VERDICT_SAME);
	compared_free(compared);
}

static void twice_as_fast_is_worth_an_upgrade(void **state)
{
	static const struct version fast = {
		{ "ma", "mb", "mc" }, { 100, 200, 200 }, 1, 0, false, 0
	};
	struct compared *compared = versions(&normal, &fast, 6);
	const struct comparison *c = &compared->comparison;

	compared_run(compared);
	assert_int_equal(c->outcome, OUTCOME_PASS);
	assert_int_equal(c->verdict, VERDICT_FASTER);
	assert_int_equal(c->recommendation, RECOMMEND_UPGRADE);
	assert_true(fabs(c->improvement_percent - 50) < 3);
	compared_free(compared);
	compared = versions(&normal, &fast, 6);
	compared->options.min_improvement_percent = 60;
	compared_run(compared);
	assert_int_equal(compared->comparison.recommendation,
			 RECOMMEND_KEEP);
	compared_free(compared);
}

static void noisy_runs_tell_nothing_and_say_what_would(void **state)
{
	static const struct version noisy = {
		{ "ma" }, { 1000 }, 12, 0, false, 0
	};
	static const struct version noisy_too = {
		{ "ma" }, { 1030 }, 12, 0, false, 0
	};
	struct compared *compared = versions(&noisy, &noisy_too, 6);
	const struct comparison *c = &compared->comparison;

	compared_run(compared);
	assert_int_equal(c->outcome, OUTCOME_INCONCLUSIVE);
	assert_int_equal(comparison_exit_status(c), 3);
	assert_true(c->reasons.count && c->advice.count);
	assert_true(c->noise_percent > 2);
	compared_free(compared);
	compared = versions(&noisy, &noisy_too, 6);
	compared->options.allow_inconclusive = true;
	compared_run(compared);
	assert_int_equal(comparison_exit_status(&compared->comparison), 0);
	compared_free(compared);
}

/* The sampled runs are four times as slow: they do not decide. */
static void plain_runs_decide_where_there_are_any(void **state)
{
	static const struct version base = {
		{ "ma", "mb" }, { 300, 500 }, 1, 0, true, 0
	};
	struct compared *compared = versions(&base, &base, 6);
	const struct comparison *c = &compared->comparison;

	compared_run(compared);
	assert_true(metric_named(c, "wall")->from_plain_runs);
	assert_int_equal(c->sides[SIDE_BASE].plain_runs, 6);
	assert_int_equal(c->sides[SIDE_NEW].profiled_runs, 6);
	assert_int_equal(metric_named(c, "wall")->change.base_runs, 6);
	compared_free(compared);
}

static void interleaved_runs_are_compared_in_pairs(void **state)
{
	static const struct version a = {
		{ "ma", "mb" }, { 300, 500 }, 1, 77, true, 0
	};
	struct compared *compared = versions(&a, &a, 7);
	const struct comparison *c = &compared->comparison;

	compared_run(compared);
	assert_true(c->interleaved);
	assert_int_equal(metric_named(c, "wall")->change.judged_by,
			 JUDGED_PAIRED_RANKS);
	assert_int_equal(c->functions.rows.items[0].self.judged_by,
			 JUDGED_PAIRED_T);
	compared_free(compared);
	compared = versions(&normal, &a, 7);
	compared_run(compared);
	assert_false(compared->comparison.interleaved);
	compared_free(compared);
}

static void one_run_a_side_has_a_sampling_error(void **state)
{
	static const struct version base = {
		{ "ma", "mb", "mc" }, { 300, 500, 20 }, 0, 0, false, 0
	};
	static const struct version new = {
		{ "ma", "mb", "mc" }, { 310, 900, 26 }, 0, 0, false, 0
	};
	struct compared *compared = versions(&base, &new, 1);
	const struct comparison *c = &compared->comparison;
	const struct code_change *row;

	compared_run(compared);
	assert_int_equal(c->verdict, VERDICT_SLOWER);
	row = code_named(&c->functions, "b");
	assert_int_equal(row->self.judged_by, JUDGED_SAMPLES);
	assert_int_equal(row->self.verdict, VERDICT_SLOWER);
	assert_true(row->self.low > 0 && row->self.low < 400 * MS);
	/* Below 25 %; and above it, but few samples. */
	row = code_named(&c->functions, "a");
	assert_int_equal(row->self.verdict, VERDICT_UNKNOWN);
	row = code_named(&c->functions, "c");
	assert_int_equal(row->self.verdict, VERDICT_UNKNOWN);
	compared_free(compared);
	compared = versions(&base, &base, 1);
	compared_run(compared);
	assert_int_equal(compared->comparison.outcome, OUTCOME_INCONCLUSIVE);
	assert_true(compared->comparison.advice.count > 0);
	compared_free(compared);
}

static void new_and_gone_and_renamed_functions_are_shown_as_such(void **state)
{
	static const struct version base = {
		{ "ma", "mb", "mc" }, { 300, 500, 200 }, 1, 0, false, 0
	};
	static const struct version new = {
		{ "ma", "md", "me" }, { 300, 500, 200 }, 1, 0, false, 0
	};
	const struct rename renames[] = { { "b", "d" } };
	struct compared *compared = versions(&base, &new, 6);
	const struct comparison *c = &compared->comparison;

	compared->options.renames = renames;
	compared->options.rename_count = 1;
	compared_run(compared);
	assert_int_equal(code_named(&c->functions, "d")->flags, CODE_RENAMED);
	assert_string_equal(code_named(&c->functions, "d")->old_name, "b");
	assert_int_equal(code_named(&c->functions, "c")->flags, CODE_GONE);
	assert_int_equal(code_named(&c->functions, "e")->flags, CODE_NEW);
	assert_int_equal(code_named(&c->functions, "c")->self.verdict,
			 VERDICT_FASTER);
	assert_int_equal(code_named(&c->functions, "e")->self.verdict,
			 VERDICT_SLOWER);
	compared_free(compared);
}

static void what_moved_into_its_caller_is_told(void **state)
{
	static const struct version base = {
		{ "ma", "mab" }, { 300, 500 }, 1, 0, false, 0
	};
	static const struct version new = {
		{ "ma" }, { 700 }, 1, 0, false, 0
	};
	struct compared *compared = versions(&base, &new, 6);
	const struct comparison *c = &compared->comparison;

	compared_run(compared);
	assert_int_equal(code_named(&c->functions, "b")->flags,
			 CODE_GONE | CODE_MERGED);
	assert_string_equal(code_named(&c->functions, "b")->partner, "a");
	compared_free(compared);
}

/* One side of each pair is made unlike the other. */
static void what_is_not_comparable_is_refused(void **state)
{
	static const struct made_run whole = {
		.wall_ms = 100, .cpu_ms = 90, .memory_mb = 10
	};
	struct made_run other[3] = { whole, whole, whole };

	other[0].status = 11;		/* killed */
	other[1].cut = true;
	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		struct maker *base = maker_new();
		struct maker *new = maker_new();
		struct compared *compared;

		made_plain(base, whole);
		made_plain(new, other[i]);
		if (i == 1)
			profile_builder_note(new->builder, true, 0, 0);
		compared = compared_new(maker_finish(base), maker_finish(new));
		compared_run(compared);
		assert_int_equal(compared->comparison.refused, i < 2);
		assert_int_equal(comparison_exit_status(
			&compared->comparison), 3);
		if (i < 2) {
			assert_int_equal(compared->comparison.notices.items[0]
					 .kind, NOTICE_REFUSAL);
			assert_int_equal(compared->comparison.metrics.count,
					 0);
		}
		compared_free(compared);
	}
}

static void force_goes_on_and_says_so(void **state)
{
	struct maker *base = maker_new();
	struct maker *new = maker_new();
	const struct made_run whole = { .wall_ms = 100, .cpu_ms = 90 };
	struct made_run failed = whole;
	struct compared *compared;

	failed.status = 256;
	failed.wall_ms = 10;
	made_plain(base, whole);
	made_plain(new, failed);
	compared = compared_new(maker_finish(base), maker_finish(new));
	compared->options.force = true;
	compared_run(compared);
	assert_false(compared->comparison.refused);
	assert_true(compared->comparison.forced);
	assert_int_equal(compared->comparison.verdict, VERDICT_FASTER);
	compared_free(compared);
}

static void an_unknown_metric_is_an_error_with_a_list(void **state)
{
	struct compared *compared = versions(&normal, &normal, 2);

	compared->options.metric = "walls";
	compared_run(compared);
	assert_int_equal(compared->ret, -1);
	assert_int_equal(compared->err.kind, ERROR_NOT_FOUND);
	assert_non_null(strstr(compared->err.text, "wall, cpu, user"));
	compared_free(compared);
}

/*
 * 40 comparisons of six functions that do not change: 240 rows.  At most
 * 1 % of them may be flagged, so 2.4; with a spread of sqrt(2.4), 5 of them.
 */
static void functions_that_did_not_change_are_rarely_flagged(void **state)
{
	static const struct version version = {
		{ "ma", "mb", "mc", "md", "me", "mf" },
		{ 100, 30, 50, 80, 20, 120 }, 5, 0, false, 0
	};
	struct rng rng = rng_of(9);
	size_t flagged = 0;

	for (int i = 0; i < 40; i++) {
		struct profile *a = profile_of(&version, 8, &rng);
		struct profile *b = profile_of(&version, 8, &rng);
		struct compared *compared = compared_new(a, b);

		compared_run(compared);
		flagged += compared->comparison.functions.changed;
		compared_free(compared);
	}
	assert_true(flagged <= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_function_that_got_slower_is_named_first),
		cmocka_unit_test(who_waits_for_longer_is_told),
		cmocka_unit_test(rows_add_up_to_the_change_of_the_whole),
		cmocka_unit_test(a_version_is_no_different_from_itself),
		cmocka_unit_test(twice_as_fast_is_worth_an_upgrade),
		cmocka_unit_test(noisy_runs_tell_nothing_and_say_what_would),
		cmocka_unit_test(plain_runs_decide_where_there_are_any),
		cmocka_unit_test(interleaved_runs_are_compared_in_pairs),
		cmocka_unit_test(one_run_a_side_has_a_sampling_error),
		cmocka_unit_test(
			new_and_gone_and_renamed_functions_are_shown_as_such),
		cmocka_unit_test(what_moved_into_its_caller_is_told),
		cmocka_unit_test(what_is_not_comparable_is_refused),
		cmocka_unit_test(force_goes_on_and_says_so),
		cmocka_unit_test(an_unknown_metric_is_an_error_with_a_list),
		cmocka_unit_test(
			functions_that_did_not_change_are_rarely_flagged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
