/* SPDX-License-Identifier: MIT */
/* Which symbol has an address. */
#include "elf/symtab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { UNSIZED = 1 << 8 };

static void add(struct elf_symtab *table, uint64_t start, uint64_t end,
		const char *name, uint32_t rank)
{
	struct elf_symbol symbol = {
		.start = start, .end = end, .name = name, .rank = rank,
		.sized = rank < UNSIZED,
	};

	elf_symbol_vec_push(&table->raw, symbol);
}

static void assert_at(const struct elf_symtab *table, uint64_t address,
		      const char *name)
{
	const struct elf_symbol *symbol = elf_symtab_find(table, address);

	if (!name) {
		assert_null(symbol);
		return;
	}
	assert_non_null(symbol);
	assert_string_equal(symbol->name, name);
}

static void a_symbol_ends_where_it_says(void **state)
{
	struct elf_symtab table = ELF_SYMTAB_INIT;

	add(&table, 100, 110, "b", 0);
	add(&table, 50, 60, "a", 0);
	elf_symtab_finish(&table);
	assert_at(&table, 49, NULL);
	assert_at(&table, 50, "a");
	assert_at(&table, 59, "a");
	assert_at(&table, 60, NULL);
	assert_at(&table, 109, "b");
	assert_at(&table, 110, NULL);
	elf_symtab_release(&table);
}

static void the_better_of_two_names_wins(void **state)
{
	struct elf_symtab table = ELF_SYMTAB_INIT;

	add(&table, 50, 60, "__libc_malloc", 2);
	add(&table, 50, 60, "malloc", 0);
	add(&table, 50, 60, "__malloc", 2);
	add(&table, 70, 80, "same_rank_b", 1);
	add(&table, 70, 80, "same_rank_a", 1);
	add(&table, 70, 80, "shorter", 1);
	elf_symtab_finish(&table);
	assert_at(&table, 55, "malloc");
	assert_at(&table, 75, "shorter");
	elf_symtab_release(&table);
}

static void the_inner_of_two_symbols_has_the_address(void **state)
{
	struct elf_symtab table = ELF_SYMTAB_INIT;

	add(&table, 0, 100, "outer", 0);
	add(&table, 40, 60, "inner", 0);
	add(&table, 50, 52, "innermost", 0);
	add(&table, 90, 120, "overlapping", 0);
	elf_symtab_finish(&table);
	assert_at(&table, 39, "outer");
	assert_at(&table, 40, "inner");
	assert_at(&table, 51, "innermost");
	assert_at(&table, 52, "inner");
	assert_at(&table, 60, "outer");
	assert_at(&table, 95, "overlapping");
	assert_at(&table, 110, "overlapping");
	assert_at(&table, 120, NULL);
	elf_symtab_release(&table);
}

static void a_symbol_without_size_reaches_to_the_next(void **state)
{
	struct elf_symtab table = ELF_SYMTAB_INIT;

	add(&table, 10, 200, "_init", UNSIZED);
	add(&table, 50, 200, "next", UNSIZED);
	add(&table, 80, 90, "sized", 0);
	elf_symtab_finish(&table);
	assert_at(&table, 49, "_init");
	assert_at(&table, 50, "next");
	assert_at(&table, 79, "next");
	assert_at(&table, 85, "sized");
	assert_at(&table, 90, NULL);
	elf_symtab_release(&table);
}

static void a_label_does_not_divide_a_function(void **state)
{
	struct elf_symtab table = ELF_SYMTAB_INIT;

	add(&table, 10, 90, "function", 0);
	add(&table, 30, 200, "label", UNSIZED);
	add(&table, 95, 200, "after", UNSIZED);
	elf_symtab_finish(&table);
	assert_at(&table, 35, "function");
	assert_at(&table, 92, NULL);
	assert_at(&table, 99, "after");
	elf_symtab_release(&table);
}

static void an_empty_table_finds_nothing(void **state)
{
	struct elf_symtab table = ELF_SYMTAB_INIT;

	elf_symtab_finish(&table);
	assert_at(&table, 0, NULL);
	elf_symtab_release(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_symbol_ends_where_it_says),
		cmocka_unit_test(the_better_of_two_names_wins),
		cmocka_unit_test(the_inner_of_two_symbols_has_the_address),
		cmocka_unit_test(a_symbol_without_size_reaches_to_the_next),
		cmocka_unit_test(a_label_does_not_divide_a_function),
		cmocka_unit_test(an_empty_table_finds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
