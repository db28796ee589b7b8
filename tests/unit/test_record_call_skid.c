/* SPDX-License-Identifier: MIT */
#include "record/call_skid.h"

#include "base/clock.h"
#include "unwind/module_table.h"
#include "unit/sink_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum {
	LOOKS = 1000,		/* in a window of a second */
	CALL = LOOK_IN_CALL | LOOK_SOON,
	/* Addresses in the program, and in libraries. */
	MAIN = 0x100, WORK = 0x200, OTHER = 0x300, INNER = 0x400, READ = 0x900
};

struct fixture {
	struct module_table *modules;
	struct sink_log log;
	struct stack_table stacks;
	struct interval_vec window;
	/* main > work, main > work > inner, main > other */
	uint32_t work, inner, other;
	/* ... and at calls that these make */
	uint32_t work_read, work_clock, other_read;
};

/* main, what it calls, and what that calls: modules and addresses */
static uint32_t stack_of(struct fixture *f, uint64_t function, size_t count,
			 const struct frame *calls)
{
	struct frame frames[8];
	size_t n = 0;

	while (n < count) {
		frames[n] = calls[n];
		n++;
	}
	frames[n++] = (struct frame){ 1, function };
	frames[n++] = (struct frame){ 1, function < OTHER ? MAIN : MAIN + 8 };
	return stack_table_add(&f->stacks, frames, n, ID_NONE);
}

static int set_up(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	const struct frame inner[] = { { 1, INNER } };
	const struct frame call[] = { { 2, READ } };
	const struct frame clock[] = { { 3, READ }, { 2, READ }, { 2, MAIN } };
	const enum module_kind kinds[] = { MODULE_FILE, MODULE_FILE,
					   MODULE_VDSO };
	const char *const names[] = { "program", "libc", "[vdso]" };

	f->log.sink.ops = &sink_log_ops;
	f->modules = module_table_new();
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		module_table_add(f->modules, &(struct file_key){ .inode = i },
				 kinds[i], names[i], -1, NULL);
	stack_table_init(&f->stacks, &f->log.sink, f->modules);
	f->work = stack_of(f, WORK, 0, NULL);
	f->inner = stack_of(f, WORK + 4, 1, inner);
	f->other = stack_of(f, OTHER, 0, NULL);
	f->work_read = stack_of(f, WORK + 8, 1, call);
	f->work_clock = stack_of(f, WORK + 12, 3, clock);
	f->other_read = stack_of(f, OTHER + 8, 1, call);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	interval_vec_release(&f->window);
	stack_table_release(&f->stacks);
	module_table_free(f->modules);
	strbuf_release(&f->log.text);
	test_free(f);
	return 0;
}

static void add_look(struct fixture *f, uint32_t stack, uint8_t flags)
{
	interval_vec_push(&f->window, (struct interval){
		.wall_ns = NS_PER_MS, .stack = stack,
		.state = STATE_RUNNING, .flags = flags,
	});
}

static size_t looks_at(const struct fixture *f, uint32_t stack)
{
	size_t count = 0;

	for (size_t i = 0; i < f->window.count; i++)
		count += f->window.items[i].stack == stack;
	return count;
}

/* Every look is still there, and was as long as it is. */
static void assert_whole(const struct fixture *f, size_t looks)
{
	assert_int_equal(f->window.count, looks);
	for (size_t i = 0; i < looks; i++) {
		assert_int_equal(f->window.items[i].wall_ns, NS_PER_MS);
		assert_int_equal(f->window.items[i].flags &
				 (LOOK_IN_CALL | LOOK_SOON), 0);
	}
}

/*
 * Windows until `end_s`, of which the kernel says `system` of 100, and every
 * `each`th look came upon a call, soon.  Returns how many stay there.
 */
static size_t run(struct fixture *f, size_t each, uint64_t system, int end_s)
{
	struct call_skid skid = { .stops = 0 };
	uint64_t system_ns = 0, user_ns = 0;
	size_t calls = 0;

	for (int second = 0; second < end_s; second++) {
		system_ns += system * NS_PER_S / 100;
		user_ns += (100 - system) * NS_PER_S / 100;
		f->window.count = 0;
		for (size_t i = 0; i < LOOKS; i++)
			add_look(f, i % each ? f->work : f->work_read,
				 i % each ? 0 : CALL);
		call_skid_account(&skid, user_ns, system_ns, false);
		call_skid_move(&skid, &f->stacks, &f->window);
		assert_whole(f, LOOKS);
		calls += looks_at(f, f->work_read);
	}
	return calls;
}

static void as_many_calls_stay_as_the_kernel_accounts_for(void **state)
{
	/* Of 10,000 looks 1,000; a stop of ours is 1 % of system time. */
	assert_in_range(run(*state, 10, 3, 10), 180, 240);
	assert_in_range(run(*state, 10, 0, 10), 15, 50);
}

static void where_nearly_all_looks_are_in_calls_most_are_moved(void **state)
{
	struct fixture *f = *state;
	struct call_skid skid = { .stops = 0 };

	call_skid_account(&skid, 980 * NS_PER_MS, 20 * NS_PER_MS, false);
	for (size_t i = 0; i < LOOKS; i++)
		add_look(f, i % 50 ? f->work_clock : f->work,
			 i % 50 ? CALL : 0);
	call_skid_move(&skid, &f->stacks, &f->window);
	assert_whole(f, LOOKS);
	assert_in_range(looks_at(f, f->work), 950, 990);
}

/* It computed for long, and now it makes calls for a second. */
static void another_part_of_the_program_is_judged_by_itself(void **state)
{
	struct fixture *f = *state;
	struct call_skid skid = { .stops = 0 };
	uint64_t user_ns = 0;

	for (int second = 0; second < 20; second++) {
		user_ns += NS_PER_S;
		call_skid_account(&skid, user_ns, 0, false);
		f->window.count = 0;
		for (size_t i = 0; i < LOOKS; i++)
			add_look(f, f->work, 0);
		call_skid_move(&skid, &f->stacks, &f->window);
	}
	for (size_t i = 0; i < LOOKS; i += 2) {
		f->window.items[i].stack = f->work_read;
		f->window.items[i].flags = CALL;
	}
	call_skid_account(&skid, user_ns + 300 * NS_PER_MS, 700 * NS_PER_MS,
			  false);
	assert_int_equal(call_skid_move(&skid, &f->stacks, &f->window), 0);
	assert_whole(f, LOOKS);
}

static void calls_that_take_their_time_stay(void **state)
{
	assert_int_equal(run(*state, 10, 13, 5), 500);
	assert_int_equal(run(*state, 2, 60, 5), 2500);
}

static void what_moves_stays_with_its_caller_and_near_its_time(void **state)
{
	struct fixture *f = *state;
	struct call_skid skid = { .stops = 0 };

	call_skid_account(&skid, NS_PER_S, 0, false);
	/* Half of the time other(); its calls do not go to work(). */
	for (size_t i = 0; i < LOOKS / 2; i++)
		add_look(f, i % 2 ? f->other : f->other_read, i % 2 ? 0 : CALL);
	for (size_t i = 0; i < LOOKS / 4; i++)
		add_look(f, i % 2 ? f->work : f->work_read, i % 2 ? 0 : CALL);
	for (size_t i = 0; i < LOOKS / 4; i++)
		add_look(f, i % 2 ? f->inner : f->work_clock,
			 i % 2 ? 0 : CALL);
	assert_in_range(call_skid_move(&skid, &f->stacks, &f->window), 480,
			500);
	assert_whole(f, LOOKS);
	assert_in_range(looks_at(f, f->other), LOOKS / 2 - 10, LOOKS / 2);
	assert_in_range(looks_at(f, f->work), LOOKS / 4 - 10, LOOKS / 4);
	assert_in_range(looks_at(f, f->inner), LOOKS / 4 - 10, LOOKS / 4);
	for (size_t i = 0; i < LOOKS; i++) {
		const struct interval *look = &f->window.items[i];

		if (look->flags & SAMPLE_MOVED)
			assert_true(look->stack == look[1].stack ||
				    look->stack == look[-1].stack);
	}
}

static void calls_of_what_was_only_seen_in_calls_stay(void **state)
{
	struct fixture *f = *state;
	struct call_skid skid = { .stops = 0 };

	call_skid_account(&skid, NS_PER_S, 0, false);
	for (size_t i = 0; i < LOOKS; i++)
		add_look(f, i % 2 ? f->work : f->other_read, i % 2 ? 0 : CALL);
	assert_int_equal(call_skid_move(&skid, &f->stacks, &f->window), 0);
	assert_whole(f, LOOKS);
	assert_int_equal(looks_at(f, f->other_read), LOOKS / 2);
}

/* main > work > inner > read: inner does nothing but call. */
static uint32_t inner_read(struct fixture *f)
{
	const struct frame calls[] = { { 2, READ }, { 1, INNER } };

	return stack_of(f, WORK + 16, 2, calls);
}

/* work does more. */
static void what_only_calls_leaves_it_to_its_own_caller(void **state)
{
	struct fixture *f = *state;
	const uint32_t read = inner_read(f);
	struct call_skid skid = { .stops = 0 };

	call_skid_account(&skid, NS_PER_S, 0, false);
	for (size_t i = 0; i < LOOKS; i++)
		add_look(f, i % 4 == 0 ? f->work : i % 4 == 1 ? f->other :
			 read, i % 4 < 2 ? 0 : CALL);
	/* Where they are now is a guess: none of them is counted. */
	assert_int_equal(call_skid_move(&skid, &f->stacks, &f->window), 0);
	assert_whole(f, LOOKS);
	assert_in_range(looks_at(f, read), 0, 10);
	assert_int_equal(looks_at(f, f->other), LOOKS / 4);
	assert_in_range(looks_at(f, f->work), LOOKS * 3 / 4 - 10,
			LOOKS * 3 / 4);
}

/* One look elsewhere would get all that is to be moved. */
static void few_looks_further_out_tell_nothing(void **state)
{
	struct fixture *f = *state;
	const uint32_t read = inner_read(f);
	struct call_skid skid = { .stops = 0 };

	call_skid_account(&skid, NS_PER_S, 0, false);
	for (size_t i = 0; i < LOOKS; i++)
		add_look(f, i % 100 ? read : f->work, i % 100 ? CALL : 0);
	f->window.count = 700;
	assert_int_equal(call_skid_move(&skid, &f->stacks, &f->window), 0);
	assert_int_equal(looks_at(f, read), 693);
	assert_whole(f, 700);
}

static void what_is_no_early_call_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct call_skid skid = { .stops = 0 };

	call_skid_account(&skid, 100 * NS_PER_S, 0, true);
	call_skid_account(&skid, 101 * NS_PER_S, 0, false);
	for (size_t i = 0; i < LOOKS; i++)
		add_look(f, f->work_read, LOOK_IN_CALL);
	assert_false(call_skid_in(&f->window));
	assert_int_equal(call_skid_move(&skid, &f->stacks, &f->window), 0);
	assert_whole(f, LOOKS);
}

static void sleeps_and_other_flags_stay_as_they_are(void **state)
{
	struct fixture *f = *state;
	struct call_skid skid = { .stops = 0 };
	const struct interval sleep = {
		.wall_ns = NS_PER_MS, .stack = f->work, .state = STATE_SLEEP,
	};

	call_skid_account(&skid, NS_PER_S, 0, false);
	for (size_t i = 0; i < LOOKS; i++) {
		interval_vec_push(&f->window, sleep);
		add_look(f, f->work_read, SAMPLE_LATE | CALL);
	}
	assert_true(call_skid_in(&f->window));
	assert_int_equal(call_skid_move(&skid, &f->stacks, &f->window), 0);
	assert_whole(f, 2 * LOOKS);
	assert_int_equal(f->window.items[0].flags, 0);
	assert_int_equal(f->window.items[1].flags, SAMPLE_LATE);
}

static void what_nobody_saw_is_no_guess(void **state)
{
	struct fixture *f = *state;
	struct call_skid skid = { .stops = 0 };
	const uint32_t between =
		stack_table_special(&f->stacks, SPECIAL_BETWEEN_SAMPLES);
	const uint32_t unread =
		stack_table_special(&f->stacks, SPECIAL_NO_STACK);
	const struct frame call = { 2, READ };
	const uint32_t bare = stack_table_add(&f->stacks, &call, 1, ID_NONE);

	call_skid_account(&skid, NS_PER_S, 0, false);
	for (size_t i = 0; i < LOOKS; i++)
		add_look(f, i % 2 ? bare : between, i % 2 ? CALL : 0);
	assert_int_equal(call_skid_move(&skid, &f->stacks, &f->window), 0);
	f->window.count = 0;
	for (size_t i = 0; i < LOOKS; i++)
		add_look(f, i % 2 ? unread : f->work, i % 2 ? CALL : 0);
	assert_int_equal(call_skid_move(&skid, &f->stacks, &f->window), 0);
	assert_whole(f, LOOKS);
}

/* 20,000 stacks of 200 frames, of which none will do. */
static void a_search_for_nothing_ends(void **state)
{
	struct fixture *f = *state;
	struct call_skid skid = { .stops = 0 };
	struct frame deep[200];
	uint32_t stack;

	for (size_t i = 0; i < ARRAY_SIZE(deep); i++)
		deep[i] = (struct frame){ 1, OTHER + i };
	stack = stack_table_add(&f->stacks, deep, ARRAY_SIZE(deep), ID_NONE);
	call_skid_account(&skid, NS_PER_S, 0, false);
	for (size_t i = 0; i < 20 * LOOKS; i++)
		add_look(f, i % 2 ? f->work_read : stack, i % 2 ? CALL : 0);
	/* The last one would find what it looks for. */
	f->window.items[f->window.count - 2].stack = f->work;
	assert_int_equal(call_skid_move(&skid, &f->stacks, &f->window), 0);
	assert_whole(f, 20 * LOOKS);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(as_many_calls_stay_as_the_kernel_accounts_for),
		CASE(where_nearly_all_looks_are_in_calls_most_are_moved),
		CASE(another_part_of_the_program_is_judged_by_itself),
		CASE(calls_that_take_their_time_stay),
		CASE(what_moves_stays_with_its_caller_and_near_its_time),
		CASE(calls_of_what_was_only_seen_in_calls_stay),
		CASE(what_only_calls_leaves_it_to_its_own_caller),
		CASE(few_looks_further_out_tell_nothing),
		CASE(what_is_no_early_call_is_left_alone),
		CASE(sleeps_and_other_flags_stay_as_they_are),
		CASE(what_nobody_saw_is_no_guess),
		CASE(a_search_for_nothing_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
