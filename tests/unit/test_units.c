/* SPDX-License-Identifier: MIT */
#include "base/units.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void durations_are_read_with_and_without_units(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} cases[] = {
		{ "10", UINT64_C(10000000000) },
		{ "0", 0 },
		{ "250ms", 250000000 },
		{ "1.5s", 1500000000 },
		{ "0.1", 100000000 },
		{ "2min", UINT64_C(120000000000) },
		{ "2m", UINT64_C(120000000000) },
		{ "1h", UINT64_C(3600000000000) },
		{ "7d", UINT64_C(604800000000000) },
		{ "30us", 30000 },
		{ "100ns", 100 },
		{ "0.0000000019", 1 },
		{ "1.", 1000000000 },
		{ "9223372036s", UINT64_C(9223372036000000000) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t ns = 1234567;

		if (units_parse_duration(cases[i].text, &ns, NULL))
			fail_msg("'%s' was refused", cases[i].text);
		assert_int_equal(ns, cases[i].ns);
	}
}

static void what_is_no_duration_is_refused_and_said(void **state)
{
	static const struct {
		const char *text;
		const char *said;
	} cases[] = {
		{ "", "'' is not a duration (try" },
		{ "ms", "'ms' is not a duration" },
		{ "-1", "is not a duration" },
		{ " 1", "is not a duration" },
		{ "+1", "is not a duration" },
		{ ".5", "is not a duration" },
		{ "1 s", "the unit must be" },
		{ "1w", "the unit must be ns, us, ms, s, min, h or d" },
		{ "1e3", "the unit must be" },
		{ "1.2.3", "the unit must be" },
		{ "10000000000", "too long" },
		{ "99999999999999999999", "is not a duration" },
		{ "18446744073709551615h", "too long" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;
		uint64_t ns = 77;

		if (!units_parse_duration(cases[i].text, &ns, &err))
			fail_msg("'%s' was accepted", cases[i].text);
		if (!strstr(err.text, cases[i].said))
			fail_msg("no '%s' in '%s'", cases[i].said, err.text);
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_int_equal(ns, 77);
	}
}

typedef void add_fn(struct strbuf *out, uint64_t value);

struct shown {
	uint64_t value;
	const char *text;
};

static void expect_shown(add_fn *add, const struct shown *cases, size_t count)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < count; i++) {
		strbuf_clear(&out);
		add(&out, cases[i].value);
		assert_string_equal(strbuf_text(&out), cases[i].text);
	}
	strbuf_release(&out);
}

static void durations_have_three_figures_at_every_size(void **state)
{
	static const struct shown cases[] = {
		{ 0, "0 ns" },
		{ 835, "835 ns" },
		{ 999, "999 ns" },
		{ 1000, "1.00 us" },
		{ 9994, "9.99 us" },
		{ 9995, "10.0 us" },
		{ 12345, "12.3 us" },
		{ 99949, "99.9 us" },
		{ 99950, "100 us" },
		{ 999499, "999 us" },
		{ 999500, "1.00 ms" },
		{ 12300000, "12.3 ms" },
		{ 999499999, "999 ms" },
		{ 999500000, "1.00 s" },
		{ UINT64_C(4070000000), "4.07 s" },
		{ UINT64_C(59949999999), "59.9 s" },
		{ UINT64_C(59950000000), "1 min 0 s" },
		{ UINT64_C(200000000000), "3 min 20 s" },
		{ UINT64_C(3599499999999), "59 min 59 s" },
		{ UINT64_C(3599500000000), "1 h 0 min" },
		{ UINT64_C(7500000000000), "2 h 5 min" },
		{ UINT64_C(359999000000000), "99 h 59 min" },
		{ UINT64_C(360000000000000), "4 d 4 h" },
		{ UINT64_MAX, "213503 d" },
	};

	expect_shown(units_add_duration, cases, ARRAY_SIZE(cases));
}

static void bytes_have_one_decimal_and_the_right_unit(void **state)
{
	static const struct shown cases[] = {
		{ 0, "0 B" },
		{ 812, "812 B" },
		{ 999, "999 B" },
		{ 1000, "1.0 kB" },
		{ 4349, "4.3 kB" },
		{ 4350, "4.4 kB" },
		{ 999949, "999.9 kB" },
		{ 999950, "1.0 MB" },
		{ 17200000, "17.2 MB" },
		{ 1200000000, "1.2 GB" },
		{ UINT64_MAX, "18.4 EB" },
	};

	expect_shown(units_add_bytes, cases, ARRAY_SIZE(cases));
}

static void any_number_has_a_whole_that_fits(void **state)
{
	assert_true(units_whole(2.9) == 2);
	assert_true(units_whole(-3) == 0);
	assert_true(units_whole(NAN) == 0);
	assert_true(units_whole(-INFINITY) == 0);
	assert_true(units_whole(0x1p63) == UINT64_C(1) << 63);
	assert_true(units_whole(0x1p64) == UINT64_MAX);
	assert_true(units_whole(2e24) == UINT64_MAX);
	assert_true(units_whole(INFINITY) == UINT64_MAX);
}

static void counts_have_commas_at_thousands(void **state)
{
	static const struct shown cases[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 1234567, "1,234,567" },
		{ UINT64_MAX, "18,446,744,073,709,551,615" },
	};

	expect_shown(units_add_count, cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read_with_and_without_units),
		cmocka_unit_test(what_is_no_duration_is_refused_and_said),
		cmocka_unit_test(durations_have_three_figures_at_every_size),
		cmocka_unit_test(bytes_have_one_decimal_and_the_right_unit),
		cmocka_unit_test(any_number_has_a_whole_that_fits),
		cmocka_unit_test(counts_have_commas_at_thousands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
