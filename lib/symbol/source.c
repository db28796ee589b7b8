/* SPDX-License-Identifier: MIT */
#include "symbol/source.h"

#include <string.h>

bool symbol_query_named(const struct symbol_query *query)
{
	const struct source_location *last;

	if (!query->count)
		return false;
	last = &query->chain[query->count - 1];
	return last->linkage_name || last->function;
}

const char *symbol_job_string(struct symbol_job *job, const char *text)
{
	uint32_t id;

	if (!text)
		return NULL;
	id = intern_add(job->strings, text, strnlen(text, WIRE_NAME_MAX),
			NULL);
	return intern_get(job->strings, id, NULL);
}

static struct source_location *own_location(struct symbol_job *job,
					    struct symbol_query *query)
{
	if (!query->count) {
		query->chain = arena_alloc(job->arena, sizeof(*query->chain));
		query->count = 1;
	}
	return &query->chain[query->count - 1];
}

void symbol_query_name(struct symbol_job *job, struct symbol_query *query,
		       const char *linkage_name, enum symbol_status status)
{
	struct source_location *own = own_location(job, query);

	own->linkage_name = symbol_job_string(job, linkage_name);
	own->function = NULL;
	query->status = status;
}

void symbol_query_call(struct symbol_job *job, struct symbol_query *query,
		       const char *function, enum symbol_status status)
{
	struct source_location *own = own_location(job, query);

	own->linkage_name = NULL;
	own->function = symbol_job_string(job, function);
	query->status = status;
}
