/* SPDX-License-Identifier: MIT */
#include "format/chunk.h"

void chunk_type_text(uint32_t type, char text[5])
{
	for (int i = 0; i < 4; i++) {
		unsigned char c = type >> (8 * i);

		text[i] = c > ' ' && c < 0x7f ? c : '?';
	}
	text[4] = '\0';
}
