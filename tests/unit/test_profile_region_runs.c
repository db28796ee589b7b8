/* SPDX-License-Identifier: MIT */
#include "profile/region_runs.h"

#include "profile_maker.h"

#define MS UINT64_C(1000000)

static void add_region(struct maker *maker, uint32_t process, uint32_t parent,
		       const char *name)
{
	maker->sink->ops->region(maker->sink, &(struct region){
		process, parent, REGION_SCOPE, name });
}

/* Milliseconds since the run began, at `run_ns`. */
static void add_call(struct maker *maker, uint64_t run_ns, uint32_t thread,
		     uint32_t region, uint64_t from_ms, uint64_t to_ms)
{
	const struct region_call call = {
		run_ns + from_ms * MS, run_ns + to_ms * MS, region, 0
	};

	maker->sink->ops->region_calls(maker->sink, &(struct region_window){
		thread, &call, 1 });
}

/* They end 10, 20, 30, ... ms after the run began. */
static void add_samples(struct maker *maker, uint32_t thread, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		maker_sample_of(maker, thread, "m", 10, STATE_RUNNING);
}

static uint64_t cpu_of(const struct region_runs *runs, uint32_t run,
		       const char *name)
{
	const int64_t row = region_runs_find(runs, run, name);

	assert_true(row >= 0);
	return runs->rows.items[row].cpu_ns;
}

/* outer: 100 ms; inner in it: 60; outer again in that: 20. */
static void recursion_counts_once_and_runs_apart(void **state)
{
	struct maker *maker = maker_simple();
	struct region_runs runs;
	struct profile *profile;

	add_region(maker, 0, ID_NONE, "outer");
	add_region(maker, 0, 0, "inner");
	add_region(maker, 0, 1, "outer");
	add_samples(maker, 0, 20);
	add_call(maker, 1000, 0, 2, 41, 60);
	add_call(maker, 1000, 0, 1, 21, 80);
	add_call(maker, 1000, 0, 0, 1, 100);
	maker_run(maker, 5000);
	maker_process(maker, 1, "app", 11);
	maker_thread(maker, 1, "app", 11);
	add_region(maker, 1, ID_NONE, "inner");
	add_samples(maker, 1, 5);
	add_call(maker, 5000, 1, 3, 1, 30);
	profile = maker_finish(maker);

	region_runs_init(&runs, profile);
	assert_int_equal(runs.rows.count, 3);
	assert_int_equal(cpu_of(&runs, 0, "outer"), 100 * MS);
	assert_int_equal(cpu_of(&runs, 0, "inner"), 60 * MS);
	assert_int_equal(cpu_of(&runs, 1, "inner"), 30 * MS);
	assert_int_equal(region_runs_find(&runs, 1, "outer"), -1);
	assert_int_equal(region_runs_find(&runs, 2, "inner"), -1);
	assert_false(runs.uses.items[0].memory_known);
	region_runs_release(&runs);
	profile_free(profile);
}

static void a_profile_without_regions_has_no_rows(void **state)
{
	struct maker *maker = maker_simple();
	struct region_runs runs;
	struct profile *profile;

	add_samples(maker, 0, 3);
	profile = maker_finish(maker);
	region_runs_init(&runs, profile);
	assert_int_equal(runs.rows.count, 0);
	assert_int_equal(region_runs_find(&runs, 0, "x"), -1);
	region_runs_release(&runs);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recursion_counts_once_and_runs_apart),
		cmocka_unit_test(a_profile_without_regions_has_no_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
