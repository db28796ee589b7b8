/* SPDX-License-Identifier: MIT */
/* Perf maps, good and hostile. */
#include "symbol/perf_map.h"

#include "base/output.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { NAMES_MAX = 16 };

struct names {
	char text[NAMES_MAX][64];
	size_t calls;
};

static void keep_name(void *context, size_t index, const char *name)
{
	struct names *names = context;

	assert_true(index < NAMES_MAX);
	snprintf(names->text[index], sizeof(names->text[0]), "%s", name);
	names->calls++;
}

static int map_with(const char *text, size_t len)
{
	int fd = memfd_create("map", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write_all(fd, text, len, NULL), 0);
	return fd;
}

static struct names find(const char *text, size_t len,
			 const uint64_t *addresses, size_t count)
{
	struct names names = { .calls = 0 };
	int fd = map_with(text, len);

	assert_int_equal(perf_map_find(fd, addresses, count, keep_name, &names,
				       NULL), 0);
	close(fd);
	return names;
}

static struct names find_text(const char *text, const uint64_t *addresses,
			      size_t count)
{
	return find(text, strlen(text), addresses, count);
}

static void an_entry_names_the_addresses_it_covers(void **state)
{
	const uint64_t at[] = { 0xfff, 0x1000, 0x10ff, 0x1100, 0x7f0000000010 };
	struct names names = find_text("1000 100 JS:*add /a b.js:1\n"
				       "0x7F0000000000 20 py::main\n", at, 5);

	assert_string_equal(names.text[0], "");
	assert_string_equal(names.text[1], "JS:*add /a b.js:1");
	assert_string_equal(names.text[2], "JS:*add /a b.js:1");
	assert_string_equal(names.text[3], "");
	assert_string_equal(names.text[4], "py::main");
}

static void the_last_entry_for_an_address_wins(void **state)
{
	const uint64_t at[] = { 0x1000, 0x1010, 0x1020, 0x1030, 0x1040 };
	struct names names = find_text("1000 50 first\n"
				       "1010 10 second\n"
				       "1030 100 third\n"
				       "1000 1 fourth\n", at, 5);

	assert_string_equal(names.text[0], "fourth");
	assert_string_equal(names.text[1], "second");
	assert_string_equal(names.text[2], "first");
	assert_string_equal(names.text[3], "third");
	assert_string_equal(names.text[4], "third");
	assert_int_equal(names.calls, 5);
}

static void lines_that_make_no_sense_are_left_out(void **state)
{
	static const char text[] =
		"\n" " \n" "1000\n" "1000 10\n" "1000 10 \n" "x 10 bad\n"
		"1000 0 empty\n" "-1000 10 sign\n" "1000  10 blanks\n"
		"10000000000001000 10 seventeen digits\n"
		"fffffffffffffff0 1000 around the end\n"
		"1000 10 nul\0byte\n"
		"2000 10 good\n"
		"1000 10 not yet finished";
	const uint64_t at[] = { 0x8, 0x1000, 0x2000, UINT64_MAX };
	struct names names = find(text, sizeof(text) - 1, at, 4);

	assert_int_equal(names.calls, 1);
	assert_string_equal(names.text[2], "good");
}

static void a_line_that_is_too_long_is_left_out(void **state)
{
	const uint64_t at[] = { 0x1000, 0x2000, 0x3000 };
	struct strbuf text = STRBUF_INIT;
	struct names names;

	strbuf_add(&text, "1000 10 ");
	strbuf_add_repeat(&text, 'x', 300 * 1000);
	strbuf_add(&text, "\n2000 10 after\n3000 10 ");
	strbuf_add_repeat(&text, 'y', PERF_MAP_LINE_MAX);
	strbuf_add(&text, "\n");
	names = find(text.text, text.len, at, 3);
	assert_int_equal(names.calls, 1);
	assert_string_equal(names.text[1], "after");
	strbuf_release(&text);
}

static void a_line_of_the_longest_length_is_taken(void **state)
{
	const uint64_t at[] = { 0x1000 };
	struct strbuf text = STRBUF_INIT;
	struct names names;

	/* Begin near the end of the reader's buffer. */
	strbuf_add_repeat(&text, '\n', 64 * 1024 - 100);
	strbuf_add(&text, "1000 10 ");
	strbuf_add_repeat(&text, 'x', PERF_MAP_LINE_MAX - 8);
	strbuf_add(&text, "\n");
	names = find(text.text, text.len, at, 1);
	assert_int_equal(names.calls, 1);
	strbuf_release(&text);
}

static void a_map_that_is_too_large_names_nothing(void **state)
{
	const uint64_t at[] = { 0x1000 };
	struct names names = { .calls = 0 };
	struct error err = ERROR_INIT;
	int fd = map_with("1000 10 name\n", 13);

	assert_int_equal(ftruncate(fd, (off_t)PERF_MAP_BYTES_MAX + 1), 0);
	assert_int_equal(perf_map_find(fd, at, 1, keep_name, &names, &err), -1);
	assert_int_equal(err.kind, ERROR_UNSUPPORTED);
	assert_int_equal(names.calls, 0);
	close(fd);
}

static void a_fifo_is_not_read(void **state)
{
	const uint64_t at[] = { 0x1000 };
	struct names names = { .calls = 0 };
	struct error err = ERROR_INIT;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(perf_map_find(fds[0], at, 1, keep_name, &names, &err),
			 -1);
	assert_int_equal(err.kind, ERROR_UNSUPPORTED);
	close(fds[0]);
	close(fds[1]);
}

static void count_call(void *context, size_t index, const char *name)
{
	(*(size_t *)context)++;
}

/* 100,000 entries times 100,000 addresses must not be 10^10 steps. */
static void entries_that_cover_everything_cost_little(void **state)
{
	enum { COUNT = 100 * 1000 };
	uint64_t *at = calloc(COUNT, sizeof(*at));
	struct strbuf text = STRBUF_INIT;
	size_t calls = 0;
	int fd;

	for (size_t i = 0; i < COUNT; i++) {
		at[i] = 0x1000 + i;
		strbuf_addf(&text, "%zx 10000000 whole %zu\n", 0x1000 + i, i);
	}
	fd = map_with(text.text, text.len);
	alarm(20);
	assert_int_equal(perf_map_find(fd, at, COUNT, count_call, &calls,
				       NULL), 0);
	alarm(0);
	assert_int_equal(calls, COUNT);
	close(fd);
	strbuf_release(&text);
	free(at);
}

enum { RANDOM_ADDRESSES = 40 };

static void keep_number(void *context, size_t index, const char *name)
{
	int *winners = context;

	assert_int_equal(winners[index], -1);
	winners[index] = strtol(name, NULL, 10);
}

/* What the rule says, the slow way. */
static int last_entry(const uint32_t entries[][2], int count, uint64_t address)
{
	for (int i = count - 1; i >= 0; i--) {
		if (address >= entries[i][0] &&
		    address < entries[i][0] + entries[i][1])
			return i;
	}
	return -1;
}

static void any_overlap_is_as_if_looked_up_one_by_one(void **state)
{
	uint64_t at[RANDOM_ADDRESSES];
	uint32_t entries[30][2];
	uint32_t random = 1;

	for (int i = 0; i < RANDOM_ADDRESSES; i++)
		at[i] = 100 + 3 * i;
	for (int round = 0; round < 500; round++) {
		struct strbuf text = STRBUF_INIT;
		int winners[RANDOM_ADDRESSES];
		int fd;

		for (int i = 0; i < 30; i++) {
			random = random * 1103515245 + 12345;
			entries[i][0] = 90 + (random >> 16) % 130;
			random = random * 1103515245 + 12345;
			entries[i][1] = 1 + (random >> 16) % (i % 3 ? 12 : 90);
			strbuf_addf(&text, "%x %x %d\n", entries[i][0],
				    entries[i][1], i);
		}
		memset(winners, -1, sizeof(winners));
		fd = map_with(text.text, text.len);
		perf_map_find(fd, at, RANDOM_ADDRESSES, keep_number, winners,
			      NULL);
		for (int i = 0; i < RANDOM_ADDRESSES; i++)
			assert_int_equal(winners[i],
					 last_entry(entries, 30, at[i]));
		close(fd);
		strbuf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_names_the_addresses_it_covers),
		cmocka_unit_test(the_last_entry_for_an_address_wins),
		cmocka_unit_test(lines_that_make_no_sense_are_left_out),
		cmocka_unit_test(a_line_that_is_too_long_is_left_out),
		cmocka_unit_test(a_line_of_the_longest_length_is_taken),
		cmocka_unit_test(a_map_that_is_too_large_names_nothing),
		cmocka_unit_test(a_fifo_is_not_read),
		cmocka_unit_test(any_overlap_is_as_if_looked_up_one_by_one),
		cmocka_unit_test(entries_that_cover_everything_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
