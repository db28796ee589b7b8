/* SPDX-License-Identifier: MIT */
#include "base/crc32c.h"

/* The polynomial, bits reversed (RFC 3720, appendix B.4). */
#define CRC32C_POLYNOMIAL UINT32_C(0x82f63b78)

/*
 * One nibble at a time: sixteen entries are computed faster than a larger
 * table could be loaded, and no state outlives the call.
 */
static void crc32c_table(uint32_t table[16])
{
	for (uint32_t i = 0; i < 16; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 4; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32C_POLYNOMIAL : 0);
		table[i] = crc;
	}
}

uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint32_t table[16];

	crc32c_table(table);
	crc = ~crc;
	for (size_t i = 0; i < len; i++) {
		crc ^= bytes[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}
