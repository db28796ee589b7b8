/* SPDX-License-Identifier: MIT */
/* A pool that is read from our own memory. */
#include "markers/pool.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

enum {
	THREAD = 7
};

/* What was told. */
struct told {
	size_t counters;
	size_t of_others;
	size_t calls;
	uint32_t thread;
	uint32_t node;
	uint64_t start_ns;
};

static void on_call(void *context, uint32_t thread, uint32_t node,
		    uint64_t start_ns, uint64_t end_ns, uint8_t flags)
{
	struct told *told = context;

	told->calls++;
	told->thread = thread;
	told->node = node;
	told->start_ns = start_ns;
}

static void on_counter(void *context, uint32_t thread, uint32_t name,
		       uint32_t node, uint64_t time_ns, int64_t value)
{
	struct told *told = context;

	told->counters++;
	told->of_others += thread != THREAD;
}

static const struct mark_ops ops = {
	.call = on_call, .counter = on_counter
};

static struct mark_pool ours __attribute__((aligned(MARK_PAGE)));

static void add_name(uint32_t id, const char *text)
{
	ours.names[id].len = (uint8_t)strlen(text);
	memcpy(ours.names[id].text, text, strlen(text));
	ours.tables.names_used = id;
}

/* One thread that has marked something. */
static struct marker_pool *open_ours(void)
{
	const struct mark_note note = { .version = MARK_VERSION };
	struct marker_pool *pool;

	memset(&ours, 0, sizeof(ours));
	add_name(1, "one");
	ours.nodes[1] = (uint32_t)MARK_NODE_NONE << 16 | 1;
	ours.tables.nodes_used = 1;
	pool = marker_pool_open(getpid(), (const uint8_t *)&note,
				(uintptr_t)&ours, 1);
	assert_non_null(pool);
	assert_true(marker_pool_lease(pool, getpid(), UINT64_MAX));
	ours.head.lines[0].owner = ours.slots[0].owner = THREAD;
	ours.head.lines[0].epoch = ours.head.control.epoch;
	return pool;
}

static bool drain(struct marker_pool *pool, struct told *told)
{
	size_t most = 0;

	return marker_pool_drain(pool, getpid(), &ops, told, &most);
}

static void after_an_overrun_thread_and_times_are_right(void **state)
{
	const uint64_t now_ns = clock_monotonic_ns();
	struct marker_pool *pool = open_ours();
	struct mark_slot *slot = &ours.slots[0];
	struct region_losses losses = { .events = 0 };
	struct told told = { .counters = 0 };

	for (size_t i = 0; i < MARK_RING; i += 2) {
		slot->ring[i] = (struct mark_event){
			now_ns, MARK_WORD(MARK_COUNTER, 1, MARK_NODE_NONE)
		};
		slot->ring[i + 1] = (struct mark_event){
			0, MARK_WORD(MARK_VALUE, 0, 0)
		};
	}
	/* What can be read begins with a value. */
	ours.head.lines[0].head = 2 * MARK_RING + 1;
	slot->depth = 1;
	slot->open[0] = (struct mark_open){ now_ns - 1000, 1, 1 };

	assert_true(drain(pool, &told));
	marker_pool_losses(pool, &losses);
	assert_true(told.counters > 100);
	assert_int_equal(told.of_others, 0);
	assert_int_equal(losses.nonsense, 0);
	assert_int_equal(losses.events % 2, 0);
	marker_pool_end(pool, now_ns + 1, &ops, &told);
	assert_int_equal(told.calls, 1);
	assert_int_equal(told.thread, THREAD);
	assert_int_equal(told.node, 1);
	assert_int_equal(told.start_ns, now_ns - 1000);
	marker_pool_close(pool);
}

static void a_node_whose_name_comes_later_is_known_then(void **state)
{
	struct marker_pool *pool = open_ours();
	struct told told = { .counters = 0 };
	uint32_t parent;

	ours.nodes[2] = 1 << 16 | 2;
	ours.tables.nodes_used = 2;
	assert_true(drain(pool, &told));
	assert_int_equal(marker_pool_node(pool, 1, &parent), 1);
	assert_int_equal(marker_pool_node(pool, 2, &parent), 0);

	add_name(2, "two");
	assert_true(drain(pool, &told));
	assert_int_equal(marker_pool_node(pool, 2, &parent), 2);
	assert_int_equal(parent, 1);
	assert_string_equal(marker_pool_name(pool, 2), "two");
	marker_pool_close(pool);
}

static void a_process_that_is_gone_is_not_switched_on(void **state)
{
	struct marker_pool *pool = open_ours();

	assert_true(marker_pool_is_shared(pool, getpid(), getpid()));
	assert_false(marker_pool_lease(pool, 0, UINT64_MAX));
	marker_pool_close(pool);
}

static void a_call_that_found_the_lease_over_begins_an_epoch(void **state)
{
	struct marker_pool *pool = open_ours();
	const uint32_t epoch = ours.head.control.epoch;
	struct told told = { .counters = 0 };

	assert_true(marker_pool_lease(pool, getpid(), 1000));
	assert_int_equal(marker_pool_lapse_ns(pool), 0);
	assert_true(marker_pool_lease(pool, getpid(), 2000));
	assert_int_equal(ours.head.control.epoch, epoch);

	ours.head.control.lapses++;
	assert_true(marker_pool_lease(pool, getpid(), 9000));
	assert_int_equal(marker_pool_lapse_ns(pool), 2000);
	assert_int_equal(marker_pool_lapse_ns(pool), 0);
	assert_int_not_equal(ours.head.control.epoch, epoch);
	assert_int_equal(MARK_RECORDING(ours.head.control.epoch),
			 MARK_RECORDING(epoch));

	/* A thread that has marked nothing since then is read, too. */
	assert_true(drain(pool, &told));
	assert_true(marker_pool_is_used(pool));
	marker_pool_close(pool);
}

static void what_took_the_place_of_a_pool_is_left_alone(void **state)
{
	struct marker_pool *pool = open_ours();
	struct told told = { .counters = 0 };
	struct region_losses losses = { .events = 0 };

	assert_true(drain(pool, &told));
	memset(&ours, 0xa5, sizeof(ours));
	assert_false(drain(pool, &told));
	assert_false(marker_pool_lease(pool, getpid(), 1000));
	for (size_t i = 0; i < sizeof(ours.head); i++)
		assert_int_equal(((const uint8_t *)&ours.head)[i], 0xa5);
	/* Nor is it believed. */
	marker_pool_losses(pool, &losses);
	assert_int_equal(losses.threads + losses.names, 0);
	assert_int_equal(told.calls, 0);
	marker_pool_close(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_an_overrun_thread_and_times_are_right),
		cmocka_unit_test(a_node_whose_name_comes_later_is_known_then),
		cmocka_unit_test(a_process_that_is_gone_is_not_switched_on),
		cmocka_unit_test(
			a_call_that_found_the_lease_over_begins_an_epoch),
		cmocka_unit_test(what_took_the_place_of_a_pool_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
