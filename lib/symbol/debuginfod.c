/* SPDX-License-Identifier: MIT */
/*
 * The library is loaded only when it is needed: it brings curl and all of
 * TLS with it, which few recordings want.
 */
#include "symbol/debuginfod.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct debuginfod_client;

typedef struct debuginfod_client *begin_fn(void);
typedef int find_fn(struct debuginfod_client *client, const unsigned char *id,
		    int len, char **path);
typedef void end_fn(struct debuginfod_client *client);

bool debuginfod_possible(void)
{
	return true;
}

/* The variable is the only switch that elfutils has. */
void debuginfod_permit(bool wanted)
{
	if (!wanted)
		unsetenv("DEBUGINFOD_URLS");
}

static int fetch(void *library, const uint8_t *id, size_t len,
		 struct error *err)
{
	begin_fn *begin = (begin_fn *)dlsym(library, "debuginfod_begin");
	find_fn *find = (find_fn *)dlsym(library, "debuginfod_find_debuginfo");
	end_fn *end = (end_fn *)dlsym(library, "debuginfod_end");
	struct debuginfod_client *client;
	int fd;

	if (!begin || !find || !end)
		return error_set(err, ERROR_UNSUPPORTED,
				 "libdebuginfod is another one");
	client = begin();
	if (!client)
		return error_set(err, ERROR_SYSTEM, "libdebuginfod");
	fd = find(client, id, len, NULL);
	end(client);
	if (fd < 0)
		return error_set(err, ERROR_NOT_FOUND, "debuginfod: %s",
				 strerror(-fd));
	return fd;
}

int debuginfod_fetch(const uint8_t *id, size_t len, struct error *err)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	void *library;

	if (!urls || !urls[0])
		return error_set(err, ERROR_NOT_FOUND,
				 "DEBUGINFOD_URLS is not set");
	/* Never closed: curl leaves things behind. */
	library = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return error_set(err, ERROR_UNSUPPORTED,
				 "libdebuginfod.so.1 is not installed");
	return fetch(library, id, len, err);
}
