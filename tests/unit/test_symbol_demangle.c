/* SPDX-License-Identifier: MIT */
#include "symbol/demangle.h"
#include "symbol/shorten.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_demangles(const char *name, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_add(&out, "> ");
	assert_true(demangle(&out, name));
	assert_string_equal(strbuf_text(&out) + 2, expected);
	strbuf_release(&out);
}

static void assert_left_alone(const char *name)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_add(&out, "> ");
	assert_false(demangle(&out, name));
	assert_string_equal(strbuf_text(&out), "> ");
	strbuf_release(&out);
}

static void cxx_names_lose_their_parameters(void **state)
{
	assert_demangles("_ZN5shape4areaEd", "shape::area");
	assert_demangles("_ZNSt6vectorIiSaIiEE9push_backERKi",
			 "std::vector<int>::push_back");
	assert_demangles("_Z3foov.constprop.0", "foo");
	assert_demangles("_Z3foov@plt", "foo@plt");
}

static void assert_shortens(const char *name, const char *expected)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_add(&out, "<");
	shorten_cxx_name(&out, name);
	assert_string_equal(strbuf_text(&out) + 1, expected);
	strbuf_release(&out);
}

static void cxx_names_lose_the_defaults_of_the_library(void **state)
{
	assert_shortens("std::__cxx11::basic_string<char, std::char_traits<"
			"char>, std::allocator<char> >::append",
			"std::string::append");
	assert_shortens("std::map<std::__cxx11::basic_string<char, "
			"std::char_traits<char>, std::allocator<char> >, int, "
			"std::less<int>, std::allocator<std::pair<int const, "
			"int> > >::operator[]",
			"std::map<std::string, int>::operator[]");
	assert_shortens("f<std::function<void (int, std::less<int>)>, "
			"std::greater<int> >",
			"f<std::function<void (int, std::less<int>)>, "
			"std::greater<int>>");
	assert_shortens("f<std::allocator<int> >", "f<std::allocator<int>>");
	assert_shortens("__gnu_cxx::new_allocator<int>::allocate",
			"__gnu_cxx::new_allocator<int>::allocate");
	assert_shortens("std::basic_string<char>", "std::string");
	assert_shortens("my_std::basic_string<char>",
			"my_std::basic_string<char>");
}

static void operators_are_no_brackets(void **state)
{
	assert_shortens("operator<< <std::char_traits<char> >",
			"operator<< <std::char_traits<char>>");
	assert_shortens("A::operator<", "A::operator<");
	assert_shortens("A::operator()<int, std::less<int> >",
			"A::operator()<int>");
	assert_shortens("A<(B)1>::operator->", "A<(B)1>::operator->");
	assert_shortens("A<((1)>(2))>::b", "A<((1)>(2))>::b");
	assert_shortens("my_operator<int> >", "my_operator<int> >");
	assert_shortens("f<a", "f<a");
	assert_shortens("f)", "f)");
	assert_shortens("", "");
}

static void rust_names_lose_their_hash(void **state)
{
	assert_demangles("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE",
			 "core::fmt::Write::write_fmt");
	assert_demangles("_RNvC6_123foo3bar", "123foo::bar");
	assert_demangles("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar");
}

static void parts_and_copies_are_called_after_their_function(void **state)
{
	assert_demangles("main.cold", "main");
	assert_demangles("work.part.0", "work");
	assert_demangles("work.constprop.12.isra.0.cold", "work");
	assert_demangles("work.llvm.1234567", "work");
	assert_demangles("memcpy@@GLIBC_2.14", "memcpy");
	assert_demangles("_Z3foov@@V1", "foo");
	assert_demangles("_Zbad.cold", "_Zbad");
	assert_left_alone("main.run");
	assert_left_alone("work.part.");
	assert_left_alone("work.part.x");
	assert_left_alone("work.0");
	assert_left_alone("memcpy@plt");
	assert_left_alone("@plt");
	assert_left_alone(".cold");
	assert_left_alone("@");
}

static void names_of_c_are_left_alone(void **state)
{
	assert_left_alone("main");
	assert_left_alone("_init");
	assert_left_alone("__libc_start_main");
	assert_left_alone("_Z");
	assert_left_alone("_R");
	assert_left_alone("");
}

/*
 * pair<a, a>, then a pair of that, and so on: the text doubles each time.
 * The k-th pair is substitution 2k; the digits are those of base 36.
 */
static void add_doubling_pairs(struct strbuf *name, int count)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	strbuf_add(name, "_Z1fI1aSt4pairIS0_S0_E");
	for (int k = 1; k < count; k++)
		strbuf_addf(name, "St4pairIS%c_S%c_E", digits[2 * k],
			    digits[2 * k]);
	strbuf_add(name, "EvT_");
}

static void a_name_that_grows_beyond_reason_is_left_alone(void **state)
{
	struct strbuf name = STRBUF_INIT;
	struct strbuf out = STRBUF_INIT;

	add_doubling_pairs(&name, 4);
	assert_true(demangle(&out, strbuf_text(&name)));
	assert_non_null(strstr(strbuf_text(&out), "std::pair<std::pair<"));
	strbuf_clear(&name);
	add_doubling_pairs(&name, 18);
	assert_left_alone(strbuf_text(&name));
	strbuf_release(&name);
	strbuf_release(&out);
}

static void a_very_long_name_is_left_alone(void **state)
{
	struct strbuf name = STRBUF_INIT;

	strbuf_add(&name, "_Z1f");
	strbuf_add_repeat(&name, 'P', 1 << 20);
	strbuf_add_char(&name, 'i');
	assert_left_alone(strbuf_text(&name));
	strbuf_release(&name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cxx_names_lose_their_parameters),
		cmocka_unit_test(cxx_names_lose_the_defaults_of_the_library),
		cmocka_unit_test(operators_are_no_brackets),
		cmocka_unit_test(rust_names_lose_their_hash),
		cmocka_unit_test(
			parts_and_copies_are_called_after_their_function),
		cmocka_unit_test(names_of_c_are_left_alone),
		cmocka_unit_test(a_name_that_grows_beyond_reason_is_left_alone),
		cmocka_unit_test(a_very_long_name_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
