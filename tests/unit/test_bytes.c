/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"
#include "base/crc32c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void numbers_come_back_as_they_were_written(void **state)
{
	static const uint64_t numbers[] = {
		0, 1, 127, 128, 129, 16383, 16384, UINT32_MAX,
		UINT64_C(1) << 32, UINT64_MAX - 1, UINT64_MAX,
		(uint64_t)INT64_MAX, (uint64_t)INT64_MIN,
	};
	struct byte_writer out = BYTE_WRITER_INIT;
	struct byte_reader in;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		write_uvarint(&out, numbers[i]);
		write_svarint(&out, (int64_t)numbers[i]);
		write_u8(&out, numbers[i]);
		write_u16le(&out, numbers[i]);
		write_u32le(&out, numbers[i]);
		write_u64le(&out, numbers[i]);
	}
	in = byte_reader_of(out.data, out.len);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		assert_int_equal(read_uvarint(&in), numbers[i]);
		assert_int_equal(read_svarint(&in), (int64_t)numbers[i]);
		assert_int_equal(read_u8(&in), (uint8_t)numbers[i]);
		assert_int_equal(read_u16le(&in), (uint16_t)numbers[i]);
		assert_int_equal(read_u32le(&in), (uint32_t)numbers[i]);
		assert_int_equal(read_u64le(&in), numbers[i]);
	}
	assert_int_equal(byte_reader_finish(&in, NULL), 0);
	byte_writer_release(&out);
}

static void numbers_are_little_endian_and_varints_leb128(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;

	write_u32le(&out, 0x01020304);
	write_uvarint(&out, 300);
	write_svarint(&out, -2);
	write_bytes(&out, "xy", 2);
	assert_int_equal(out.len, 9);
	assert_memory_equal(out.data, "\x04\x03\x02\x01\xac\x02\x03xy", 9);
	byte_writer_clear(&out);
	assert_int_equal(out.len, 0);
	byte_writer_release(&out);
}

static void a_reader_stops_at_the_end_and_stays_failed(void **state)
{
	struct byte_reader in = byte_reader_of("\x01\x02\x03", 3);
	struct error err = ERROR_INIT;

	assert_int_equal(read_u16le(&in), 0x0201);
	assert_int_equal(byte_reader_left(&in), 1);
	assert_int_equal(byte_reader_finish(&in, &err), -1);
	assert_int_equal(err.kind, ERROR_FORMAT);
	assert_null(read_bytes(&in, 2));
	assert_true(in.failed);
	assert_int_equal(read_u8(&in), 0);
	assert_null(read_bytes(&in, 0));
	assert_int_equal(byte_reader_finish(&in, NULL), -1);
}

static void bad_varints_fail(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
		{ "", 0 },
		{ "\x80", 1 },
		{ "\xff\xff\xff", 3 },
		/* The tenth byte has one bit of room. */
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10 },
		{ "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct byte_reader in = byte_reader_of(bad[i].bytes,
						       bad[i].len);

		assert_int_equal(read_uvarint(&in), 0);
		assert_true(in.failed);
	}
}

static void a_number_of_more_than_32_bits_fails_where_asked(void **state)
{
	struct byte_reader in = byte_reader_of("\xff\xff\xff\xff\x0f"
					       "\x80\x80\x80\x80\x10", 10);

	assert_int_equal(read_uvarint32(&in), UINT32_MAX);
	assert_int_equal(read_uvarint32(&in), 0);
	assert_true(in.failed);
}

static void crc32c_agrees_with_the_published_values(void **state)
{
	uint8_t bytes[32];

	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(crc32c(0, "", 0), 0);
	/* RFC 3720, appendix B.4. */
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(crc32c(0, bytes, sizeof(bytes)), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(crc32c(0, bytes, sizeof(bytes)), 0x62a8ab43);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	assert_int_equal(crc32c(0, bytes, sizeof(bytes)), 0x46dd794e);
	assert_int_equal(crc32c(crc32c(0, bytes, 5), bytes + 5, 27),
			 0x46dd794e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_come_back_as_they_were_written),
		cmocka_unit_test(numbers_are_little_endian_and_varints_leb128),
		cmocka_unit_test(a_reader_stops_at_the_end_and_stays_failed),
		cmocka_unit_test(bad_varints_fail),
		cmocka_unit_test(
			a_number_of_more_than_32_bits_fails_where_asked),
		cmocka_unit_test(crc32c_agrees_with_the_published_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
