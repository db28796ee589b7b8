/* SPDX-License-Identifier: MIT */
#include "profile_maker.h"

#include "profile/rows.h"

static const struct filter_spec everything = { .from_ns = 0 };

static void rows_of(struct rows *rows, const struct profile *profile,
		    const struct filter_spec *spec, enum weight_clock clock,
		    enum rows_by by)
{
	struct error err = ERROR_INIT;
	struct filter filter;

	if (filter_init(&filter, spec, profile, &err))
		fail_msg("%s", err.text);
	rows_init(rows, profile, &filter, spec, clock, by);
	filter_release(&filter);
}

static const struct row *row(const struct rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->rows.count; i++) {
		if (strcmp(rows->rows.items[i].name, name) == 0)
			return &rows->rows.items[i];
	}
	fail_msg("no row '%s'", name);
	return NULL;
}

static void assert_row(const struct rows *rows, const char *name,
		       uint64_t self_ms, uint64_t total_ms, uint64_t samples)
{
	const struct row *found = row(rows, name);

	assert_int_equal(found->self_ns, self_ms * 1000000);
	assert_int_equal(found->total_ns, total_ms * 1000000);
	assert_int_equal(found->samples, samples);
}

static void recursion_counts_once_in_totals(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct rows rows;

	maker_sample(maker, "mfgfg", 5);	/* f g f g, mutual */
	maker_sample(maker, "mff", 3);		/* by itself */
	maker_sample(maker, "mgf", 2);
	maker_sample(maker, "m", 1);
	profile = maker_finish(maker);
	rows_of(&rows, profile, &everything, WEIGH_CPU, ROWS_BY_FUNCTION);

	assert_int_equal(rows.rows.count, 3);
	assert_int_equal(rows.total_ns, 11000000);
	assert_row(&rows, "m", 1, 11, 1);
	assert_row(&rows, "f", 5, 10, 2);
	assert_row(&rows, "g", 5, 7, 1);
	assert_int_equal(row(&rows, "m")->total_samples, 4);
	rows_release(&rows);
	profile_free(profile);
}

static void self_times_of_any_table_add_up_to_the_total(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;

	maker_sample(maker, "maZb", 5);
	maker_sample(maker, "mbZ", 3);
	maker_sample(maker, "m", 2);
	profile = maker_finish(maker);
	for (int by = 0; by < ROWS_BY_COUNT; by++) {
		struct rows rows;
		uint64_t sum = 0;

		rows_of(&rows, profile, &everything, WEIGH_CPU, by);
		for (size_t i = 0; i < rows.rows.count; i++)
			sum += rows.rows.items[i].self_ns;
		assert_int_equal(sum, 10000000);
		assert_int_equal(rows.total_ns, sum);
		rows_release(&rows);
	}
	profile_free(profile);
}

static void modules_count_calls_back_and_forth_once(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct rows rows;

	maker_sample(maker, "maZbY", 5);
	maker_sample(maker, "mb", 2);
	profile = maker_finish(maker);
	rows_of(&rows, profile, &everything, WEIGH_CPU, ROWS_BY_MODULE);
	assert_row(&rows, "app", 2, 7, 1);
	assert_row(&rows, "libz.so", 5, 5, 1);
	assert_string_equal(row(&rows, "libz.so")->module, "/lib/libz.so");
	rows_release(&rows);
	profile_free(profile);
}

static void inlined_functions_are_rows_of_their_own(void **state)
{
	static const struct source_location chain[] = {
		{ .function = "inner", .file = "in.h", .line = 7,
		  .function_line = 5 },
		{ .function = "outer", .file = "out.c", .line = 40,
		  .function_line = 30 },
	};
	struct maker *maker = maker_simple();
	struct symbol symbol = { .chain = chain, .count = 2 };
	struct profile *profile;
	struct rows rows;

	symbol.frame = maker_frame(maker, 'i');
	maker->sink->ops->symbol(maker->sink, &symbol);
	maker_sample(maker, "mi", 4);
	profile = maker_finish(maker);

	rows_of(&rows, profile, &everything, WEIGH_CPU, ROWS_BY_FUNCTION);
	assert_row(&rows, "inner", 4, 4, 1);
	assert_row(&rows, "outer", 0, 4, 0);
	assert_row(&rows, "m", 0, 4, 0);
	assert_int_equal(row(&rows, "outer")->line, 30);
	rows_release(&rows);

	rows_of(&rows, profile, &everything, WEIGH_CPU, ROWS_BY_LINE);
	assert_int_equal(row(&rows, "outer")->line, 40);
	assert_string_equal(row(&rows, "inner")->file, "in.h");
	rows_release(&rows);
	profile_free(profile);
}

static void off_cpu_rows_name_the_reason(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct rows rows;
	uint64_t poll_ns = 0;

	maker_sample(maker, "mw", 100);
	maker_sample_of(maker, 0, "mw", 30, STATE_POLL);
	maker_sample_of(maker, 0, "mw", 20, STATE_FUTEX);
	maker_sample_of(maker, 0, "mv", 10, STATE_RUNNABLE);
	profile = maker_finish(maker);

	rows_of(&rows, profile, &everything, WEIGH_OFF_CPU, ROWS_BY_FUNCTION);
	assert_int_equal(rows.total_ns, 60000000);
	assert_int_equal(rows.samples, 3);
	assert_string_equal(rows.rows.items[0].name, "w");
	assert_int_equal(rows.rows.items[0].state, STATE_POLL);
	assert_int_equal(rows.rows.items[0].self_ns, 30000000);
	assert_string_equal(rows.rows.items[1].name, "w");
	assert_int_equal(rows.rows.items[1].state, STATE_FUTEX);
	for (size_t i = 0; i < rows.rows.count; i++) {
		if (rows.rows.items[i].state == STATE_POLL)
			poll_ns += rows.rows.items[i].self_ns;
	}
	assert_int_equal(poll_ns, 30000000);
	rows_release(&rows);

	rows_of(&rows, profile, &everything, WEIGH_WALL, ROWS_BY_FUNCTION);
	assert_row(&rows, "w", 150, 150, 3);
	assert_int_equal(rows.rows.items[0].state, -1);
	rows_release(&rows);

	rows_of(&rows, profile, &everything, WEIGH_CPU, ROWS_BY_FUNCTION);
	assert_row(&rows, "w", 100, 100, 1);
	rows_release(&rows);
	profile_free(profile);
}

static void cpu_time_counts_on_threads_that_were_only_seen_waiting(void **state)
{
	struct maker *maker = maker_simple();
	struct interval intervals[] = {
		{ .wall_ns = 4000000, .state = STATE_RUNNABLE,
		  .flags = SAMPLE_PREEMPTED },
		{ .wall_ns = 4000000, .state = STATE_RUNNABLE },
	};
	struct thread_window window = {
		.start_ns = 1000, .cpu_ns = 3000000, .intervals = intervals,
		.count = 2,
	};
	struct profile *profile;
	struct rows rows;

	intervals[0].stack = maker_stack(maker, "ma");
	intervals[1].stack = maker_stack(maker, "mb");
	maker->sink->ops->window(maker->sink, &window);
	profile = maker_finish(maker);
	rows_of(&rows, profile, &everything, WEIGH_CPU, ROWS_BY_FUNCTION);
	assert_int_equal(rows.total_ns, 3000000);
	assert_row(&rows, "a", 3, 3, 1);
	rows_release(&rows);
	profile_free(profile);
}

static void filters_keep_what_passes_through(void **state)
{
	static const char *const lib[] = { "libz*" };
	static const char *const a[] = { "a" };
	struct filter_spec spec = { .modules = { lib, 1 } };
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct rows rows;

	maker_sample(maker, "maZb", 5);
	maker_sample(maker, "mcZ", 3);
	maker_sample(maker, "ma", 2);
	profile = maker_finish(maker);

	rows_of(&rows, profile, &spec, WEIGH_CPU, ROWS_BY_FUNCTION);
	assert_int_equal(rows.total_ns, 8000000);
	/* Only rows of the module are shown. */
	assert_int_equal(rows.rows.count, 1);
	assert_row(&rows, "Z", 3, 8, 1);
	rows_release(&rows);

	/* Both kinds must fit somewhere in the stack. */
	spec.functions = (struct patterns){ a, 1 };
	rows_of(&rows, profile, &spec, WEIGH_CPU, ROWS_BY_MODULE);
	assert_int_equal(rows.total_ns, 5000000);
	rows_release(&rows);
	profile_free(profile);
}

static void a_time_filter_cuts_samples_at_its_borders(void **state)
{
	struct filter_spec spec = { .from_ns = 5000000, .to_ns = 12000000 };
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct rows rows;

	maker_sample(maker, "a", 8);	/* 0..8: 3 inside */
	maker_sample(maker, "b", 2);	/* 8..10 */
	maker_sample(maker, "c", 10);	/* 10..20: 2 inside */
	maker_sample(maker, "d", 5);
	profile = maker_finish(maker);
	rows_of(&rows, profile, &spec, WEIGH_CPU, ROWS_BY_FUNCTION);
	assert_int_equal(rows.rows.count, 3);
	assert_row(&rows, "a", 3, 3, 1);
	assert_row(&rows, "b", 2, 2, 1);
	assert_row(&rows, "c", 2, 2, 1);
	rows_release(&rows);
	profile_free(profile);
}

static void threads_and_processes_are_found_by_name_and_number(void **state)
{
	static const char *const worker[] = { "work*" };
	static const char *const pid[] = { "20" };
	static const char *const nobody[] = { "nobody" };
	struct filter_spec spec = { .threads = { worker, 1 } };
	struct maker *maker = maker_simple();
	struct error err = ERROR_INIT;
	struct profile *profile;
	struct filter filter;
	struct rows rows;

	maker_thread(maker, 0, "worker", 11);
	maker_process(maker, 0, "child", 20);
	maker_thread(maker, 1, "child", 20);
	maker_sample_of(maker, 0, "m", 1, STATE_RUNNING);
	maker_sample_of(maker, 1, "w", 2, STATE_RUNNING);
	maker_sample_of(maker, 2, "c", 4, STATE_RUNNING);
	profile = maker_finish(maker);

	rows_of(&rows, profile, &spec, WEIGH_CPU, ROWS_BY_THREAD);
	assert_int_equal(rows.rows.count, 1);
	assert_row(&rows, "worker [11] of app", 2, 2, 1);
	rows_release(&rows);

	spec = (struct filter_spec){ .processes = { pid, 1 } };
	rows_of(&rows, profile, &spec, WEIGH_CPU, ROWS_BY_PROCESS);
	assert_row(&rows, "child [20]", 4, 4, 1);
	assert_int_equal(rows.total_ns, 4000000);
	rows_release(&rows);

	spec = (struct filter_spec){ .processes = { nobody, 1 } };
	assert_int_equal(filter_init(&filter, &spec, profile, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	filter_release(&filter);
	profile_free(profile);
}

static void files_and_runs_add_up(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct rows rows;

	maker_sample(maker, "ma", 1);
	maker_run(maker, 1000000000);
	maker_process(maker, 1, "app", 11);
	maker_thread(maker, 1, "app", 11);
	maker_sample_of(maker, 1, "ma", 2, STATE_RUNNING);

	maker_file(maker, "other.prof");
	maker_run(maker, 50);
	maker_process(maker, 0, "app", 12);
	maker_thread(maker, 0, "app", 12);
	maker_sample(maker, "Zb", 8);	/* other ids for the same names */
	maker_sample(maker, "ma", 4);
	profile = maker_finish(maker);

	assert_int_equal(profile->files.count, 2);
	assert_int_equal(profile->runs.count, 3);
	assert_int_equal(profile->runs.items[2].file, 1);
	assert_int_equal(profile->modules.count, 3);
	rows_of(&rows, profile, &everything, WEIGH_CPU, ROWS_BY_FUNCTION);
	assert_row(&rows, "a", 7, 7, 3);
	assert_row(&rows, "m", 0, 7, 0);
	assert_row(&rows, "b", 8, 8, 1);
	rows_release(&rows);
	rows_of(&rows, profile, &everything, WEIGH_CPU, ROWS_BY_PROCESS);
	assert_row(&rows, "app [12]", 12, 12, 2);
	rows_release(&rows);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recursion_counts_once_in_totals),
		cmocka_unit_test(self_times_of_any_table_add_up_to_the_total),
		cmocka_unit_test(modules_count_calls_back_and_forth_once),
		cmocka_unit_test(inlined_functions_are_rows_of_their_own),
		cmocka_unit_test(off_cpu_rows_name_the_reason),
		cmocka_unit_test(
			cpu_time_counts_on_threads_that_were_only_seen_waiting),
		cmocka_unit_test(filters_keep_what_passes_through),
		cmocka_unit_test(a_time_filter_cuts_samples_at_its_borders),
		cmocka_unit_test(
			threads_and_processes_are_found_by_name_and_number),
		cmocka_unit_test(files_and_runs_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
