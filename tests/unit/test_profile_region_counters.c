/* SPDX-License-Identifier: MIT */
#include "profile/region_counters.h"

#include "profile_maker.h"

#include <math.h>

#define MS UINT64_C(1000000)

enum { RUN_NS = 1000 };

/* Regions "outer" and, in it, "inner": 0 to 100 ms, 20 to 60 ms. */
static struct maker *maker_with_calls(void)
{
	struct maker *maker = maker_simple();
	const struct region regions[] = {
		{ 0, ID_NONE, REGION_SCOPE, "outer" },
		{ 0, 0, REGION_SCOPE, "inner" },
	};
	const struct region_call calls[] = {
		{ RUN_NS + 20 * MS, RUN_NS + 60 * MS, 1, 0 },
		{ RUN_NS, RUN_NS + 100 * MS, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
		maker->sink->ops->region(maker->sink, &regions[i]);
	maker->sink->ops->region_calls(maker->sink, &(struct region_window){
		0, calls, ARRAY_SIZE(calls) });
	return maker;
}

static void add_counter(struct maker *maker, const char *name)
{
	maker->sink->ops->metric(maker->sink, &(struct metric){
		.name = name, .source = METRIC_COUNTER, .kind = METRIC_GAUGE,
		.unit = metric_unit_of_name(name),
		.scope = METRIC_OF_PROCESS });
}

static void add_value(struct maker *maker, uint32_t metric, uint64_t ms,
		      int64_t value)
{
	const struct metric_value one = { RUN_NS + ms * MS, value, metric };

	maker->sink->ops->values(maker->sink, &one, 1);
}

static void counters_init(struct region_counters *counters,
			  const struct profile *profile)
{
	static const struct filter all = { .to_ns = UINT64_MAX };
	struct u32_vec row_of = VEC_INIT;

	for (uint32_t i = 0; i < profile->regions.count; i++)
		u32_vec_push(&row_of, i);
	region_counters_init(counters, &row_of, row_of.count, profile, &all);
	u32_vec_release(&row_of);
}

static void each_region_has_what_the_counter_was_in_it(void **state)
{
	struct maker *maker = maker_with_calls();
	const struct region_counter_use *use;
	struct region_counters counters;
	struct profile *profile;

	add_counter(maker, "queue");
	add_counter(maker, "state_bytes");
	add_value(maker, 0, 1, 7);
	add_value(maker, 1, 10, 100);
	add_value(maker, 1, 30, 500);
	add_value(maker, 1, 40, 300);
	add_value(maker, 1, 80, -50);
	profile = maker_finish(maker);
	counters_init(&counters, profile);

	/* Those of bytes come first. */
	assert_int_equal(counters.counters.count, 2);
	assert_string_equal(counters.counters.items[0].name, "state_bytes");
	use = region_counters_use(&counters, 1, 0);
	assert_true(use->known && use->in_known);
	assert_true(use->in == 100 && use->out == 300 && use->most == 500);
	assert_true(use->change == 200);
	/* 10 ms of 100, 10 of 500, 20 of 300 */
	assert_true(fabs(use->mean - 300) < 1e-6);
	/* It counts as 0 until the program sets it. */
	use = region_counters_use(&counters, 0, 0);
	assert_true(use->in_known && use->in == 0);
	assert_true(use->out == -50 && use->change == -50);
	assert_true(use->most == 500);
	use = region_counters_use(&counters, 1, 1);
	assert_true(use->in == 7 && use->change == 0 && use->mean == 7);

	region_counters_release(&counters);
	profile_free(profile);
}

static void what_two_threads_saw_at_the_same_time_counts_once(void **state)
{
	struct maker *maker = maker_with_calls();
	const struct region_call other = {
		RUN_NS + 40 * MS, RUN_NS + 90 * MS, 1, 0
	};
	const struct region_counter_use *use;
	struct region_counters counters;
	struct profile *profile;

	maker_thread(maker, 0, "other", 11);
	maker->sink->ops->region_calls(maker->sink, &(struct region_window){
		1, &other, 1 });
	add_counter(maker, "n");
	add_value(maker, 0, 10, 1);
	add_value(maker, 0, 50, 8);
	add_value(maker, 0, 80, 5);
	profile = maker_finish(maker);
	counters_init(&counters, profile);
	use = region_counters_use(&counters, 1, 0);
	assert_true(use->in == 1 && use->out == 5 && use->change == 4);
	/* 30 ms of 1, 30 of 8, 10 of 5 */
	assert_true(fabs(use->mean - 320 / 70.0) < 1e-6);
	region_counters_release(&counters);
	profile_free(profile);
}

static void what_it_was_before_cprof_attached_nobody_knows(void **state)
{
	struct maker *maker = maker_with_calls();
	const struct region_counter_use *use;
	struct region_counters counters;
	struct profile *profile;

	add_counter(maker, "state_bytes");
	add_value(maker, 0, 50, 400);
	add_value(maker, 0, 70, 600);
	profile = maker_finish(maker);
	profile->runs.items[0].begin.flags = RUN_ATTACHED;
	counters_init(&counters, profile);

	use = region_counters_use(&counters, 0, 0);
	assert_true(use->known && !use->in_known);
	assert_true(use->change == 200 && use->most == 600);
	assert_true(fabs(use->mean - 520) < 1e-6);
	region_counters_release(&counters);
	profile_free(profile);
}

static void the_highest_of_many_values_is_found_in_each_piece(void **state)
{
	struct maker *maker = maker_with_calls();
	struct region_counters counters;
	struct profile *profile;
	double most = 0;

	add_counter(maker, "n");
	for (uint64_t ms = 1; ms < 100; ms++)
		add_value(maker, 0, ms, (int64_t)(ms < 20 || ms > 60 ?
						 1000 : ms * 7 % 61));
	profile = maker_finish(maker);
	counters_init(&counters, profile);
	for (uint64_t ms = 20; ms <= 60; ms++)
		most = MAX(most, (double)(ms * 7 % 61));
	assert_true(region_counters_use(&counters, 1, 0)->most == most);
	assert_true(region_counters_use(&counters, 1, 0)->in == 20 * 7 % 61);
	assert_true(region_counters_use(&counters, 0, 0)->most == 1000);
	region_counters_release(&counters);
	profile_free(profile);
}

static void no_more_counters_than_there_is_room_for(void **state)
{
	struct maker *maker = maker_with_calls();
	struct region_counters counters;
	struct profile *profile;
	char name[16];

	for (uint32_t i = 0; i < REGION_COUNTERS_MAX + 3; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		add_counter(maker, name);
		add_value(maker, i, 1, 1);
	}
	profile = maker_finish(maker);
	counters_init(&counters, profile);
	assert_int_equal(counters.counters.count, REGION_COUNTERS_MAX);
	assert_int_equal(counters.left_out, 3);
	region_counters_release(&counters);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_region_has_what_the_counter_was_in_it),
		cmocka_unit_test(
			what_two_threads_saw_at_the_same_time_counts_once),
		cmocka_unit_test(
			what_it_was_before_cprof_attached_nobody_knows),
		cmocka_unit_test(
			the_highest_of_many_values_is_found_in_each_piece),
		cmocka_unit_test(no_more_counters_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
