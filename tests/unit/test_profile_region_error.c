/* SPDX-License-Identifier: MIT */
#include "profile/builder.h"
#include "profile/regions.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <math.h>

enum { TICKS = 100, TICK_NS = 1000, HALF_NS = TICKS / 2 * TICK_NS };

static void add_thread(struct sample_sink *sink, uint32_t thread,
		       uint64_t from_ns)
{
	const struct region_call call = { from_ns, from_ns + HALF_NS, 0, 0 };
	struct interval intervals[TICKS];

	for (size_t i = 0; i < TICKS; i++)
		intervals[i] = (struct interval){ TICK_NS, 0,
						  STATE_RUNNING, 0 };
	sink->ops->window(sink, &(struct thread_window){
		.thread = thread, .cpu_ns = TICKS * TICK_NS,
		.intervals = intervals, .count = TICKS });
	sink->ops->region_calls(sink, &(struct region_window){
		thread, &call, 1 });
}

/*
 * The error of a region in which each of `threads` is for half of its time,
 * the second one from `second_ns` on; as a share of the CPU time.
 */
static double error_of(uint32_t threads, uint64_t second_ns)
{
	struct profile_builder *builder = profile_builder_new();
	struct sample_sink *sink = profile_builder_sink(builder);
	const struct filter_spec all = { .from_ns = 0 };
	struct overview overview;
	struct profile *profile;
	struct region_rows rows;
	struct filter filter;
	double error;

	profile_builder_file(builder, "made.prof",
			     &(struct recording_info){ .host = "" });
	sink->ops->run_begin(sink, &(struct run_begin){
		.name = "app", .version = "" });
	sink->ops->process(sink, &(struct process){
		.parent = ID_NONE, .pid = 1, .name = "app", .exe = "/app" });
	sink->ops->region(sink, &(struct region){
		0, ID_NONE, REGION_SCOPE, "half" });
	sink->ops->module(sink, &(struct module){
		.kind = MODULE_SPECIAL, .process = ID_NONE, .path = "" });
	sink->ops->frame(sink, &(struct frame){ 0, SPECIAL_NO_STACK });
	sink->ops->stack(sink, &(struct stack){ ID_NONE, 0 });
	for (uint32_t i = 0; i < threads; i++)
		sink->ops->thread(sink, &(struct thread){
			.process = 0, .tid = 1 + i, .name = "app" });
	for (uint32_t i = 0; i < threads; i++)
		add_thread(sink, i, i ? second_ns : 0);
	sink->ops->run_end(sink, &(struct run_end){
		.end_ns = TICKS * TICK_NS });
	assert_int_equal(profile_builder_error(builder, NULL), 0);
	profile = profile_builder_finish(builder);
	profile_builder_free(builder);
	overview_init(&overview, profile);
	assert_int_equal(filter_init(&filter, &all, profile, NULL), 0);
	region_rows_init(&rows, profile, &filter, &all, &overview);
	error = (double)rows.rows.items[0].cpu_error_ns / rows.cpu_ns;
	region_rows_release(&rows);
	filter_release(&filter);
	overview_release(&overview);
	profile_free(profile);
	return error;
}

static bool near(double a, double b)
{
	return fabs(a - b) < 0.005;
}

static void the_error_of_one_thread_is_that_of_a_proportion(void **state)
{
	assert_true(near(error_of(1, 0), 0.5 / sqrt(TICKS)));
}

/* Twice the samples, and nothing more known. */
static void threads_in_step_do_not_make_it_smaller(void **state)
{
	assert_true(near(error_of(2, 0), 0.5 / sqrt(TICKS)));
}

/* Whenever the tick comes, it finds one of them there. */
static void threads_that_take_turns_leave_nothing_to_chance(void **state)
{
	assert_true(near(error_of(2, HALF_NS), 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_error_of_one_thread_is_that_of_a_proportion),
		cmocka_unit_test(threads_in_step_do_not_make_it_smaller),
		cmocka_unit_test(
			threads_that_take_turns_leave_nothing_to_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
