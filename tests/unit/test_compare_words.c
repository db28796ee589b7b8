/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "comparison_maker.h"

#include "render/compare_words.h"

/* A function with `self` ms of its own and `total` with what it calls. */
static void add_function(struct comparison *comparison, const char *name,
			 double self, double new_self, double total,
			 double new_total, enum verdict verdict)
{
	struct code_change *row = made_function(&comparison->functions, name,
		NULL, 0, made_change(self * 1e6, 100 * (new_self / self - 1),
				     verdict));

	row->base_total_ns = total * 1e6;
	row->new_total_ns = new_total * 1e6;
}

/* 100 ms became 120 ms: main calls insert, and that many small ones. */
static struct comparison inserts(enum verdict cpu, double certain)
{
	struct comparison comparison = made_sides();

	made_metric(&comparison, "cpu", "CPU time", METRIC_NS,
		    made_change(100e6, 20, cpu));
	add_function(&comparison, "search", 20, 20 + certain, 20,
		     20 + certain, VERDICT_SLOWER);
	add_function(&comparison, "main", 59, 60, 100, 120, VERDICT_SAME);
	add_function(&comparison, "insert", 1, 2, 40, 57, VERDICT_UNKNOWN);
	add_function(&comparison, "small", 20, 38 - certain, 20, 28,
		     VERDICT_UNKNOWN);
	return comparison;
}

static const char *culprit(enum verdict cpu, double certain)
{
	struct comparison comparison = inserts(cpu, certain);
	const struct code_change *row = words_culprit(&comparison);
	const char *name = row ? row->name : "nobody";

	comparison_release(&comparison);
	return name;
}

static void the_caller_of_many_small_changes_is_named(void **state)
{
	assert_string_equal(culprit(VERDICT_SLOWER, 3), "insert");
}

static void nobody_is_named_where_functions_explain_enough(void **state)
{
	assert_string_equal(culprit(VERDICT_SLOWER, 15), "nobody");
}

static void nobody_is_named_for_what_may_be_noise(void **state)
{
	assert_string_equal(culprit(VERDICT_UNKNOWN, 3), "nobody");
	assert_string_equal(culprit(VERDICT_SAME, 3), "nobody");
}

static void large_changes_stand_beside_those_with_a_verdict(void **state)
{
	struct code_changes changes = { .by = ROWS_BY_FUNCTION };
	static const double percent[] = { 3, 40, 30, 20, 6, 1 };

	for (size_t i = 0; i < ARRAY_SIZE(percent); i++)
		made_function(&changes, "f", NULL, 0, made_change(1e6,
			      percent[i], i ? VERDICT_UNKNOWN :
					      VERDICT_SLOWER));
	/* A quarter of all: 25 of 100. */
	assert_int_equal(words_rows_told(&changes, 20), 3);
	assert_int_equal(words_rows_told(&changes, 2), 2);
	changes.changed = 0;
	assert_int_equal(words_rows_told(&changes, 20), 5);
	code_change_vec_release(&changes.rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_caller_of_many_small_changes_is_named),
		cmocka_unit_test(
			nobody_is_named_where_functions_explain_enough),
		cmocka_unit_test(nobody_is_named_for_what_may_be_noise),
		cmocka_unit_test(
			large_changes_stand_beside_those_with_a_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
