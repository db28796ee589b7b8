/* SPDX-License-Identifier: MIT */
#include "profile/builder.h"
#include "profile/regions.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>

/* Two processes of one program; the second has no count of its calls. */
struct built {
	struct profile *profile;
	struct overview overview;
	struct filter filter;
	struct region_rows rows;
};

static void add_process(struct sample_sink *sink, uint32_t id)
{
	const uint32_t first = id * 2;
	const struct region regions[] = {
		{ id, ID_NONE, REGION_SCOPE, "outer" },
		{ id, first, REGION_SCOPE, "inner" },
	};

	sink->ops->process(sink, &(struct process){
		.parent = ID_NONE, .pid = 100 + id, .name = "app",
		.exe = "/app" });
	sink->ops->thread(sink, &(struct thread){
		.process = id, .tid = 100 + id, .name = "app" });
	for (size_t i = 0; i < 2; i++)
		sink->ops->region(sink, &regions[i]);
}

static void add_calls(struct sample_sink *sink)
{
	const struct region_call first[] = {
		{ 200, 300, 1, 0 }, { 400, 600, 1, 0 }, { 100, 1000, 0, 0 },
	};
	const struct region_call second[] = {
		{ 100, 400, 3, 0 }, { 0, 2000, 2, REGION_CUT },
	};
	/* A hundred calls, of which two were seen. */
	struct region_total total = {
		.region = 1, .calls = 100, .total_ns = 30000, .max_ns = 500,
	};

	total.buckets[9] = 100;		/* 256 to 319 ns */
	sink->ops->region_calls(sink, &(struct region_window){ 0, first, 3 });
	sink->ops->region_calls(sink, &(struct region_window){ 1, second, 2 });
	sink->ops->region_total(sink, &total);
	/* Older than what was seen. */
	sink->ops->region_total(sink, &(struct region_total){
		.region = 0, .calls = 0 });
}

/* CPU: 500 ns in "inner", 500 ns in "outer" around it, 500 ns in none. */
static void add_samples(struct sample_sink *sink)
{
	const struct interval intervals[] = {
		{ 500, 0, STATE_RUNNING, 0 },	/* until 500 */
		{ 500, 0, STATE_RUNNING, 0 },	/* until 1000 */
		{ 500, 0, STATE_RUNNING, 0 },
		{ 500, 0, STATE_SLEEP, 0 },
	};

	sink->ops->module(sink, &(struct module){
		.kind = MODULE_SPECIAL, .process = ID_NONE, .path = "" });
	sink->ops->frame(sink, &(struct frame){ 0, SPECIAL_NO_STACK });
	sink->ops->stack(sink, &(struct stack){ ID_NONE, 0 });
	sink->ops->window(sink, &(struct thread_window){
		.thread = 0, .cpu_ns = 1500, .intervals = intervals,
		.count = 4 });
}

static void built_init(struct built *built, const struct filter_spec *spec)
{
	struct profile_builder *builder = profile_builder_new();
	struct sample_sink *sink = profile_builder_sink(builder);
	const struct recording_info info = { .host = "" };

	profile_builder_file(builder, "made.prof", &info);
	sink->ops->run_begin(sink, &(struct run_begin){
		.name = "app", .version = "" });
	add_process(sink, 0);
	add_process(sink, 1);
	add_samples(sink);
	add_calls(sink);
	sink->ops->run_end(sink, &(struct run_end){ .end_ns = 2000 });
	assert_int_equal(profile_builder_error(builder, NULL), 0);
	built->profile = profile_builder_finish(builder);
	profile_builder_free(builder);
	overview_init(&built->overview, built->profile);
	assert_int_equal(filter_init(&built->filter, spec, built->profile,
				     NULL), 0);
	region_rows_init(&built->rows, built->profile, &built->filter, spec,
			 &built->overview);
}

static void built_release(struct built *built)
{
	region_rows_release(&built->rows);
	filter_release(&built->filter);
	overview_release(&built->overview);
	profile_free(built->profile);
}

static void regions_of_one_name_and_place_are_one_row(void **state)
{
	const struct filter_spec all = { .from_ns = 0 };
	const struct region_row *outer, *inner;
	struct built built;

	built_init(&built, &all);
	assert_int_equal(built.rows.rows.count, 2);
	outer = &built.rows.rows.items[0];
	inner = &built.rows.rows.items[1];
	assert_string_equal(outer->name, "outer");
	assert_string_equal(inner->name, "inner");
	assert_int_equal(inner->parent, 0);
	assert_int_equal(inner->depth, 1);
	assert_int_equal(outer->calls, 2);
	assert_int_equal(outer->cut, 1);
	assert_int_equal(outer->total_ns, 900 + 2000);
	/* The program's count, and the one that it has not counted. */
	assert_int_equal(inner->calls, 100 + 1);
	assert_int_equal(inner->total_ns, 30000 + 300);
	assert_int_equal(inner->max_ns, 500);
	assert_int_equal(outer->self_ns, 0);
	built_release(&built);
}

static void percentiles_of_calls_not_seen_come_from_their_buckets(void **state)
{
	const struct filter_spec all = { .from_ns = 0 };
	const struct region_row *inner;
	struct built built;

	built_init(&built, &all);
	inner = &built.rows.rows.items[1];
	assert_false(inner->exact);
	assert_in_range(inner->p50_ns, 256, 320);
	assert_in_range(inner->p99_ns, inner->p50_ns, 320);
	assert_true(built.rows.rows.items[0].exact);
	assert_int_equal(built.rows.rows.items[0].p50_ns, 900);
	built_release(&built);
}

static void samples_belong_to_the_innermost_region(void **state)
{
	const struct filter_spec all = { .from_ns = 0 };
	const struct region_row *outer, *inner;
	struct built built;

	built_init(&built, &all);
	outer = &built.rows.rows.items[0];
	inner = &built.rows.rows.items[1];
	assert_int_equal(inner->cpu_ns, 500);
	assert_int_equal(inner->cpu_self_ns, 500);
	assert_int_equal(outer->cpu_ns, 1000);
	assert_int_equal(outer->cpu_self_ns, 500);
	assert_int_equal(built.rows.cpu_ns, 1500);
	assert_int_equal(outer->state_ns[STATE_SLEEP], 0);
	built_release(&built);
}

static void a_region_is_a_filter(void **state)
{
	const char *const names[] = { "in*" };
	const struct filter_spec inner = { .regions = { names, 1 } };
	struct built built;

	built_init(&built, &inner);
	assert_int_equal(built.rows.cpu_ns, 500);
	assert_false(built.rows.rows.items[0].shown);
	assert_true(built.rows.rows.items[1].shown);
	built_release(&built);
}

static void by_thread_only_calls_that_were_seen_count(void **state)
{
	const char *const names[] = { "100" };
	const struct filter_spec one = { .threads = { names, 1 } };
	struct built built;

	built_init(&built, &one);
	assert_int_equal(built.rows.rows.items[0].calls, 1);
	assert_int_equal(built.rows.rows.items[1].calls, 2);
	assert_int_equal(built.rows.rows.items[1].total_ns, 300);
	assert_int_equal(built.rows.rows.items[0].self_ns, 600);
	built_release(&built);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions_of_one_name_and_place_are_one_row),
		cmocka_unit_test(
			percentiles_of_calls_not_seen_come_from_their_buckets),
		cmocka_unit_test(samples_belong_to_the_innermost_region),
		cmocka_unit_test(a_region_is_a_filter),
		cmocka_unit_test(by_thread_only_calls_that_were_seen_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
