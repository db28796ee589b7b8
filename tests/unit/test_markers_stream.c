/* SPDX-License-Identifier: MIT */
#include "markers/stream.h"
#include "model/region.h"

#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <inttypes.h>
#include <string.h>

/* Writes down what it is told, a word each. */
struct told {
	struct mark_tree tree;
	struct mark_stream stream;
	struct strbuf text;
};

static void on_call(void *context, uint32_t thread, uint32_t node,
		    uint64_t start_ns, uint64_t end_ns, uint8_t flags)
{
	struct told *told = context;

	strbuf_addf(&told->text, "%u:%u@%" PRIu64 "-%" PRIu64 "%s%s ", thread,
		    node, start_ns, end_ns, flags & REGION_CUT ? "cut" : "",
		    flags & REGION_LEFT ? "left" : "");
}

static void on_event(void *context, uint32_t thread, uint32_t name,
		     uint32_t node, uint64_t time_ns)
{
	struct told *told = context;

	strbuf_addf(&told->text, "event%u:%u@%" PRIu64 " ", name, node,
		    time_ns);
}

static void on_label(void *context, uint32_t node, uint32_t key,
		     uint32_t value)
{
	struct told *told = context;

	strbuf_addf(&told->text, "label%u:%u=%u ", node, key, value);
}

static void on_counter(void *context, uint32_t thread, uint32_t name,
		       uint32_t node, uint64_t time_ns, int64_t value)
{
	struct told *told = context;

	strbuf_addf(&told->text, "counter%u=%" PRId64 "@%" PRIu64 " ", name,
		    value, time_ns);
}

static void on_pause(void *context, uint64_t time_ns, bool paused)
{
	struct told *told = context;

	strbuf_add(&told->text, paused ? "pause " : "resume ");
}

static const struct mark_ops ops = {
	on_call, on_event, on_label, on_counter, on_pause
};

static const struct mark_times times = { 1, 1000 };

/* Nodes 1 > 2 > 3, and 4 in 1; names as their nodes. */
static void told_init(struct told *told)
{
	static const uint16_t parents[] = { 0, MARK_NODE_NONE, 1, 2, 1 };

	memset(told, 0, sizeof(*told));
	for (uint16_t i = 1; i < 5; i++) {
		told->tree.parents[i] = parents[i];
		told->tree.names[i] = i;
	}
	told->stream.thread = 7;
}

static void parse(struct told *told, const struct mark_event *events,
		  size_t count)
{
	mark_stream_parse(&told->stream, events, count, &told->tree, &times,
			  &ops, told);
}

#define EVENT(time, kind, id, argument) \
	{ (time), MARK_WORD(kind, id, argument) }
#define PARSE(told, ...) do { \
		const struct mark_event events_[] = { __VA_ARGS__ }; \
		parse(told, events_, sizeof(events_) / sizeof(*events_)); \
	} while (0)

static void expect(struct told *told, const char *text, uint64_t nonsense)
{
	assert_string_equal(strbuf_text(&told->text), text);
	assert_int_equal(told->stream.nonsense, nonsense);
	strbuf_release(&told->text);
}

static void calls_in_calls_are_told_at_their_ends(void **state)
{
	struct told told;

	told_init(&told);
	PARSE(&told, EVENT(5, MARK_BEGIN, 1, 0), EVENT(6, MARK_BEGIN, 2, 0),
	      EVENT(7, MARK_END, 2, MARK_END_LEFT),
	      EVENT(9, MARK_END, 1, 0));
	expect(&told, "7:2@6-7left 7:1@5-9 ", 0);
}

static void an_end_whose_begin_was_lost_is_no_call(void **state)
{
	struct told told;

	told_init(&told);
	PARSE(&told, EVENT(5, MARK_END, 2, 0), EVENT(6, MARK_BEGIN, 4, 0),
	      EVENT(7, MARK_END, 4, 0), EVENT(8, MARK_END, 1, 0));
	expect(&told, "7:4@6-7 ", 0);
}

static void the_tree_tells_what_is_open_after_a_loss(void **state)
{
	const struct mark_open open[] = { { 5, 1, 1 }, { 50, 4, 4 } };
	struct told told;

	told_init(&told);
	PARSE(&told, EVENT(5, MARK_BEGIN, 1, 0), EVENT(6, MARK_BEGIN, 2, 0));
	/* Call 1 goes on; what was in it ended and began again. */
	mark_stream_lost(&told.stream, open, 2, 40, &told.tree);
	assert_int_equal(told.stream.depth, 1);
	PARSE(&told, EVENT(40, MARK_BEGIN, 3, 0), EVENT(41, MARK_END, 3, 0),
	      EVENT(42, MARK_END, 2, 0), EVENT(50, MARK_BEGIN, 4, 0),
	      EVENT(60, MARK_END, 4, 0), EVENT(61, MARK_END, 1, 0));
	expect(&told, "7:3@40-41 7:4@50-60 7:1@5-61 ", 0);
}

static void what_a_program_says_is_open_is_not_believed(void **state)
{
	const struct mark_open hostile[][2] = {
		{ { 5, 2, 2 } },		/* no root */
		{ { 5, MARK_NODES, 1 } },
		{ { 5, 400, 1 } },		/* not there */
		{ { UINT64_MAX, 1, 1 } },	/* in the future */
		{ { 0, 1, 1 } },
	};
	struct told told;

	told_init(&told);
	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++) {
		mark_stream_lost(&told.stream, hostile[i], 2, 40, &told.tree);
		assert_int_equal(told.stream.depth, 0);
	}
	mark_stream_lost(&told.stream, (const struct mark_open[]){
			 { 9, 1, 1 }, { 8, 2, 2 } }, 2, 40, &told.tree);
	assert_int_equal(told.stream.depth, 1);
	expect(&told, "", 0);
}

static void open_regions_end_with_their_thread(void **state)
{
	struct told told;

	told_init(&told);
	PARSE(&told, EVENT(5, MARK_BEGIN, 1, 0), EVENT(6, MARK_BEGIN, 2, 0),
	      EVENT(20, MARK_THREAD, 0, 8), EVENT(21, MARK_BEGIN, 1, 0));
	mark_stream_end(&told.stream, 30, &ops, &told);
	expect(&told, "7:2@6-20cut 7:1@5-20cut 8:1@21-30cut ", 0);
}

static void notes_counters_and_pauses_are_handed_on(void **state)
{
	struct told told;

	told_init(&told);
	PARSE(&told, EVENT(5, MARK_EVENT, 3, MARK_NODE_NONE),
	      EVENT(6, MARK_LABEL, 2, 5 << 16 | 1),
	      EVENT(7, MARK_COUNTER, 4, 1),
	      EVENT((uint64_t)-3, MARK_VALUE, 0, 0),
	      EVENT(8, MARK_PAUSE, 0, 0), EVENT(9, MARK_RESUME, 0, 0),
	      /* A value without its counter, which was lost. */
	      EVENT(1, MARK_VALUE, 0, 0));
	expect(&told, "event3:65535@5 label1:2=5 counter4=-3@7 pause resume ",
	       0);
}

static void what_cannot_be_is_counted_and_left_out(void **state)
{
	struct told told;

	told_init(&told);
	PARSE(&told, EVENT(5, MARK_BEGIN, 9, 0), EVENT(5, MARK_BEGIN, 512, 0),
	      EVENT(5, MARK_END, 0xffffff, 0), EVENT(0, MARK_BEGIN, 1, 0),
	      EVENT(1001, MARK_BEGIN, 1, 0), EVENT(5, MARK_NOTHING, 0, 0),
	      EVENT(5, 99, 1, 1), EVENT(5, MARK_EVENT, 0, 1),
	      EVENT(5, MARK_EVENT, MARK_NAMES, 1),
	      EVENT(5, MARK_EVENT, 1, 77),
	      EVENT(5, MARK_LABEL, 1, UINT32_MAX),
	      EVENT(5, MARK_COUNTER, 1, 700),
	      /* It ends before it began. */
	      EVENT(9, MARK_BEGIN, 1, 0), EVENT(8, MARK_END, 1, 0));
	expect(&told, "", 13);
}

static void no_more_than_64_are_open(void **state)
{
	struct told told;

	told_init(&told);
	for (int i = 0; i < 70; i++)
		PARSE(&told, EVENT(5, MARK_BEGIN, MARK_NODE_OTHER, 0));
	assert_int_equal(told.stream.depth, MARK_DEPTH);
	expect(&told, "", 6);
}

static void buckets_and_their_starts_agree(void **state)
{
	for (uint32_t b = 0; b < MARK_BUCKETS; b++) {
		const uint64_t start_ns = mark_bucket_start(b);

		assert_int_equal(mark_bucket(start_ns), b);
		if (start_ns)
			assert_int_equal(mark_bucket(start_ns - 1), b - 1);
	}
	assert_int_equal(mark_bucket(UINT64_MAX), MARK_BUCKETS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_in_calls_are_told_at_their_ends),
		cmocka_unit_test(an_end_whose_begin_was_lost_is_no_call),
		cmocka_unit_test(the_tree_tells_what_is_open_after_a_loss),
		cmocka_unit_test(what_a_program_says_is_open_is_not_believed),
		cmocka_unit_test(open_regions_end_with_their_thread),
		cmocka_unit_test(notes_counters_and_pauses_are_handed_on),
		cmocka_unit_test(what_cannot_be_is_counted_and_left_out),
		cmocka_unit_test(no_more_than_64_are_open),
		cmocka_unit_test(buckets_and_their_starts_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
