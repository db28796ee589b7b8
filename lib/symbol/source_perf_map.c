/* SPDX-License-Identifier: MIT */
/* Code made at run time, from the perf map of its process. */
#include "base/log.h"
#include "symbol/demangle.h"
#include "symbol/perf_map.h"
#include "symbol/source.h"

#include <stdlib.h>

static void name_query(void *context, size_t index, const char *name)
{
	struct symbol_job *job = context;

	struct symbol_query *query = &job->queries[index];

	/* Some compilers write the names that they gave their linker. */
	if (name_is_mangled(name))
		symbol_query_name(job, query, name, SYMBOL_OK);
	else
		symbol_query_call(job, query, name, SYMBOL_OK);
}

static void perf_map_resolve(struct symbol_job *job)
{
	uint64_t *addresses = mem_calloc(job->count, sizeof(*addresses));
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < job->count; i++)
		addresses[i] = job->queries[i].address;
	if (job->fd >= 0 && perf_map_find(job->fd, addresses, job->count,
					  name_query, job, &err))
		log_debug(LOG_SYMBOL, 1, "perf map: %s", err.text);
	free(addresses);
}

const struct symbol_source_ops perf_map_source_ops = {
	.name = "perf map",
	.level = LEVEL_SYMBOLS,
	.resolve = perf_map_resolve,
};
