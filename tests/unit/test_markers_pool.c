/* SPDX-License-Identifier: MIT */
/* A pool that is read from our own memory. */
#include "markers/pool.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#define FAR_NS (UINT64_C(1) << 62)

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
static struct marker_pool *open_ahead(int64_t ahead_ns)
{
	const struct mark_note note = { .version = MARK_VERSION };
	struct marker_pool *pool;

	memset(&ours, 0, sizeof(ours));
	add_name(1, "one");
	ours.nodes[1] = (uint32_t)MARK_NODE_NONE << 16 | 1;
	ours.tables.nodes_used = 1;
	pool = marker_pool_open(getpid(), (const uint8_t *)&note,
				(uintptr_t)&ours, 1, ahead_ns);
	assert_non_null(pool);
	assert_true(marker_pool_lease(pool, getpid(), FAR_NS));
	ours.head.lines[0].owner = ours.slots[0].owner = THREAD;
	ours.head.lines[0].epoch = ours.head.control.epoch;
	return pool;
}

static struct marker_pool *open_ours(void)
{
	return open_ahead(0);
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

/* As in another time namespace. */
static void times_are_ours_whatever_the_clock_of_the_program(void **state)
{
	static const int64_t ahead_ns[] = {
		INT64_C(1000000000000), -INT64_C(1000000)
	};

	for (size_t i = 0; i < ARRAY_SIZE(ahead_ns); i++) {
		const uint64_t now_ns = clock_monotonic_ns();
		const uint64_t theirs_ns = now_ns + ahead_ns[i];
		struct marker_pool *pool = open_ahead(ahead_ns[i]);
		struct mark_slot *slot = &ours.slots[0];
		struct told told = { .counters = 0 };

		assert_int_equal(ours.head.control.lease_ns,
				 FAR_NS + ahead_ns[i]);
		slot->ring[0] = (struct mark_event){
			theirs_ns - 500, MARK_WORD(MARK_BEGIN, 1, 0)
		};
		slot->ring[1] = (struct mark_event){
			theirs_ns - 100, MARK_WORD(MARK_END, 1, 0)
		};
		ours.head.lines[0].head = 2;
		assert_true(drain(pool, &told));
		assert_int_equal(told.calls, 1);
		assert_int_equal(told.start_ns, now_ns - 500);
		marker_pool_close(pool);
	}
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

/* --- a hostile program --- */

static uint64_t random_state;

static uint64_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* What is passed on is in range, has a name, and ends after it began. */
static void sane_node(uint32_t node)
{
	assert_true(node < MARK_NODES || node == MARK_NODE_NONE);
}

static void sane_call(void *context, uint32_t thread, uint32_t node,
		      uint64_t start_ns, uint64_t end_ns, uint8_t flags)
{
	assert_true(node < MARK_NODES && start_ns && start_ns <= end_ns);
}

static void sane_event(void *context, uint32_t thread, uint32_t name,
		       uint32_t node, uint64_t time_ns)
{
	assert_true(name && name < MARK_NAMES);
	sane_node(node);
}

static void sane_label(void *context, uint32_t node, uint32_t key,
		       uint32_t value)
{
	assert_true(node < MARK_NODES && key < MARK_NAMES &&
		    value < MARK_NAMES);
}

static void sane_counter(void *context, uint32_t thread, uint32_t name,
			 uint32_t node, uint64_t time_ns, int64_t value)
{
	sane_event(context, thread, name, node, time_ns);
}

static void sane_pause(void *context, uint64_t time_ns, bool paused)
{
}

static const struct mark_ops sane_ops = {
	.call = sane_call, .event = sane_event, .label = sane_label,
	.counter = sane_counter, .pause = sane_pause
};

/* Any bytes, or small numbers, which are more often believed. */
static void scribble(void *memory, size_t bytes)
{
	const uint64_t mask = random_number() % 2 ? UINT64_MAX :
			      UINT64_C(0x03ff00ff01ff007f);
	uint8_t *to = memory;

	for (size_t i = 0; i + 8 <= bytes; i += 8) {
		const uint64_t word = random_number() & mask;

		memcpy(to + i, &word, sizeof(word));
	}
}

/* Events whose times are right, and little else. */
static void scribble_ring(struct mark_slot *slot, uint64_t now_ns)
{
	for (size_t i = 0; i < MARK_RING; i++)
		slot->ring[i] = (struct mark_event){
			now_ns - random_number() % 1000,
			MARK_WORD(random_number() % 11, random_number() % 600,
				  random_number() % 600)
		};
}

static void look_at_all(struct marker_pool *pool)
{
	static struct region_total totals[MARK_NODES];
	struct region_losses losses = { .events = 0 };
	struct mark_label labels[MARK_RUN_LABELS];
	uint32_t parent, name, version;

	assert_true(marker_pool_totals(pool, getpid(), totals));
	marker_pool_losses(pool, &losses);
	marker_pool_run(pool, &name, &version, labels);
	assert_true(strlen(marker_pool_name(pool, name)) < MARK_NAME_BYTES);
	for (size_t i = 0; i < MARK_RUN_LABELS; i++)
		assert_true(strlen(marker_pool_name(pool, labels[i].value)) <
			    MARK_NAME_BYTES);
	for (uint32_t node = 0; node < MARK_NODES; node++) {
		name = marker_pool_node(pool, node, &parent);
		assert_true(parent < MAX(node, 1u) ||
			    parent == MARK_NODE_NONE);
		assert_true(strlen(marker_pool_name(pool, name)) <
			    MARK_NAME_BYTES);
	}
}

static void nothing_that_a_program_writes_there_is_believed(void **state)
{
	for (uint64_t round = 1; round <= 60; round++) {
		struct marker_pool *pool = open_ours();
		const struct mark_control control = ours.head.control;
		size_t most = 0;

		random_state = round * UINT64_C(0x9e3779b97f4a7c15);
		for (int look = 0; look < 8; look++) {
			scribble(&ours.head, sizeof(ours.head));
			scribble(&ours.tables,
				 offsetof(struct mark_pool, slots) -
				 sizeof(ours.head));
			for (int i = 0; i < 4; i++) {
				struct mark_slot *slot = &ours.slots[i];

				scribble(slot, offsetof(struct mark_slot,
							totals));
				scribble_ring(slot, clock_monotonic_ns());
				ours.head.lines[i].epoch = control.epoch;
			}
			ours.head.control = control;
			assert_true(marker_pool_drain(pool, getpid(),
						      &sane_ops, NULL,
						      &most));
			assert_true(most <= MARK_RING);
			marker_pool_thread_end(pool, random_number() % 600,
					       clock_monotonic_ns(),
					       &sane_ops, NULL);
			look_at_all(pool);
		}
		marker_pool_end(pool, clock_monotonic_ns(), &sane_ops, NULL);
		marker_pool_close(pool);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_an_overrun_thread_and_times_are_right),
		cmocka_unit_test(
			times_are_ours_whatever_the_clock_of_the_program),
		cmocka_unit_test(a_node_whose_name_comes_later_is_known_then),
		cmocka_unit_test(a_process_that_is_gone_is_not_switched_on),
		cmocka_unit_test(
			a_call_that_found_the_lease_over_begins_an_epoch),
		cmocka_unit_test(what_took_the_place_of_a_pool_is_left_alone),
		cmocka_unit_test(
			nothing_that_a_program_writes_there_is_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
