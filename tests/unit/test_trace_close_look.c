/* SPDX-License-Identifier: MIT */
/* Looking for a stop without sleeping: where it helps, and else not. */
#include "base/clock.h"
#include "trace/close_look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const uint64_t now_ns = 10 * NS_PER_S;

/* So many requests until there is a look again. */
static unsigned int requests_until_look(struct close_look *look)
{
	unsigned int count = 1;

	close_look_asked(look, now_ns);
	while (!look->until_ns) {
		close_look_asked(look, now_ns);
		count++;
	}
	return count;
}

static void look_often(struct close_look *look, unsigned int times, bool seen)
{
	for (unsigned int i = 0; i < times; i++) {
		assert_int_equal(requests_until_look(look), 1);
		close_look_ended(look, seen);
	}
}

static void there_is_none_unless_allowed(void **state)
{
	struct close_look look = { .allowed = false };

	close_look_asked(&look, now_ns);
	assert_int_equal(look.until_ns, 0);
}

static void a_look_takes_some_ten_microseconds(void **state)
{
	struct close_look look = { .allowed = true };

	close_look_asked(&look, now_ns);
	assert_true(look.until_ns > now_ns);
	assert_true(look.until_ns <= now_ns + 100 * NS_PER_US);
	close_look_ended(&look, true);
	assert_int_equal(look.until_ns, 0);
	assert_true(look.seen);
}

static void looks_that_see_go_on(void **state)
{
	struct close_look look = { .allowed = true };

	look_often(&look, 1000, true);
	for (int i = 0; i < 100; i++) {
		look_often(&look, 1, false);
		look_often(&look, 1, true);
	}
}

static void looks_in_vain_pause_longer_each_time(void **state)
{
	struct close_look look = { .allowed = true };
	unsigned int before = 1;

	for (int i = 0; i < 4; i++) {
		unsigned int pause;

		look_often(&look, 3, false);
		assert_int_equal(requests_until_look(&look), 1);
		close_look_ended(&look, false);
		assert_false(look.seen);
		pause = requests_until_look(&look);
		assert_true(pause > before);
		before = pause;
		close_look_ended(&look, true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_none_unless_allowed),
		cmocka_unit_test(a_look_takes_some_ten_microseconds),
		cmocka_unit_test(looks_that_see_go_on),
		cmocka_unit_test(looks_in_vain_pause_longer_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
