/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/escape.h"
#include "profile/match.h"
#include "render/name.h"

static const struct text_style utf8 = { .width = 100, .utf8 = true };
static const struct text_style ascii = { .width = 100 };

static void assert_name(const struct text_style *style, const char *name,
			size_t width, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	name_add_function(&out, style, name, width);
	assert_string_equal(strbuf_text(&out), expected);
	assert_true(escape_width(strbuf_text(&out)) <= width);
	strbuf_release(&out);
}

static void names_that_fit_stay(void **state)
{
	assert_name(&utf8, "main", 10, "main");
	assert_name(&utf8, "a::b(int)", 20, "a::b(int)");
	assert_name(&utf8, "[app+0x12]", 20, "[app+0x12]");
	assert_name(&utf8, "[too brief to be sampled]", 40,
		    "[too brief to be sampled]");
	assert_name(&utf8, "LazyCompile:*run /x/y.js:3", 60,
		    "LazyCompile:*run /x/y.js:3");
}

static void noise_goes_always(void **state)
{
	assert_name(&utf8, "void sort<int>(int*)", 60, "sort<int>(int*)");
	assert_name(&utf8, "unsigned long f<A<int> >()", 60, "f<A<int>>()");
	assert_name(&utf8, "std::vector<int, std::allocator<int> >::at(int)",
		    60, "std::vector<int>::at(int)");
	assert_name(&utf8, "f(std::__cxx11::basic_string<char, "
		    "std::char_traits<char>, std::allocator<char> >)", 60,
		    "f(std::string)");
	assert_name(&utf8, "name[abi:cxx11]()", 60, "name()");
	assert_name(&utf8, "x::(anonymous namespace)::f()", 60,
		    "x::(anon)::f()");
	assert_name(&utf8, "operator new(unsigned long)", 60,
		    "operator new(unsigned long)");
	assert_name(&utf8, "bool operator< <int>(int)", 60,
		    "operator< <int>(int)");
	assert_name(&utf8, "A::operator bool() const", 60,
		    "A::operator bool() const");
}

static void parameters_go_before_template_arguments(void **state)
{
	const char *name = "ns::table<key, pair<a, b>>::find(key const&)";

	assert_name(&utf8, name, 50, name);
	assert_name(&utf8, name, 40, "ns::table<key, pair<a, b>>::find(…)");
	assert_name(&utf8, name, 32, "ns::table<key, pair<…>>::find(…)");
	assert_name(&utf8, name, 22, "ns::table<…>::find(…)");
	assert_name(&utf8, name, 18, "…table<…>::find(…)");
	assert_name(&utf8, name, 12, "…find(…)");
	assert_name(&ascii, name, 32, "ns::table<...>::find(...)");
}

static void rust_methods_keep_their_type(void **state)
{
	const char *name =
		"<alloc::vec::Vec<T,A> as core::iter::Extend<T>>::extend";

	assert_name(&utf8, name, 60, name);
	assert_name(&utf8, name, 40, "alloc::vec::Vec<T,A>::extend");
	assert_name(&utf8, name, 26, "alloc::vec::Vec<…>::extend");
	assert_name(&utf8, name, 25, "…vec::Vec<…>::extend");
	assert_name(&utf8, "<u32>::_fmt", 20, "<u32>::_fmt");
	assert_name(&utf8, "<u32>::_fmt", 10, "u32::_fmt");
	assert_name(&utf8, "<T as a::Debug<X>>::fmt", 18, "T::fmt");
	assert_name(&utf8, "<T as a::Debug<X>>", 10, "<…>");
}

static void operators_do_not_open_brackets(void **state)
{
	assert_name(&utf8, "a<b>::operator<<(x<y>)", 19,
		    "a<b>::operator<<(…)");
	assert_name(&utf8, "a<b>::operator<<(x<y>)", 14, "…operator<<(…)");
	assert_name(&utf8, "p<q>::operator->() const", 19,
		    "p<q>::operator->()");
	assert_name(&utf8, "f(int)::{lambda(char)#1}::operator()(char) const",
		    60, "f(int)::{lambda(char)#1}::operator()(char) const");
}

static void what_cannot_be_shortened_is_cut_in_the_middle(void **state)
{
	assert_name(&utf8, "a_very_long_function_name", 11, "a_ver…_name");
	assert_name(&ascii, "a_very_long_function_name", 11, "a_ve...name");
	assert_name(&utf8, "a_very_long_function_name", 1, "…");
	assert_name(&utf8, "a_very_long_function_name", 0, "");
	/* Two columns each. */
	assert_name(&utf8, "日本語日本語", 7, "日…語");
}

static void broken_names_do_no_harm(void **state)
{
	static const char *const names[] = {
		"<", ">", "(", ")", "<<<<", ">>>>", "a<(b>)", "::", "a::",
		"operator", "operator<", "operator(", "f(", "f)(", "\033[1m",
		"\xff\xfe", "a, std::allocator<", "std::allocator<>>>>",
		", std::allocator<<<<", " ", "", "x [clone .cold]",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		for (size_t width = 0; width < 30; width++) {
			struct strbuf out = STRBUF_INIT;

			name_add_function(&out, &utf8, names[i], width);
			assert_true(escape_width(strbuf_text(&out)) <= width);
			assert_null(strchr(strbuf_text(&out), '\033'));
			strbuf_clear(&out);
			function_bare_name(&out, names[i]);
			strbuf_release(&out);
		}
	}
}

static void a_bare_name_has_no_parameters_and_arguments(void **state)
{
	static const char *const names[][2] = {
		{ "main", "main" },
		{ "a::b(int)", "a::b" },
		{ "a::b<int>(char) const", "a::b" },
		{ "a<x>::b", "a<x>::b" },
		{ "(anonymous namespace)", "(anonymous namespace)" },
		{ "foo()", "foo" },
		{ "JS:*run /x/y.js:3:7", "run" },
		{ "LazyCompile:~a.b node:url:7:1", "a.b" },
		{ "JS:* /x/y.js:3:7", "JS:* /x/y.js:3:7" },
		{ "py::run:/x/y.py", "run" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct strbuf out = STRBUF_INIT;

		function_bare_name(&out, names[i][0]);
		assert_string_equal(strbuf_text(&out), names[i][1]);
		strbuf_release(&out);
	}
}

static void a_place_keeps_the_last_parts_of_a_path(void **state)
{
	struct strbuf out = STRBUF_INIT;

	name_add_place(&out, "/a/b/c.c", 7, 1);
	assert_string_equal(strbuf_text(&out), "c.c:7");
	strbuf_clear(&out);
	name_add_place(&out, "/a/b/c.c", 0, 2);
	assert_string_equal(strbuf_text(&out), "b/c.c");
	strbuf_clear(&out);
	name_add_place(&out, "c.c", 1, 2);
	assert_string_equal(strbuf_text(&out), "c.c:1");
	strbuf_release(&out);
}

static void assert_split(const char *name, size_t len, const char *place)
{
	struct strbuf out = STRBUF_INIT;

	assert_int_equal(name_split_place(name, &out), len);
	assert_string_equal(strbuf_text(&out), place);
	strbuf_release(&out);
}

static void names_of_run_time_code_end_with_a_place(void **state)
{
	assert_split("JS:*run /x/y.js:3:7", 7, "/x/y.js:3");
	assert_split("JS:~a b node:internal/url:77:1", 7,
		     "node:internal/url:77");
	assert_split("f /x/y.js:3", 1, "/x/y.js:3");
	assert_split("Builtin:Foo", 11, "");
	assert_split("py::f:/x/y z.py", 5, "/x/y z.py");
	assert_split("py::<module>:<frozen os>", 12, "<frozen os>");
	assert_split("py::C.<locals>.f:x:3", 16, "x:3");
	assert_split("py::f", 5, "");
	assert_split("py::f:", 6, "");
	assert_split("py::", 4, "");
	assert_split("a :3", 4, "");
	assert_split(" /x:3", 5, "");
	assert_split("a b", 3, "");
	assert_split("a 3:4:5", 1, "3:4");
	assert_split("", 0, "");
}

static void assert_without_place(const char *name, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	name_add_without_place(&out, name);
	assert_string_equal(strbuf_text(&out), expected);
	strbuf_release(&out);
}

static void functions_that_have_no_name_are_called_so(void **state)
{
	assert_without_place("JS:* /x/y.js:3:7", "JS:*(anonymous)");
	assert_without_place("Script:~ /x/y.js:1:1", "Script:~(anonymous)");
	assert_without_place("JS:*run /x/y.js:3:7", "JS:*run");
	assert_without_place("a*", "a*");
	assert_without_place("", "");
}

static void text_is_wrapped_at_blanks_only(void **state)
{
	const struct text_style narrow = { .width = 12 };
	struct strbuf out = STRBUF_INIT;

	text_add_wrapped(&out, &narrow, "one two three averyverylongword x", 4,
			 2);
	assert_string_equal(strbuf_text(&out), "one two\n  three\n"
			    "  averyverylongword\n  x\n");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_fit_stay),
		cmocka_unit_test(noise_goes_always),
		cmocka_unit_test(parameters_go_before_template_arguments),
		cmocka_unit_test(rust_methods_keep_their_type),
		cmocka_unit_test(operators_do_not_open_brackets),
		cmocka_unit_test(what_cannot_be_shortened_is_cut_in_the_middle),
		cmocka_unit_test(broken_names_do_no_harm),
		cmocka_unit_test(a_bare_name_has_no_parameters_and_arguments),
		cmocka_unit_test(a_place_keeps_the_last_parts_of_a_path),
		cmocka_unit_test(names_of_run_time_code_end_with_a_place),
		cmocka_unit_test(functions_that_have_no_name_are_called_so),
		cmocka_unit_test(text_is_wrapped_at_blanks_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
