/* SPDX-License-Identifier: MIT */
/* arena, vec, intern, map64, search: where things are kept and found. */
#include "base/arena.h"
#include "base/intern.h"
#include "base/map64.h"
#include "base/search.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

VEC_DEFINE(number_vec, uint64_t);

static void a_vec_grows_and_keeps_its_items(void **state)
{
	struct number_vec vec = VEC_INIT;

	for (uint64_t i = 0; i < 1000; i++)
		number_vec_push(&vec, i * i);
	assert_int_equal(vec.count, 1000);
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(vec.items[i], i * i);
	assert_int_equal(*number_vec_add(&vec), 0);
	number_vec_release(&vec);
	assert_int_equal(vec.count, 0);
}

static void arena_memory_is_zeroed_aligned_and_separate(void **state)
{
	static const size_t sizes[] = { 1, 7, 16, 1000, 70000, 3, 65536, 1 };
	struct arena arena = ARENA_INIT;
	char *last = NULL;

	for (int round = 0; round < 50; round++) {
		size_t size = sizes[round % ARRAY_SIZE(sizes)];
		char *bytes = arena_alloc(&arena, size);

		assert_int_equal((uintptr_t)bytes % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xa5, size);
		assert_ptr_not_equal(bytes, last);
		last = bytes;
	}
	assert_string_equal(arena_strndup(&arena, "hello", 4), "hell");
	assert_string_equal(arena_strdup(&arena, ""), "");
	arena_release(&arena);
	assert_null(arena.blocks);
}

static void strings_are_interned_once_in_order(void **state)
{
	struct intern intern = INTERN_INIT;
	char text[32];
	bool is_new;
	size_t len;

	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "name %u", i);
		assert_int_equal(intern_string(&intern, text, &is_new), i);
		assert_true(is_new);
	}
	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "name %u", i);
		assert_int_equal(intern_string(&intern, text, &is_new), i);
		assert_false(is_new);
		assert_string_equal(intern_get(&intern, i, &len), text);
		assert_int_equal(len, strlen(text));
	}
	assert_int_equal(intern.count, 5000);
	intern_release(&intern);
}

static void interned_bytes_may_hold_nuls_and_be_empty(void **state)
{
	struct intern intern = INTERN_INIT;
	size_t len;

	assert_int_equal(intern_add(&intern, "a\0b", 3, NULL), 0);
	assert_int_equal(intern_add(&intern, "a\0c", 3, NULL), 1);
	assert_int_equal(intern_add(&intern, "a", 1, NULL), 2);
	assert_int_equal(intern_add(&intern, "", 0, NULL), 3);
	assert_int_equal(intern_add(&intern, "a\0b", 3, NULL), 0);
	assert_memory_equal(intern_get(&intern, 1, &len), "a\0c", 4);
	assert_int_equal(len, 3);
	intern_release(&intern);
}

/* Keys that meet in the same slot are the hard case of open addressing. */
static void a_map_finds_what_was_put_and_not_removed(void **state)
{
	struct map64 map = MAP64_INIT;
	uint64_t value = 0;

	assert_false(map64_get(&map, 1, &value));
	assert_false(map64_remove(&map, 1));
	for (uint64_t i = 0; i < 3000; i++)
		map64_put(&map, i * 4096, i);
	assert_int_equal(map.count, 3000);
	for (uint64_t i = 0; i < 3000; i += 3)
		assert_true(map64_remove(&map, i * 4096));
	assert_int_equal(map.count, 2000);
	for (uint64_t i = 0; i < 3000; i++) {
		bool there = map64_get(&map, i * 4096, &value);

		assert_int_equal(there, i % 3 != 0);
		if (there)
			assert_int_equal(value, i);
	}
	map64_put(&map, 4096, 77);
	assert_int_equal(map.count, 2000);
	assert_true(map64_get(&map, 4096, &value));
	assert_int_equal(value, 77);
	map64_put(&map, UINT64_MAX, 1);
	map64_put(&map, 0, 2);
	assert_true(map64_get(&map, UINT64_MAX, NULL));
	map64_clear(&map);
	assert_false(map64_get(&map, 4096, NULL));
	assert_int_equal(map.count, 0);
	map64_release(&map);
}

struct span {
	uint64_t start;
	uint8_t more[24];
};

static void sorted_items_are_found_by_what_they_begin_with(void **state)
{
	const struct span spans[] = {
		{ .start = 0 }, { .start = 10 }, { .start = 10 },
		{ .start = 20 }, { .start = UINT64_MAX },
	};
	static const struct {
		uint64_t key;
		size_t upto;
		size_t from;
	} cases[] = {
		{ 0, 1, 0 }, { 1, 1, 1 }, { 9, 1, 1 }, { 10, 3, 1 },
		{ 11, 3, 3 }, { 20, 4, 3 }, { 21, 4, 4 },
		{ UINT64_MAX - 1, 4, 4 }, { UINT64_MAX, 5, 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(search_upto(spans, ARRAY_SIZE(spans),
					     sizeof(*spans), cases[i].key),
				 cases[i].upto);
		assert_int_equal(search_from(spans, ARRAY_SIZE(spans),
					     sizeof(*spans), cases[i].key),
				 cases[i].from);
	}
	assert_int_equal(search_upto(NULL, 0, sizeof(*spans), 5), 0);
	assert_int_equal(search_from(NULL, 0, sizeof(*spans), 5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vec_grows_and_keeps_its_items),
		cmocka_unit_test(arena_memory_is_zeroed_aligned_and_separate),
		cmocka_unit_test(strings_are_interned_once_in_order),
		cmocka_unit_test(interned_bytes_may_hold_nuls_and_be_empty),
		cmocka_unit_test(a_map_finds_what_was_put_and_not_removed),
		cmocka_unit_test(
			sorted_items_are_found_by_what_they_begin_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
