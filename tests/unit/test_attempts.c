/* SPDX-License-Identifier: MIT */
/* What is in vain is tried ever less; what helps, always. */
#include "base/attempts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* So many occasions until the next attempt, that one included. */
static unsigned int occasions(struct attempts *attempts)
{
	unsigned int count = 1;

	while (!attempts_due(attempts))
		count++;
	return count;
}

static void what_succeeds_goes_on(void **state)
{
	struct attempts attempts = { .failures = 0 };

	for (int i = 0; i < 1000; i++) {
		assert_true(attempts_due(&attempts));
		assert_false(attempts_told(&attempts, i % 2 == 0));
	}
}

static void the_fourth_failure_begins_a_rest(void **state)
{
	struct attempts attempts = { .failures = 0 };

	for (int i = 0; i < 3; i++)
		assert_false(attempts_told(&attempts, false));
	assert_int_equal(occasions(&attempts), 1);
	assert_true(attempts_told(&attempts, false));
	assert_int_equal(occasions(&attempts), 65);
}

static void rests_become_longer_up_to_an_end(void **state)
{
	static const unsigned int rests[] = {
		64, 256, 1024, 4096, 16384, 65536, 65536
	};
	struct attempts attempts = { .failures = 0 };

	for (size_t i = 0; i < sizeof(rests) / sizeof(rests[0]); i++) {
		while (!attempts_told(&attempts, false))
			;
		assert_int_equal(occasions(&attempts), rests[i] + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_succeeds_goes_on),
		cmocka_unit_test(the_fourth_failure_begins_a_rest),
		cmocka_unit_test(rests_become_longer_up_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
