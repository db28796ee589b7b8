/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/metric.h"

static void the_end_of_a_name_says_what_is_counted(void **state)
{
	static const struct {
		const char *name;
		enum metric_unit unit;
	} cases[] = {
		{ "bytes", METRIC_BYTES },
		{ "state_bytes", METRIC_BYTES },
		{ "state.Bytes", METRIC_BYTES },
		{ "stateBytes", METRIC_BYTES },
		{ "wait_ns", METRIC_NS },
		{ "wait-nanoseconds", METRIC_NS },
		{ "", METRIC_NUMBER },
		{ "ytes", METRIC_NUMBER },
		{ "runs", METRIC_NUMBER },
		{ "kbytes", METRIC_NUMBER },
		{ "bytes_seen", METRIC_NUMBER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(metric_unit_of_name(cases[i].name),
				 cases[i].unit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_a_name_says_what_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
