/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/series.h"
#include "unit/sink_log.h"

/* What a sink is told of these values of one gauge, one every 10 ns. */
static void assert_told(const int64_t *values, size_t count, const char *want)
{
	const struct metric gauge = { .name = "g", .source = "s" };
	struct series_table *table = series_table_new();
	struct sink_log log = SINK_LOG_INIT;
	uint32_t next_id = 5;

	for (size_t i = 0; i < count; i++) {
		struct metric_value value = {
			.time_ns = i * 10, .value = values[i],
			.metric = series_number(table, &gauge),
		};
		const struct metric_value_vec one = { &value, 1, 1 };

		series_tell(table, &one, &log.sink, &next_id);
	}
	series_finish(table, &log.sink);
	series_finish(table, &log.sink);
	assert_string_equal(strbuf_text(&log.text), want);
	assert_int_equal(next_id, *want ? 6 : 5);
	series_table_free(table);
	strbuf_release(&log.text);
}

#define TOLD(want, ...) \
	do { \
		const int64_t values_[] = { __VA_ARGS__ }; \
		assert_told(values_, ARRAY_SIZE(values_), want); \
	} while (0)

static void of_a_row_of_equals_both_ends_are_told(void **state)
{
	TOLD("metric g s 0 0 0 0\nvalue 5 0 7\n", 7);
	TOLD("metric g s 0 0 0 0\nvalue 5 0 7\nvalue 5 30 7\n", 7, 7, 7, 7);
	TOLD("metric g s 0 0 0 0\nvalue 5 0 7\nvalue 5 20 7\n"
	     "value 5 30 8\n", 7, 7, 7, 8);
	TOLD("metric g s 0 0 0 0\nvalue 5 0 1\nvalue 5 10 2\n"
	     "value 5 20 0\nvalue 5 40 0\n", 1, 2, 0, 0, 0);
}

static void what_was_never_but_zero_is_not_told(void **state)
{
	TOLD("", 0);
	TOLD("", 0, 0, 0, 0);
	TOLD("metric g s 0 0 0 0\nvalue 5 0 0\nvalue 5 10 3\n", 0, 3);
	TOLD("metric g s 0 0 0 0\nvalue 5 0 0\nvalue 5 20 0\n"
	     "value 5 30 -3\n", 0, 0, 0, -3);
}

static void series_are_by_name_scope_and_owner(void **state)
{
	struct series_table *table = series_table_new();
	struct metric metric = { .name = "g", .source = "s" };
	const uint32_t first = series_number(table, &metric);

	metric.owner = 1;
	assert_int_not_equal(series_number(table, &metric), first);
	metric.owner = 0;
	metric.scope = METRIC_OF_THREAD;
	assert_int_not_equal(series_number(table, &metric), first);
	metric.scope = METRIC_OF_RUN;
	assert_int_equal(series_number(table, &metric), first);
	series_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_row_of_equals_both_ends_are_told),
		cmocka_unit_test(what_was_never_but_zero_is_not_told),
		cmocka_unit_test(series_are_by_name_scope_and_owner),
	};

	return cmocka_run_group_tests_name("collect series", tests, NULL,
					   NULL);
}
