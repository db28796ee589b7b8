/* SPDX-License-Identifier: MIT */
#include "gate/words.h"

#include "base/compiler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <stdio.h>

#include <cmocka.h>

/* Words joined by '|', which none of them has. */
static void assert_words(const char *text, const char *want)
{
	struct word_list words = VEC_INIT;
	struct error err = ERROR_INIT;
	char got[512] = "";

	if (words_split(&words, text, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < words.count; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s|",
			 words.items[i]);
	assert_string_equal(got, want);
	word_list_free(&words);
}

static void words_are_those_of_a_shell(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "./app -x input.txt", "./app|-x|input.txt|" },
		{ "  a\t b\n c ", "a|b|c|" },
		{ "'two words' \"and two\"", "two words|and two|" },
		{ "a'b'\"c\"d", "abcd|" },
		{ "'' \"\"", "||" },
		{ "'a\\b'", "a\\b|" },
		{ "\"a\\\"b \\\\ \\$x \\q\"", "a\"b \\ $x \\q|" },
		{ "a\\ b \\'", "a b|'|" },
		{ "a\\\nb \"c\\\nd\"", "ab|cd|" },
		{ "'$HOME' \\$HOME '*' \\;", "$HOME|$HOME|*|;|" },
		{ "a~b a#b {} a=b", "a~b|a#b|{}|a=b|" },
		{ "env A=1 ./app", "env|A=1|./app|" },
		{ "./a=b", "./a=b|" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_words(cases[i].text, cases[i].words);
}

static void what_only_a_shell_can_do_is_refused_by_name(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "./app $HOME", "an unquoted '$' needs a shell" },
		{ "./app >out", "an unquoted '>'" },
		{ "./app <in", "an unquoted '<'" },
		{ "a | b", "'|'" }, { "a && b", "'&'" }, { "a; b", "';'" },
		{ "(a)", "'('" }, { "a `b`", "'`'" }, { "a *.c", "'*'" },
		{ "a b?", "'?'" }, { "a [b]", "'['" }, { "~/app", "'~'" },
		{ "a #b", "'#'" },
		{ "\"$x\"", "a $ or ` within" },
		{ "A=1 ./app", "a variable in front of a command" },
		{ "'a", "a ' has no other end" },
		{ "\"a", "a \" has no other end" },
		{ "\"a\\", "a \" has no other end" },
		{ "a\\", "escapes nothing" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct word_list words = VEC_INIT;
		struct error err = ERROR_INIT;

		if (words_split(&words, cases[i].text, &err) == 0)
			fail_msg("'%s' was taken", cases[i].text);
		assert_int_equal(err.kind, ERROR_USAGE);
		if (!strstr(err.text, cases[i].said))
			fail_msg("'%s': %s", cases[i].text, err.text);
		word_list_free(&words);
	}
}

static void braces_are_replaced_wherever_they_are(void **state)
{
	static const struct {
		const char *text, *value, *want;
	} cases[] = {
		{ "{}", "v1", "v1" }, { "./{}/app-{}", "v1", "./v1/app-v1" },
		{ "no", "v1", "no" }, { "", "v1", "" }, { "{}", "", "" },
		{ "{{}}", "x", "{x}" }, { "{}", "{}", "{}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *got = words_replace(cases[i].text, cases[i].value);

		assert_string_equal(got, cases[i].want);
		free(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_those_of_a_shell),
		cmocka_unit_test(what_only_a_shell_can_do_is_refused_by_name),
		cmocka_unit_test(braces_are_replaced_wherever_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
