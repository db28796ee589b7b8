/* SPDX-License-Identifier: MIT */
/* Snapshots of this very program, taken by itself and then unwound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "proc/maps.h"
#include "unwind/address_space.h"
#include "unwind/unwinder.h"

#include <alloca.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* clang makes no clones, and does not know the word. */
#if __has_attribute(noclone)
#define NOINLINE __attribute__((noinline, noclone))
#else
#define NOINLINE __attribute__((noinline))
#endif

struct fixture {
	struct module_table *modules;
	struct address_space *space;
	struct unwinder *unwinder;
	struct unwind_result result;
	struct snapshot snap;
	uint64_t stack_end;
	volatile int sink;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct proc_maps maps = PROC_MAPS_INIT;

	f->modules = module_table_new();
	f->space = address_space_new(f->modules, getpid(), 0);
	f->unwinder = unwinder_new();
	f->snap.stack = calloc(1, SNAPSHOT_STACK_MAX);
	if (!f->unwinder || address_space_refresh(f->space, NULL) ||
	    proc_maps_read(&maps, getpid(), PROC_MAPS_ALL, NULL))
		return -1;
	f->stack_end = proc_maps_find(&maps, (uintptr_t)&maps)->end;
	proc_maps_release(&maps);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unwind_result_release(&f->result);
	unwinder_close(f->unwinder);
	address_space_free(f->space);
	module_table_free(f->modules);
	free(f->snap.stack);
	free(f);
	return 0;
}

/* Not memcpy: a sanitizer would object to reading all of the stack. */
__attribute__((no_sanitize_address)) static void
copy_stack(struct snapshot *snap, const char *from)
{
	for (size_t i = 0; i < snap->stack_bytes; i++)
		((volatile char *)snap->stack)[i] = from[i];
}

NOINLINE static void take(struct fixture *f)
{
	static const int order[SNAPSHOT_REGS] = {
		REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP,
		REG_RSP, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13,
		REG_R14, REG_R15, REG_RIP
	};
	ucontext_t here;

	getcontext(&here);
	for (size_t i = 0; i < SNAPSHOT_REGS; i++)
		f->snap.regs[i] = (uint64_t)here.uc_mcontext.gregs[order[i]];
	f->snap.known = SNAPSHOT_ALL_REGS;
	f->snap.stack_start = f->snap.regs[SNAP_RSP];
	f->snap.stack_bytes = MIN(f->stack_end - f->snap.stack_start,
				  (uint64_t)SNAPSHOT_STACK_MAX);
	copy_stack(&f->snap, (const char *)f->snap.stack_start);
	f->sink++;
}

NOINLINE static void recurse(struct fixture *f, int depth)
{
	if (depth > 1)
		recurse(f, depth - 1);
	else
		take(f);
	f->sink++;
}

static struct fixture *the_fixture(struct fixture *f)
{
	static struct fixture *kept;

	if (f)
		kept = f;
	return kept;
}

/* Number of consecutive frames that are at the same place. */
static size_t longest_run(const struct unwind_result *result)
{
	size_t best = 1, run = 1;

	for (size_t i = 1; i < result->frames.count; i++) {
		const struct frame *frame = &result->frames.items[i];

		run = frame->address == frame[-1].address ? run + 1 : 1;
		best = MAX(best, run);
	}
	return best;
}

static void a_recursion_is_followed_to_the_start(void **state)
{
	struct fixture *f = *state;

	recurse(f, 50);
	unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
	assert_int_equal(f->result.end, UNWIND_COMPLETE);
	assert_true(f->result.frames.count > 50);
	/* The innermost one of 50 calls from another place. */
	assert_in_range(longest_run(&f->result), 48, 50);
	assert_true(f->result.deepest > f->snap.stack_start);
	assert_true(f->result.deepest <= f->stack_end);
	assert_false(f->result.needs_maps);
	assert_int_equal(f->result.restorer, 0);
}

static int compare_and_take(const void *a, const void *b)
{
	take(the_fixture(NULL));
	return memcmp(a, b, 1);
}

static void frames_of_two_modules_take_turns(void **state)
{
	struct fixture *f = *state;
	char letters[2] = { 'a', 'b' };
	size_t changes = 0;
	uint32_t first;

	the_fixture(f);
	qsort(letters, 2, 1, compare_and_take);
	unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
	assert_int_equal(f->result.end, UNWIND_COMPLETE);
	/* Ours, the C library, ours again, cmocka, ours, the C library... */
	first = f->result.frames.items[0].module;
	for (size_t i = 1; i < f->result.frames.count; i++) {
		const struct frame *frame = &f->result.frames.items[i];

		changes += (frame->module == first) !=
			   (frame[-1].module == first);
	}
	assert_true(changes >= 4);
}

static void a_copy_that_is_too_short_grows_to_the_start(void **state)
{
	struct fixture *f = *state;
	size_t whole, rounds = 0, last = 0;

	recurse(f, 50);
	whole = f->snap.stack_bytes;
	f->snap.stack_bytes = 64;
	do {
		unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
		if (f->result.end != UNWIND_DEPTH)
			break;
		assert_true(f->result.frames.count >= last);
		last = f->result.frames.count;
		assert_true(f->result.deepest >
			    f->snap.stack_start + f->snap.stack_bytes);
		f->snap.stack_bytes =
			f->result.deepest - f->snap.stack_start;
		assert_true(f->snap.stack_bytes <= whole);
	} while (++rounds < 1000);
	assert_int_equal(f->result.end, UNWIND_COMPLETE);
	assert_true(rounds > 10);
}

/* Needs rbp to be unwound: its frame has a size that nobody knows. */
NOINLINE static void with_alloca(struct fixture *f, size_t bytes)
{
	volatile char *room = alloca(bytes);

	room[0] = 1;
	take(f);
	f->sink += room[0];
}

static void an_unknown_rbp_is_learnt_at_its_call_site(void **state)
{
	struct fixture *f = *state;
	struct rbp_memory *memory = rbp_memory_new();
	struct snapshot asleep;
	size_t frames;

	for (int i = 0; i < 2; i++) {
		with_alloca(f, 400);
		asleep = f->snap;
		asleep.known = SNAPSHOT_SLEEPING_REGS;
		assert_int_equal(unwinder_unwind_sleeping(
					 f->unwinder, f->space, &asleep,
					 memory, &f->result), i);
		if (i == 0) {
			assert_int_equal(f->result.end,
					 UNWIND_NEEDS_REGISTER);
			rbp_memory_learn(memory, f->unwinder, f->space,
					 &f->snap);
		}
	}
	frames = f->result.frames.count;
	unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
	assert_int_equal(f->result.frames.count, frames);

	/*
	 * The same place, another distance: not believed.  (In a build with
	 * frame pointers the distance is that of an inner frame, and right.)
	 */
	with_alloca(f, 4000);
	asleep = f->snap;
	asleep.known = SNAPSHOT_SLEEPING_REGS;
	if (unwinder_unwind_sleeping(f->unwinder, f->space, &asleep, memory,
				     &f->result))
		assert_int_equal(f->result.frames.count, frames);
	else
		assert_int_not_equal(f->result.end, UNWIND_COMPLETE);
	rbp_memory_free(memory);
}

/* What Python's -X perf puts around its calls; see way_out.h. */
#define STUB "\x48\x83\xec\x08\xff\xd1\x48\x83\xc4\x08\xc3"
#define STUB_RETURNS_TO 6
#define OTHER_CODE "\x48\x83\xec\x08\xff\xd1\x90\x48\x83\xc4\x08"

typedef void called_fn(struct fixture *f, int b, int c, void *rcx);

static void take_below(struct fixture *f, int b, int c, void *rcx)
{
	take(f);
	f->sink++;
}

NOINLINE static void call_through(struct fixture *f, called_fn *called)
{
	called(f, 0, 0, take_below);
	f->sink++;
}

/* How many frames a snapshot below `called` has; 0: it is not complete. */
static size_t frames_through(struct fixture *f, called_fn *called)
{
	call_through(f, called);
	unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
	return f->result.end == UNWIND_COMPLETE ? f->result.frames.count : 0;
}

static void put_code(struct fixture *f, char *code, const char *bytes)
{
	assert_int_equal(mprotect(code, 4096, PROT_READ | PROT_WRITE), 0);
	memcpy(code, bytes, sizeof(STUB));
	assert_int_equal(mprotect(code, 4096, PROT_READ | PROT_EXEC), 0);
	assert_int_equal(address_space_refresh(f->space, NULL), 0);
}

static void a_stub_without_rules_is_left_by_its_own_instructions(void **state)
{
	struct fixture *f = *state;
	const size_t frames = frames_through(f, take_below);
	char *code = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	size_t at = 0;

	assert_true(frames > 0);
	assert_ptr_not_equal(code, MAP_FAILED);
	put_code(f, code, STUB);
	assert_int_equal(frames_through(f, (called_fn *)(void *)code),
			 frames + 1);
	while (f->result.frames.items[at].address !=
	       (uintptr_t)code + STUB_RETURNS_TO - 1)
		assert_true(++at < frames);

	/* Other code is there now, and not taken for the one that was. */
	put_code(f, code, OTHER_CODE);
	unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
	assert_false(f->result.end == UNWIND_COMPLETE &&
		     f->result.frames.count == frames + 1);
	munmap(code, 4096);
	assert_int_equal(address_space_refresh(f->space, NULL), 0);
}

static void zeroed_memory_is_no_start(void **state)
{
	struct fixture *f = *state;

	recurse(f, 50);
	unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
	for (size_t from = 0; from < 4096; from += 8) {
		memset(f->snap.stack + 4096 - from, 0, 8);
		unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
	}
	assert_int_not_equal(f->result.end, UNWIND_COMPLETE);
	recurse(f, 50);
	memset(f->snap.stack + 2048, 0, f->snap.stack_bytes - 2048);
	unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
	assert_int_not_equal(f->result.end, UNWIND_COMPLETE);
	assert_true(f->result.frames.count > 3);
}

static void a_pc_in_no_mapping_asks_for_new_maps(void **state)
{
	struct fixture *f = *state;

	recurse(f, 5);
	f->snap.regs[SNAP_RIP] = 0x10;
	unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
	assert_int_equal(f->result.end, UNWIND_UNMAPPED);
	assert_true(f->result.needs_maps);
	assert_int_equal(f->result.frames.count, 1);
	assert_int_equal(f->result.frames.items[0].module,
			 module_table_unknown(f->modules));
	assert_int_equal(f->result.frames.items[0].address, 0x10);
}

/* Corrupted stacks and registers: an end, soon, whatever they hold. */
static void damage_does_no_harm(void **state)
{
	struct fixture *f = *state;
	unsigned int seed = 3;

	recurse(f, 50);
	for (int round = 0; round < 5000; round++) {
		uint64_t word = f->snap.stack_start +
				(uint64_t)rand_r(&seed) % 8192;
		size_t at = (size_t)rand_r(&seed) % 4096;

		if (round % 3 == 0)
			memcpy(&word, f->snap.stack +
			       ((size_t)rand_r(&seed) % 4096 & ~7ul), 8);
		memcpy(f->snap.stack + (at & ~7ul), &word, 8);
		if (round % 16 == 0)
			f->snap.regs[(size_t)rand_r(&seed) % 17] = word;
		unwinder_unwind(f->unwinder, f->space, &f->snap, &f->result);
		assert_true(f->result.frames.count < 5000);
		if (round % 50 == 49)
			recurse(f, 50);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recursion_is_followed_to_the_start),
		cmocka_unit_test(frames_of_two_modules_take_turns),
		cmocka_unit_test(a_copy_that_is_too_short_grows_to_the_start),
		cmocka_unit_test(an_unknown_rbp_is_learnt_at_its_call_site),
		cmocka_unit_test(
			a_stub_without_rules_is_left_by_its_own_instructions),
		cmocka_unit_test(zeroed_memory_is_no_start),
		cmocka_unit_test(a_pc_in_no_mapping_asks_for_new_maps),
		cmocka_unit_test(damage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
