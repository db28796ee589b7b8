/* SPDX-License-Identifier: MIT */
#include "profile_maker.h"

#include "base/clock.h"
#include "profile/series.h"
#include "render/metrics_view.h"
#include "render/sparkline.h"

#include <math.h>

/* A run of 10 s that begins at 5 s of the clock, with these values. */
static struct profile *profile_with(const struct metric *metric,
				    const struct metric_value *values,
				    size_t count)
{
	struct maker *maker = maker_new();
	struct profile *profile;

	maker_run(maker, 5 * NS_PER_S);
	maker_process(maker, 0, "app", 10);
	maker_thread(maker, 0, "app", 10);
	maker->sink->ops->metric(maker->sink, metric);
	maker->sink->ops->values(maker->sink, values, count);
	maker->sink->ops->run_end(maker->sink, &(struct run_end){
		.end_ns = 15 * NS_PER_S });
	profile = profile_builder_finish(maker->builder);
	profile_builder_free(maker->builder);
	free(maker);
	return profile;
}

static const struct filter everything = { .to_ns = UINT64_MAX };

static const struct metric gauge = {
	.name = "g", .source = "memory", .kind = METRIC_GAUGE,
	.unit = METRIC_BYTES, .scope = METRIC_OF_RUN,
};

static const struct metric sum = {
	.name = "s", .source = "io", .kind = METRIC_CUMULATIVE,
	.unit = METRIC_BYTES, .scope = METRIC_OF_THREAD,
};

static void a_gauge_has_a_mean_by_time_and_a_peak(void **state)
{
	const struct metric_value values[] = {
		{ 5 * NS_PER_S, 0, 0 }, { 6 * NS_PER_S, 100, 0 },
		{ 14 * NS_PER_S, 100, 0 }, { 15 * NS_PER_S, 20, 0 },
	};
	struct profile *profile = profile_with(&gauge, values, 4);
	struct series_facts facts;

	assert_true(series_facts_init(&facts, profile,
				      profile->metrics.items, &everything));
	assert_int_equal(facts.from_ns, 0);
	assert_int_equal(facts.to_ns, 10 * NS_PER_S);
	assert_true(facts.first == 0 && facts.last == 20);
	assert_true(facts.most == 100 && facts.least == 0);
	assert_int_equal(facts.most_ns, NS_PER_S);
	assert_true(fabs(facts.mean - (50 + 800 + 60) / 10.0) < 1e-9);
	profile_free(profile);
}

static void a_sum_grows_from_nothing(void **state)
{
	const struct metric_value values[] = {
		{ 6 * NS_PER_S, 50, 0 }, { 8 * NS_PER_S, 250, 0 },
		{ 10 * NS_PER_S, 250, 0 },
	};
	struct profile *profile = profile_with(&sum, values, 3);
	struct series_facts facts;

	assert_true(series_facts_init(&facts, profile,
				      profile->metrics.items, &everything));
	/* The 50 before the first value are its, too. */
	assert_true(facts.growth == 250);
	assert_true(fabs(facts.most_rate - 100) < 1e-9);
	profile_free(profile);
}

static void time_cuts_the_line_between_two_values(void **state)
{
	const struct metric_value values[] = {
		{ 6 * NS_PER_S, 0, 0 }, { 10 * NS_PER_S, 400, 0 },
	};
	const struct filter part = {
		.from_ns = 2 * NS_PER_S, .to_ns = 3 * NS_PER_S,
	};
	const struct filter outside = {
		.from_ns = 7 * NS_PER_S, .to_ns = 8 * NS_PER_S,
	};
	struct profile *profile = profile_with(&sum, values, 2);
	struct series_facts facts;

	assert_true(series_facts_init(&facts, profile,
				      profile->metrics.items, &part));
	assert_true(fabs(facts.growth - 100) < 1e-9);
	assert_true(fabs(facts.rate - 100) < 1e-9);
	assert_false(series_facts_init(&facts, profile,
				       profile->metrics.items, &outside));
	profile_free(profile);
}

static void pieces_are_means_or_rates(void **state)
{
	const struct metric_value values[] = {
		{ 5 * NS_PER_S, 0, 0 }, { 7 * NS_PER_S, 200, 0 },
		{ 9 * NS_PER_S, 200, 0 },
	};
	struct profile *of_gauge = profile_with(&gauge, values, 3);
	struct profile *of_sum = profile_with(&sum, values, 3);
	double pieces[5];

	series_pieces(pieces, 5, 0, 10 * NS_PER_S, of_gauge,
		      of_gauge->metrics.items);
	assert_true(fabs(pieces[0] - 100) < 1e-6);
	assert_true(fabs(pieces[1] - 200) < 1e-6);
	assert_true(isnan(pieces[2]) && isnan(pieces[4]));
	series_pieces(pieces, 5, 0, 10 * NS_PER_S, of_sum,
		      of_sum->metrics.items);
	assert_true(fabs(pieces[0] - 100) < 1e-6);
	assert_true(fabs(pieces[1]) < 1e-6);
	assert_true(isnan(pieces[2]));
	/* No time at all. */
	series_pieces(pieces, 5, 0, 0, of_sum, of_sum->metrics.items);
	assert_true(isnan(pieces[0]));
	profile_free(of_gauge);
	profile_free(of_sum);
}

static void a_counter_of_the_program_moves_in_steps(void **state)
{
	const struct metric counter = {
		.name = "c", .source = METRIC_COUNTER, .kind = METRIC_GAUGE,
		.scope = METRIC_OF_PROCESS,
	};
	const struct metric_value values[] = {
		{ 5 * NS_PER_S, 10, 0 }, { 9 * NS_PER_S, 50, 0 },
		{ 10 * NS_PER_S, 0, 0 },
	};
	struct profile *profile = profile_with(&counter, values, 3);
	struct series_facts facts;
	double pieces[2];

	assert_true(series_facts_init(&facts, profile,
				      profile->metrics.items, &everything));
	/* The last value holds to the end of the run, at 10 s. */
	assert_true(fabs(facts.mean - (4 * 10 + 50) / 10.0) < 1e-9);
	assert_true(facts.most == 50 && facts.last == 0);
	assert_int_equal(facts.most_ns, 4 * NS_PER_S);
	series_pieces(pieces, 2, 0, 8 * NS_PER_S, profile,
		      profile->metrics.items);
	assert_true(fabs(pieces[0] - 10) < 1e-6);
	assert_true(fabs(pieces[1] - 50 / 4.0) < 1e-6);
	profile_free(profile);
}

static void of_a_region_only_the_time_of_its_calls_counts(void **state)
{
	const struct metric_value values[] = {
		{ 5 * NS_PER_S, 0, 0 }, { 9 * NS_PER_S, 400, 0 },
		{ 13 * NS_PER_S, 400, 0 },
	};
	struct filter_span spans[] = {
		{ 0, 1 * NS_PER_S, 2 * NS_PER_S },
		{ 0, 3 * NS_PER_S, 5 * NS_PER_S },
		{ 1, 0, 9 * NS_PER_S },
	};
	uint8_t kept[] = { 1 };
	const struct filter part = {
		.to_ns = UINT64_MAX, .regions = { .items = kept, .count = 1 },
		.spans = { .items = spans, .count = 3 },
	};
	struct profile *profile = profile_with(&sum, values, 3);
	struct series_facts facts;
	double pieces[4] = { 1, 1, 1, 1 };

	assert_true(series_facts_init(&facts, profile,
				      profile->metrics.items, &part));
	assert_true(fabs(facts.growth - 200) < 1e-9);
	assert_true(fabs(facts.rate - 200 / 3.0) < 1e-9);
	assert_true(facts.first == 100 && facts.last == 400);
	series_blank(pieces, 4, 8 * NS_PER_S, 0, &part);
	assert_true(pieces[0] == 1 && pieces[2] == 1);
	assert_true(isnan(pieces[3]));
	profile_free(profile);
}

static void a_sparkline_has_one_column_a_number(void **state)
{
	const double numbers[] = { 0, 50, 100, (double)NAN, -5, 200 };
	const struct text_style ascii = { .width = 80 };
	const struct text_style utf8 = { .width = 80, .utf8 = true };
	struct strbuf out = STRBUF_INIT;

	sparkline_add(&out, &ascii, numbers, 6, 0, 100);
	assert_string_equal(strbuf_text(&out), "_=# _#");
	strbuf_clear(&out);
	sparkline_add(&out, &utf8, numbers, 4, 0, 100);
	assert_string_equal(strbuf_text(&out), "▁▅█ ");
	strbuf_clear(&out);
	/* All the same: nothing to be divided by. */
	sparkline_add(&out, &ascii, numbers, 1, 0, 0);
	assert_string_equal(strbuf_text(&out), "_");
	strbuf_release(&out);
}

static void assert_value(enum metric_unit unit, double value, const char *want)
{
	struct strbuf out = STRBUF_INIT;

	metric_add_value(&out, unit, value);
	assert_string_equal(strbuf_text(&out), want);
	strbuf_release(&out);
}

static void values_have_their_units(void **state)
{
	struct strbuf out = STRBUF_INIT;

	assert_value(METRIC_BYTES, 4300000, "4.3 MB");
	assert_value(METRIC_BYTES, -1000, "-1.0 kB");
	assert_value(METRIC_NS, 1.5e6, "1.50 ms");
	assert_value(METRIC_PPM, 123000, "12.3%");
	assert_value(METRIC_NUMBER, 1234567, "1,234,567");
	assert_value(METRIC_NUMBER, -2.25, "-2.25");
	assert_value(METRIC_NUMBER, 1e300, "1e+300");
	metric_add_rate(&out, METRIC_NS, 5e8);
	assert_string_equal(strbuf_text(&out), "50%");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gauge_has_a_mean_by_time_and_a_peak),
		cmocka_unit_test(a_sum_grows_from_nothing),
		cmocka_unit_test(time_cuts_the_line_between_two_values),
		cmocka_unit_test(pieces_are_means_or_rates),
		cmocka_unit_test(a_counter_of_the_program_moves_in_steps),
		cmocka_unit_test(of_a_region_only_the_time_of_its_calls_counts),
		cmocka_unit_test(a_sparkline_has_one_column_a_number),
		cmocka_unit_test(values_have_their_units),
	};

	return cmocka_run_group_tests_name("profile series", tests, NULL,
					   NULL);
}
