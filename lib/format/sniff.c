/* SPDX-License-Identifier: MIT */
#include "format/sniff.h"

#include "format/chunk_header.h"
#include "format/file_view.h"

#include <string.h>

bool profile_sniff(const char *path)
{
	struct file_view view;
	const uint8_t *bytes;
	size_t got;
	bool is_one;

	if (file_view_open(&view, path, NULL))
		return false;
	is_one = file_view_get(&view, 0, sizeof(profile_magic), &bytes, &got,
			       NULL) == 0 &&
		got == sizeof(profile_magic) &&
		memcmp(bytes, profile_magic, got) == 0;
	file_view_release(&view);
	return is_one;
}
