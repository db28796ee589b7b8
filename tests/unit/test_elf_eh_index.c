/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "elf/eh_index.h"

#include <stdlib.h>
#include <string.h>

enum {
	SECTION = 0x10000	/* its address */
};

/* A CIE with augmentation "zR" and pc-relative signed 4-byte addresses. */
static void add_cie(struct byte_writer *out)
{
	write_u32le(out, 20);
	write_u32le(out, 0);
	write_u8(out, 1);
	write_bytes(out, "zR", 3);
	write_u8(out, 1);	/* code alignment */
	write_u8(out, 0x78);	/* data alignment -8 */
	write_u8(out, 16);	/* return address column */
	write_u8(out, 1);
	write_u8(out, 0x1b);
	write_bytes(out, "\x0c\x07\x08\x90\x01\0\0", 7);
}

static void add_fde(struct byte_writer *out, size_t cie, uint64_t start,
		    uint32_t bytes)
{
	write_u32le(out, 16);
	write_u32le(out, (uint32_t)(out->len - cie));
	write_u32le(out, (uint32_t)(start - (SECTION + out->len)));
	write_u32le(out, bytes);
	write_u8(out, 0);
	write_bytes(out, "\x41\x0e\x10", 3);
}

static void entries_are_sorted_and_found(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;
	struct eh_index index;
	struct elf_cfi cfi;

	add_cie(&out);
	add_fde(&out, 0, 0x3000, 0x100);
	add_fde(&out, 0, 0x1000, 0x10);
	write_u32le(&out, 0);	/* end of one object file's part */
	add_fde(&out, 0, 0x2000, 0x20);
	eh_index_build(&index, EH_FRAME, out.data, out.len, SECTION);
	assert_int_equal(index.entries.count, 3);
	assert_null(eh_index_find(&index, 0xfff));
	assert_int_equal(eh_index_find(&index, 0x1000)->start, 0x1000);
	assert_int_equal(eh_index_find(&index, 0x100f)->start, 0x1000);
	assert_null(eh_index_find(&index, 0x1010));
	assert_int_equal(eh_index_find(&index, 0x30ff)->bytes, 0x100);
	assert_null(eh_index_find(&index, UINT64_MAX));
	assert_true(eh_index_cfi(&index, eh_index_find(&index, 0x2000),
				 &cfi));
	assert_int_equal(cfi.start, 0x2000);
	assert_int_equal(cfi.end, 0x2020);
	assert_int_equal(cfi.data_align, -8);
	assert_int_equal(cfi.return_column, 16);
	assert_false(cfi.signal_frame);
	assert_int_equal(cfi.fde_program_len, 3);
	assert_memory_equal(cfi.fde_program, "\x41\x0e\x10", 3);
	assert_memory_equal(cfi.cie_program, "\x0c\x07\x08\x90\x01", 5);
	eh_index_release(&index);
	byte_writer_release(&out);
}

static void a_section_of_unknown_size_ends_at_its_terminator(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;
	struct eh_index index;

	add_cie(&out);
	add_fde(&out, 0, 0x3000, 0x100);
	write_u32le(&out, 0);
	add_fde(&out, 0, 0x2000, 0x20);
	eh_index_build(&index, EH_FRAME_OPEN, out.data, out.len, SECTION);
	assert_int_equal(index.entries.count, 1);
	eh_index_release(&index);
	byte_writer_release(&out);
}

/* A few end the parts of object files; many are there to cost us time. */
static void many_ends_in_a_row_are_the_end(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;
	struct eh_index index;

	add_cie(&out);
	for (int ends = 0; ends < 8; ends++)
		write_u32le(&out, 0);
	add_fde(&out, 0, 0x1000, 0x10);
	for (int ends = 0; ends < 1000; ends++)
		write_u32le(&out, 0);
	add_fde(&out, 0, 0x2000, 0x20);
	eh_index_build(&index, EH_FRAME, out.data, out.len, SECTION);
	assert_int_equal(index.entries.count, 1);
	assert_non_null(eh_index_find(&index, 0x1000));
	eh_index_release(&index);
	byte_writer_release(&out);
}

static void dropped_and_empty_functions_are_left_out(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;
	struct eh_index index;

	add_cie(&out);
	add_fde(&out, 0, 0, 0x100);
	add_fde(&out, 0, 0x4000, 0);
	add_fde(&out, out.len + 400, 0x5000, 16);	/* no such CIE */
	add_fde(&out, 4, 0x6000, 16);			/* not a CIE */
	eh_index_build(&index, EH_FRAME, out.data, out.len, SECTION);
	assert_int_equal(index.entries.count, 0);
	eh_index_release(&index);
	byte_writer_release(&out);
}

static void debug_frame_has_absolute_addresses(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;
	struct eh_index index;
	struct elf_cfi cfi;

	write_u32le(&out, 12);
	write_u32le(&out, 0xffffffff);
	write_u8(&out, 3);
	write_u8(&out, 0);	/* no augmentation */
	write_u8(&out, 1);
	write_u8(&out, 0x7c);
	write_u8(&out, 16);
	write_bytes(&out, "\x0c\x07\x08", 3);
	write_u32le(&out, 21);
	write_u32le(&out, 0);
	write_u64le(&out, 0x7000);
	write_u64le(&out, 0x80);
	write_u8(&out, 0);
	eh_index_build(&index, EH_DEBUG_FRAME, out.data, out.len, 0);
	assert_int_equal(index.entries.count, 1);
	assert_true(eh_index_cfi(&index, eh_index_find(&index, 0x7042),
				 &cfi));
	assert_int_equal(cfi.end, 0x7080);
	assert_int_equal(cfi.data_align, -4);
	assert_int_equal(cfi.fde_program_len, 1);
	eh_index_release(&index);
	byte_writer_release(&out);
}

/* Its end is not searched for in megabytes, again for each function. */
static void an_endless_augmentation_is_none(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;
	struct eh_index index;

	write_u32le(&out, 76);
	write_u32le(&out, 0);
	write_u8(&out, 1);
	write_u8(&out, 'z');
	for (size_t i = 0; i < 60; i++)
		write_u8(&out, 'B');
	write_bytes(&out, "\0\1\x78\x10\0\x0c\x07\x08\0\0", 10);
	add_fde(&out, 0, 0x3000, 0x100);
	eh_index_build(&index, EH_FRAME, out.data, out.len, SECTION);
	assert_int_equal(index.entries.count, 0);
	eh_index_release(&index);
	byte_writer_release(&out);
}

/* Whatever the bytes: no read outside, and no end that never comes. */
static void damaged_sections_do_no_harm(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;
	unsigned int seed = 1;

	add_cie(&out);
	for (uint64_t i = 1; i < 20; i++)
		add_fde(&out, 0, i * 0x1000, 0x100);
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)rand_r(&seed) % (out.len + 1);
		/* Of its own, so that a sanitizer sees every step outside. */
		uint8_t *data = test_malloc(len + 1);
		struct eh_index index;

		memcpy(data, out.data, len);
		for (int i = 0; len && i < 4; i++)
			data[(size_t)rand_r(&seed) % len] =
				(uint8_t)rand_r(&seed);
		eh_index_build(&index, (enum eh_kind)(round % 3), data, len,
			       SECTION);
		for (size_t i = 0; i < index.entries.count; i++) {
			struct elf_cfi cfi;

			if (!eh_index_cfi(&index, &index.entries.items[i],
					  &cfi))
				continue;
			assert_true(cfi.fde_program >= data &&
				    cfi.fde_program + cfi.fde_program_len <=
					    data + len);
			assert_true(cfi.cie_program >= data &&
				    cfi.cie_program + cfi.cie_program_len <=
					    data + len);
		}
		eh_index_release(&index);
		test_free(data);
	}
	byte_writer_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_sorted_and_found),
		cmocka_unit_test(
			a_section_of_unknown_size_ends_at_its_terminator),
		cmocka_unit_test(many_ends_in_a_row_are_the_end),
		cmocka_unit_test(dropped_and_empty_functions_are_left_out),
		cmocka_unit_test(debug_frame_has_absolute_addresses),
		cmocka_unit_test(an_endless_augmentation_is_none),
		cmocka_unit_test(damaged_sections_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
