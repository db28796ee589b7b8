/* SPDX-License-Identifier: MIT */
/* Any bytes as a perf map: no address is named twice, names are strings. */
#include "symbol/perf_map.h"

#include "base/output.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ADDRESSES = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_name(void *context, size_t index, const char *name)
{
	bool *named = context;

	assert(index < ADDRESSES && !named[index]);
	assert(name[0] && strlen(name) <= PERF_MAP_LINE_MAX);
	named[index] = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	bool named[ADDRESSES] = { false };
	uint64_t addresses[ADDRESSES];
	int fd = memfd_create("map", MFD_CLOEXEC);

	for (size_t i = 0; i < ADDRESSES; i++)
		addresses[i] = i < 60 ? 0x1000 + i * 8 : UINT64_MAX - 64 + i;
	if (write_all(fd, data, len, NULL) == 0)
		perf_map_find(fd, addresses, ADDRESSES, check_name, named,
			      NULL);
	close(fd);
	return 0;
}
