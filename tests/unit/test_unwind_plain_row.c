/* SPDX-License-Identifier: MIT */
/*
 * Plain rows lead where libunwind goes: stacks of any words, in the code of
 * this program and its libraries, unwound by both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/hash.h"
#include "proc/maps.h"
#include "unwind/address_space.h"
#include "unwind/plain_row.h"
#include "unwind/unwinder.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TRIALS = 40000,
	STACK_BYTES = 4096,
	RANGES = 64,
	FRAMES_LEAST = 3 * TRIALS / 2	/* else it compares hardly anything */
};

#define STACK_START UINT64_C(0x7ffd00000000)

struct fixture {
	struct module_table *modules;
	struct address_space *space;
	struct unwinder *rows;
	struct unwinder *libunwind;
	struct unwind_result by_rows;
	struct unwind_result by_libunwind;
	struct snapshot snap;
	struct proc_map code[RANGES];
	size_t code_count;
	uint64_t random;
};

static uint64_t next_random(struct fixture *f)
{
	f->random++;
	return hash_u64(f->random);
}

static void find_code(struct fixture *f)
{
	struct proc_maps maps = PROC_MAPS_INIT;

	assert_int_equal(proc_maps_read(&maps, getpid(), PROC_MAPS_EXECUTABLE,
					NULL), 0);
	for (size_t i = 0; i < maps.maps.count && f->code_count < RANGES; i++)
		f->code[f->code_count++] = maps.maps.items[i];
	assert_true(f->code_count >= 3);
	proc_maps_release(&maps);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->modules = module_table_new();
	f->space = address_space_new(f->modules, getpid(), 0);
	f->rows = unwinder_new();
	f->libunwind = unwinder_libunwind_new();
	f->snap.stack = calloc(1, SNAPSHOT_STACK_MAX);
	if (address_space_refresh(f->space, NULL))
		return -1;
	find_code(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unwind_result_release(&f->by_rows);
	unwind_result_release(&f->by_libunwind);
	unwinder_close(f->rows);
	unwinder_close(f->libunwind);
	address_space_free(f->space);
	module_table_free(f->modules);
	free(f->snap.stack);
	free(f);
	return 0;
}

static uint64_t code_address(struct fixture *f)
{
	const struct proc_map *map = &f->code[next_random(f) % f->code_count];

	return map->start + next_random(f) % (map->end - map->start);
}

static uint64_t stack_address(struct fixture *f)
{
	return STACK_START + next_random(f) % STACK_BYTES / 8 * 8;
}

static uint64_t any_word(struct fixture *f)
{
	switch (next_random(f) % 8) {
	case 0:
		return 0;
	case 1:
		return next_random(f);
	case 2:
	case 3:
		return stack_address(f);
	default:
		return code_address(f);
	}
}

static void fill(struct fixture *f)
{
	struct snapshot *snap = &f->snap;

	for (size_t i = 0; i < STACK_BYTES; i += 8) {
		uint64_t word = any_word(f);

		memcpy(snap->stack + i, &word, sizeof(word));
	}
	for (size_t i = 0; i < SNAPSHOT_REGS; i++)
		snap->regs[i] = next_random(f) % 4 ? stack_address(f) :
				any_word(f);
	snap->stack_start = STACK_START;
	snap->stack_bytes = STACK_BYTES - next_random(f) % 64;
	snap->regs[SNAP_RSP] = STACK_START;
	snap->regs[SNAP_RIP] = code_address(f);
	snap->known = next_random(f) % 4 ? SNAPSHOT_ALL_REGS :
		      SNAPSHOT_SLEEPING_REGS;
}

static void assert_same(const struct unwind_result *a,
			const struct unwind_result *b)
{
	assert_int_equal(a->frames.count, b->frames.count);
	for (size_t i = 0; i < a->frames.count; i++) {
		assert_int_equal(a->frames.items[i].module,
				 b->frames.items[i].module);
		assert_int_equal(a->frames.items[i].address,
				 b->frames.items[i].address);
	}
	assert_int_equal(a->end, b->end);
	assert_int_equal(a->deepest, b->deepest);
	assert_int_equal(a->needs_maps, b->needs_maps);
	assert_int_equal(a->restorer, b->restorer);
	assert_int_equal(a->outer.count, b->outer.count);
}

/* A row of such a program behind def_cfa rsp+8, pc at CFA-8. */
static struct plain_row row_of(const void *program, size_t len,
			       uint64_t offset)
{
	static const uint8_t cie[] = { 0x0c, SNAP_RSP, 8, 0x80 | SNAP_RIP, 1 };
	const struct elf_cfi cfi = {
		.cie_program = cie, .cie_program_len = sizeof(cie),
		.fde_program = program, .fde_program_len = len,
		.code_align = 1, .data_align = -8,
		.return_column = SNAP_RIP, .end = 100,
	};

	return plain_row_of(&cfi, offset);
}

static void assert_cfa(const struct plain_row *row, enum snapshot_reg reg,
		       int32_t offset)
{
	assert_int_equal(row->kind, ROW_PLAIN);
	assert_int_equal(row->cfa_register, reg);
	assert_int_equal(row->cfa_offset, offset);
	assert_int_equal(row->slots[KEPT_PC], -8);
}

/* push %rbp; mov %rsp, %rbp; ...; pop %rbp; ret */
static void rows_follow_the_code(void **state)
{
	static const uint8_t program[] = {
		0x41, 0x0e, 16, 0x80 | SNAP_RBP, 2,	/* from 1 on */
		0x43, 0x0d, SNAP_RBP,			/* from 4 on */
		0x0a, 0x02, 60, 0xc0 | SNAP_RBP, 0x0c, SNAP_RSP, 8,
		0x41, 0x0b				/* from 65 on */
	};
	struct plain_row row = row_of(program, sizeof(program), 0);

	assert_cfa(&row, SNAP_RSP, 8);
	assert_int_equal(row.slots[KEPT_RBP], SLOT_SAME);
	row = row_of(program, sizeof(program), 1);
	assert_cfa(&row, SNAP_RSP, 16);
	assert_int_equal(row.slots[KEPT_RBP], -16);
	row = row_of(program, sizeof(program), 63);
	assert_cfa(&row, SNAP_RBP, 16);
	assert_int_equal(row.slots[KEPT_RBP], -16);
	row = row_of(program, sizeof(program), 64);
	assert_cfa(&row, SNAP_RSP, 8);
	assert_int_equal(row.slots[KEPT_RBP], SLOT_SAME);
	row = row_of(program, sizeof(program), 65);
	assert_cfa(&row, SNAP_RBP, 16);
	assert_int_equal(row.slots[KEPT_RBX], SLOT_SAME);
}

#define KIND(...) row_of((uint8_t[]){ __VA_ARGS__ }, \
			 sizeof((uint8_t[]){ __VA_ARGS__ }), 50).kind

static void what_others_must_execute_is_not_plain(void **state)
{
	/* An expression, for the CFA or a register; one in another. */
	assert_int_equal(KIND(0x0f, 2, 0x77, 8), ROW_OTHER);
	assert_int_equal(KIND(0x10, SNAP_RBX, 2, 0x77, 8), ROW_OTHER);
	assert_int_equal(KIND(0x16, SNAP_RSP, 2, 0x77, 8), ROW_OTHER);
	assert_int_equal(KIND(0x09, SNAP_RIP, SNAP_RDX), ROW_OTHER);
	/* A register that is lost; no place for the caller. */
	assert_int_equal(KIND(0x07, SNAP_RBX), ROW_OTHER);
	assert_int_equal(KIND(0x08, SNAP_RIP), ROW_OTHER);
	/* Neither known nor whole, or too much. */
	assert_int_equal(KIND(0x3f), ROW_OTHER);
	assert_int_equal(KIND(0x0e), ROW_OTHER);
	assert_int_equal(KIND(0x0b), ROW_OTHER);
	assert_int_equal(KIND(0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f), ROW_OTHER);
	assert_int_equal(KIND(0x0d, 40), ROW_OTHER);
}

static void no_return_address_is_the_end(void **state)
{
	assert_int_equal(KIND(0x07, SNAP_RIP), ROW_OUTERMOST);
}

static void what_does_not_matter_to_callers_is_plain(void **state)
{
	assert_int_equal(KIND(0x00, 0x2e, 16), ROW_PLAIN);
	assert_int_equal(KIND(0x07, SNAP_RCX), ROW_PLAIN);
	assert_int_equal(KIND(0x10, SNAP_R8, 2, 0x77, 8), ROW_PLAIN);
	/* Not from here on, but later. */
	assert_int_equal(KIND(0x02, 60, 0x0f, 2, 0x77, 8), ROW_PLAIN);
	assert_int_equal(KIND(0x04, 0xff, 0xff, 0xff, 0xff, 0x07, 16),
			 ROW_PLAIN);
}

static void any_stack_is_unwound_as_by_libunwind(void **state)
{
	struct fixture *f = *state;
	size_t frames = 0;

	for (int i = 0; i < TRIALS; i++) {
		fill(f);
		unwinder_unwind(f->rows, f->space, &f->snap, &f->by_rows);
		unwinder_unwind(f->libunwind, f->space, &f->snap,
				&f->by_libunwind);
		assert_same(&f->by_rows, &f->by_libunwind);
		frames += f->by_rows.frames.count;
	}
	assert_true(frames >= FRAMES_LEAST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_follow_the_code),
		cmocka_unit_test(what_others_must_execute_is_not_plain),
		cmocka_unit_test(no_return_address_is_the_end),
		cmocka_unit_test(what_does_not_matter_to_callers_is_plain),
		cmocka_unit_test_setup_teardown(
			any_stack_is_unwound_as_by_libunwind, set_up,
			tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
