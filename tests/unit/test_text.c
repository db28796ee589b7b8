/* SPDX-License-Identifier: MIT */
/* strbuf, escape and json: how text gets out. */
#include "base/escape.h"
#include "base/json.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_strbuf_is_a_string_at_any_time(void **state)
{
	struct strbuf buf = STRBUF_INIT;
	char *taken;

	assert_string_equal(strbuf_text(&buf), "");
	strbuf_add(&buf, "one");
	strbuf_addf(&buf, " %d %s", 2, "three");
	strbuf_add_repeat(&buf, '-', 100);
	strbuf_add_char(&buf, '!');
	assert_int_equal(buf.len, strlen("one 2 three") + 101);
	assert_int_equal(strlen(strbuf_text(&buf)), buf.len);
	strbuf_clear(&buf);
	assert_string_equal(strbuf_text(&buf), "");
	strbuf_add(&buf, "kept");
	taken = strbuf_take(&buf);
	assert_string_equal(taken, "kept");
	assert_int_equal(buf.len, 0);
	free(taken);
}

static void utf8_is_decoded_when_it_is_well_formed(void **state)
{
	unsigned int code = 0;

	assert_int_equal(utf8_decode("A", &code), 1);
	assert_int_equal(code, 'A');
	assert_int_equal(utf8_decode("\xc3\xa4", &code), 2);
	assert_int_equal(code, 0xe4);
	assert_int_equal(utf8_decode("\xe2\x82\xac", &code), 3);
	assert_int_equal(code, 0x20ac);
	assert_int_equal(utf8_decode("\xf0\x9f\xa6\x80", &code), 4);
	assert_int_equal(code, 0x1f980);
	assert_int_equal(utf8_decode("\xf4\x8f\xbf\xbf", &code), 4);
	assert_int_equal(code, 0x10ffff);
	assert_int_equal(utf8_decode("", &code), 0);
}

static void malformed_utf8_is_refused(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
		"\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\xa6",
		("\xc3" "A"),
	};
	unsigned int code;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (utf8_decode(bad[i], &code))
			fail_msg("case %zu was accepted", i);
	}
}

static void names_cannot_act_on_a_terminal(void **state)
{
	static const struct {
		const char *raw;
		const char *shown;
	} cases[] = {
		{ "", "" },
		{ "std::vector<int>::push", "std::vector<int>::push" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\x1b[31mred", "\\x1b[31mred" },
		{ "a\nb\tc\r", "a\\nb\\tc\\x0d" },
		{ "del\x7f", "del\\x7f" },
		{ "c1\xc2\x9b", "c1\\xc2\\x9b" },
		{ "lone\xff", "lone\\xff" },
		{ "cut\xe2\x82", "cut\\xe2\\x82" },
		{ "bidi\xe2\x80\xae", "bidi\\u{202e}" },
		{ "iso\xe2\x81\xa6", "iso\\u{2066}" },
		{ "line\xe2\x80\xa8", "line\\u{2028}" },
	};
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		strbuf_clear(&out);
		escape_text(&out, cases[i].raw);
		assert_string_equal(strbuf_text(&out), cases[i].shown);
	}
	strbuf_release(&out);
}

static void width_counts_columns(void **state)
{
	assert_int_equal(escape_width(""), 0);
	assert_int_equal(escape_width("main"), 4);
	assert_int_equal(escape_width("gr\xc3\xbc\xc3\x9f"), 4);
	assert_int_equal(escape_width("\xe6\xbc\xa2\xe5\xad\x97"), 4);
	assert_int_equal(escape_width("e\xcc\x81"), 1);
	assert_int_equal(escape_width("\xf0\x9f\xa6\x80"), 2);
}

static void json_is_the_same_each_time_and_takes_any_bytes(void **state)
{
	struct strbuf out = STRBUF_INIT;
	json_t *root = json_object();
	json_t *list = json_array();

	json_push(list, json_count(1));
	json_push(list, json_count(UINT64_MAX));
	json_push(list, json_real(0.1));
	json_push(list, json_text(NULL));
	json_put(root, "zebra", json_text("a\x1b\"\xff\xc3\xa4"));
	json_put(root, "ant", list);
	json_add(&out, root);
	assert_string_equal(strbuf_text(&out),
			    "{\n"
			    "  \"zebra\": \"a\\u001B\\\"\\\\xff\\u00E4\",\n"
			    "  \"ant\": [\n"
			    "    1,\n"
			    "    9223372036854775807,\n"
			    "    0.1,\n"
			    "    null\n"
			    "  ]\n"
			    "}\n");
	json_decref(root);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_strbuf_is_a_string_at_any_time),
		cmocka_unit_test(utf8_is_decoded_when_it_is_well_formed),
		cmocka_unit_test(malformed_utf8_is_refused),
		cmocka_unit_test(names_cannot_act_on_a_terminal),
		cmocka_unit_test(width_counts_columns),
		cmocka_unit_test(
			json_is_the_same_each_time_and_takes_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
