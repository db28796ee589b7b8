/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "unwind/way_out.h"

#include <stdio.h>
#include <string.h>

/* The bytes of a string literal, without the zero at its end. */
#define CODE(text) { text, sizeof(text) - 1 }

#define PLAIN "\x48\x83\xec\x08\xff\xd1\x48\x83\xc4\x08\xc3"
#define FRAMED "\x55\x48\x89\xe5\xff\xd1\x5d\xc3"

struct code {
	const char *bytes;
	size_t len;
};

static bool find(const struct code *code, size_t from, struct way_out *out)
{
	return way_out_find((const uint8_t *)code->bytes + from,
			    code->len - from, out);
}

static void each_place_of_a_stub_has_its_return_address(void **state)
{
	static const struct code plain = CODE("\xf3\x0f\x1e\xfa" PLAIN);
	static const struct {
		size_t at;
		int slot;
	} places[] = { { 0, 0 }, { 4, 0 }, { 8, 8 }, { 10, 8 }, { 14, 0 } };
	struct way_out out;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		assert_true(find(&plain, places[i].at, &out));
		assert_int_equal(out.return_slot, places[i].slot);
		assert_false(out.rbp_popped);
	}
	/* In the middle of instructions there is no way. */
	assert_false(find(&plain, 5, &out));
	assert_false(find(&plain, 9, &out));
}

static void a_frame_pointer_is_popped_or_is_not_yet_pushed(void **state)
{
	static const struct code framed = CODE(FRAMED);
	static const struct {
		size_t at;
		int slot;
		bool popped;
	} places[] = { { 0, 0, false }, { 6, 8, true }, { 7, 0, false } };
	struct way_out out;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		assert_true(find(&framed, places[i].at, &out));
		assert_int_equal(out.return_slot, places[i].slot);
		assert_int_equal(out.rbp_popped, places[i].popped);
		assert_int_equal(out.rbp_slot, 0);
	}
	/* Pushed, and perhaps set: it is popped from the same slot. */
	for (size_t at = 1; at <= 4; at += 3) {
		assert_true(find(&framed, at, &out));
		assert_int_equal(out.return_slot, 8);
		assert_true(out.rbp_popped);
		assert_int_equal(out.rbp_slot, 0);
	}
}

/* Of V8: a question, the frame, the body; and what follows its frame. */
static void a_frame_is_not_there_before_or_after_it_is(void **state)
{
	static const struct code code = CODE("\x48\x8b\x59\xf8"
		"\xf6\x43\x35\x01" "\x0f\x85\x32\x68\xe4\x1f"
		"\x55\x48\x89\xe5\x56\x57\x50"
		"\x5d\x48\x83\xf9\x02\x7f\x03\xc2\x10\x00");
	static const struct {
		size_t at;
		int slot;
	} places[] = {
		{ 0, 0 }, { 4, 0 }, { 8, 0 }, { 14, 0 },
		{ 21, 8 }, { 22, 0 }, { 26, 0 }, { 28, 0 },
	};
	struct way_out out;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		assert_true(find(&code, places[i].at, &out));
		assert_int_equal(out.return_slot, places[i].slot);
		assert_int_equal(out.rbp_popped, places[i].at == 21);
		assert_true(out.arguments_popped);
	}
	/* Within it, the frame pointer is what tells. */
	for (size_t at = 15; at < 21; at++)
		assert_false(find(&code, at, &out));
}

static void what_is_not_certain_is_unknown(void **state)
{
	static const struct code codes[] = {
		CODE(""),
		CODE("\x90\xc3"),		/* any other instruction */
		CODE("\xeb\x00\xc3"),		/* a branch */
		CODE("\x0f\x85\0\0\0\0\xc3"),
		CODE("\x0f\x85\0\0\0"),
		CODE("\x50\x55\x48\x89\xe5"),	/* not its first */
		CODE("\x48\x83\xec\x08\x55\x48\x89\xe5"),
		CODE("\x48\x83\xc4"),		/* cut short */
		CODE("\x48\x83\xc4\x08"),
		CODE("\x48\x83\xc4\x0c\xc3"),	/* not words */
		CODE("\x48\x83\xc4\xf8\xc3"),	/* add of less than nothing */
		CODE("\x48\x83\xec\x08\xc3"),	/* where we just wrote */
		CODE("\x55\xc3"),
		CODE("\x48\x83\xec\x08\x5d\xc3"),
		CODE("\x48\x89\xe5\xc3"),	/* the caller's rbp is gone */
		CODE("\x48\x83\xc4\x10\x55\x5d\xc3"),	/* over what is read */
		CODE("\x48\x83\xc4\x10\xff\xd1\xc3"),
		/* Too much for a stub. */
		CODE("\x48\x83\xec\x08\x48\x83\xc4\x08"
		     "\x48\x83\xec\x08\x48\x83\xc4\x08"
		     "\x48\x83\xec\x08\x48\x83\xc4\x08\xc3"),
	};
	struct way_out out;

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		assert_false(find(&codes[i], 0, &out));
}

/* Every four of the instructions that are known, and a return. */
static void slots_are_never_below_the_stack_pointer(void **state)
{
	static const char parts[][5] = {
		"\x48\x83\xec\x08", "\x48\x83\xc4\x08", "\x55", "\x5d",
		"\x48\x89\xe5", "\xff\xd1", "\xf3\x0f\x1e\xfa"
	};
	size_t known = 0;

	for (unsigned int n = 0; n < 7 * 7 * 7 * 7; n++) {
		char text[32];
		struct way_out out;

		snprintf(text, sizeof(text), "%s%s%s%s\xc3", parts[n % 7],
			 parts[n / 7 % 7], parts[n / 49 % 7], parts[n / 343]);
		if (!way_out_find((const uint8_t *)text, strlen(text), &out))
			continue;
		known++;
		assert_in_range(out.return_slot, 0, 4 * 8);
		assert_in_range(out.rbp_slot, 0, 4 * 8);
	}
	assert_true(known > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place_of_a_stub_has_its_return_address),
		cmocka_unit_test(
			a_frame_pointer_is_popped_or_is_not_yet_pushed),
		cmocka_unit_test(a_frame_is_not_there_before_or_after_it_is),
		cmocka_unit_test(what_is_not_certain_is_unknown),
		cmocka_unit_test(slots_are_never_below_the_stack_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
