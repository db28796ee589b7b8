/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/crc32c.h"

static void the_processor_and_the_table_agree(void **state UNUSED)
{
	uint8_t bytes[300];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 37 ^ i >> 3;
	for (size_t start = 0; start < 9; start++)
		for (size_t len = 0; start + len <= sizeof(bytes); len++)
			assert_int_equal(
				crc32c(len, bytes + start, len),
				crc32c_portable(len, bytes + start, len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_processor_and_the_table_agree),
	};

	return cmocka_run_group_tests_name("crc32c", tests, NULL, NULL);
}
