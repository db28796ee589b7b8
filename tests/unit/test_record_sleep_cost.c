/* SPDX-License-Identifier: MIT */
#include "record/sleep_cost.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void it_is_what_half_of_the_sleeps_took(void **state)
{
	struct sleep_cost cost = { 0 };

	for (int i = 0; i < 60; i++)
		sleep_cost_add(&cost, 8000);
	for (int i = 0; i < 40; i++)
		sleep_cost_add(&cost, 900000);
	assert_in_range(sleep_cost_ns(&cost), 7000, 9000);
}

static void few_sleeps_tell_nothing(void **state)
{
	struct sleep_cost cost = { 0 };

	assert_int_equal(sleep_cost_ns(&cost), 15000);
	sleep_cost_add(&cost, 900000);
	assert_int_equal(sleep_cost_ns(&cost), 15000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_what_half_of_the_sleeps_took),
		cmocka_unit_test(few_sleeps_tell_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
