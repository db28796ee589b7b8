/* SPDX-License-Identifier: MIT */
#include "profile_maker.h"

#include "render/compare_format.h"

static struct filter everything(const struct profile *profile)
{
	static const struct filter_spec spec = { .from_ns = 0 };
	struct error err = ERROR_INIT;
	struct filter filter;

	assert_int_equal(filter_init(&filter, &spec, profile, &err), 0);
	return filter;
}

/* `metric` is the one that decides; NULL: there is none. */
static void assert_lines_by(const char *metric, struct profile *base,
			    size_t base_runs, struct profile *new,
			    size_t new_runs, const char *expected)
{
	struct comparison comparison = COMPARISON_INIT;
	struct filter filters[SIDE_COUNT] = {
		everything(base), everything(new)
	};
	struct strbuf out = STRBUF_INIT;
	struct error err = ERROR_INIT;

	comparison.sides[SIDE_BASE] = (struct comparison_side){
		.profile = base, .filter = &filters[SIDE_BASE],
		.profiled_runs = base_runs };
	comparison.sides[SIDE_NEW] = (struct comparison_side){
		.profile = new, .filter = &filters[SIDE_NEW],
		.profiled_runs = new_runs };
	pairing_init(&comparison.pairing, base, new, NULL, 0);
	if (metric) {
		metric_change_vec_push(&comparison.metrics,
				       (struct metric_change){
					       .name = metric });
		comparison.decides = 0;
	}
	assert_int_equal(compare_format_find("collapsed-diff")->write(&out,
			 &comparison, NULL, &err), 0);
	assert_string_equal(strbuf_text(&out), expected);
	strbuf_release(&out);
	comparison_release(&comparison);
	for (int side = 0; side < SIDE_COUNT; side++)
		filter_release(&filters[side]);
	profile_free(base);
	profile_free(new);
}

static void assert_lines(struct profile *base, size_t base_runs,
			 struct profile *new, size_t new_runs,
			 const char *expected)
{
	assert_lines_by(NULL, base, base_runs, new, new_runs, expected);
}

static struct profile *mab_and(const char *word, uint64_t ms)
{
	struct maker *maker = maker_simple();

	maker_sample(maker, "mab", 6);
	maker_sample(maker, word, ms);
	return maker_finish(maker);
}

static void a_stack_of_either_side_is_a_line(void **state)
{
	assert_lines(mab_and("mgone", 2), 1, mab_and("mn", 3), 1,
		     "m;a;b 6000 6000\nm;g;o;n;e 2000 0\nm;n 0 3000\n");
}

static void times_are_those_of_one_run(void **state)
{
	assert_lines(mab_and("mab", 6), 4, mab_and("mn", 3), 2,
		     "m;a;b 3000 3000\nm;n 0 1500\n");
}

static struct profile *waits_for(uint64_t ms)
{
	struct maker *maker = maker_simple();

	maker_sample(maker, "ma", 6);
	maker_sample_of(maker, 0, "mb", ms, STATE_DISK);
	return maker_finish(maker);
}

static void waiting_counts_where_wall_time_decides(void **state)
{
	assert_lines_by("wall", waits_for(2), 1, waits_for(5), 1,
			"m;a 6000 6000\nm;b;[waiting for a file] 2000 5000\n");
	assert_lines_by("cpu", waits_for(2), 1, waits_for(5), 1,
			"m;a 6000 6000\n");
}

static void stacks_that_read_the_same_are_one_line(void **state)
{
	struct maker *maker = maker_simple();

	maker_sample(maker, "m;", 1);
	maker_sample(maker, "ma", 1);
	maker_sample(maker, "m:", 2);
	assert_lines(maker_finish(maker), 1, mab_and("m:", 2), 1,
		     "m;: 3000 2000\nm;a 1000 0\nm;a;b 0 6000\n");
}

static void names_cannot_part_a_line(void **state)
{
	struct maker *maker = maker_simple();

	maker_sample(maker, "m;\n", 1);
	assert_lines(maker_finish(maker), 1, mab_and("m", 1), 1,
		     "m 0 1000\nm;:;\\n 1000 0\nm;a;b 0 6000\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stack_of_either_side_is_a_line),
		cmocka_unit_test(times_are_those_of_one_run),
		cmocka_unit_test(waiting_counts_where_wall_time_decides),
		cmocka_unit_test(stacks_that_read_the_same_are_one_line),
		cmocka_unit_test(names_cannot_part_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
