/* SPDX-License-Identifier: MIT */
#include "profile/region_runs.h"
#include "profile/regions.h"

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

/* 10 short calls that were not seen, and 30 long ones of another process. */
static struct profile *partly_seen(void)
{
	struct maker *maker = maker_simple();
	struct region_total total = {
		.region = 0, .calls = 10, .total_ns = 3000, .max_ns = 319
	};

	maker_process(maker, 0, "app", 11);
	maker_thread(maker, 1, "app", 11);
	add_region(maker, 0, ID_NONE, "work");
	add_region(maker, 1, ID_NONE, "work");
	total.buckets[9] = 10;		/* 256 to 319 ns */
	maker->sink->ops->region_total(maker->sink, &total);
	total = (struct region_total){
		.region = 1, .calls = 30, .total_ns = 30 * MS, .max_ns = MS
	};
	/* 2^19 ns, and 3/4 of that more, to 2^20. */
	total.buckets[(19 - REGION_BUCKET_SHIFT) * 4 + 1 + 3] = 30;
	maker->sink->ops->region_total(maker->sink, &total);
	for (int i = 0; i < 30; i++)
		add_call(maker, 1000, 1, 1, i, i + 1);
	return maker_finish(maker);
}

static void percentiles_are_those_of_all_processes(void **state)
{
	const struct filter_spec all = { .from_ns = 0 };
	struct profile *profile = partly_seen();
	struct overview overview;
	struct region_rows rows;
	struct filter filter;

	overview_init(&overview, profile);
	assert_int_equal(filter_init(&filter, &all, profile, NULL), 0);
	region_rows_init(&rows, profile, &filter, &all, &overview);
	assert_int_equal(rows.rows.count, 1);
	assert_int_equal(rows.rows.items[0].calls, 40);
	assert_false(rows.rows.items[0].exact);
	assert_in_range(rows.rows.items[0].p50_ns, 900000, MS);
	region_rows_release(&rows);
	filter_release(&filter);
	overview_release(&overview);
	profile_free(profile);
}

/* Of a call of 10 ms, in which a byte is read each ns. */
static void only_what_the_filter_keeps_of_a_call_is_used(void **state)
{
	const struct filter_spec part = { .from_ns = 2 * MS, .to_ns = 5 * MS };
	const struct metric_value values[] = {
		{ 1000, 0, 0 }, { 1000 + 10 * MS, 10 * MS, 0 },
	};
	struct maker *maker = maker_simple();
	struct region_use use = { .known = 0 };
	struct u32_vec row_of = VEC_INIT;
	struct profile *profile;
	struct filter filter;

	maker->sink->ops->metric(maker->sink, &(struct metric){
		.name = "io.read", .source = "io", .kind = METRIC_CUMULATIVE,
		.unit = METRIC_BYTES, .scope = METRIC_OF_RUN });
	maker->sink->ops->values(maker->sink, values, 2);
	add_region(maker, 0, ID_NONE, "work");
	add_call(maker, 1000, 0, 0, 0, 10);
	profile = maker_finish(maker);
	assert_int_equal(filter_init(&filter, &part, profile, NULL), 0);
	u32_vec_push(&row_of, 0);
	region_use_add(&use, &row_of, profile, &filter);
	assert_int_equal(use.amount[REGION_READ], 3 * MS);
	u32_vec_release(&row_of);
	filter_release(&filter);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recursion_counts_once_and_runs_apart),
		cmocka_unit_test(a_profile_without_regions_has_no_rows),
		cmocka_unit_test(percentiles_are_those_of_all_processes),
		cmocka_unit_test(only_what_the_filter_keeps_of_a_call_is_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
