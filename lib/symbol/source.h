/* SPDX-License-Identifier: MIT */
/*
 * Where names come from: a table of small interfaces, asked one after the
 * other, each filling in what those before it left open.
 */
#ifndef CPROF_SYMBOL_SOURCE_H
#define CPROF_SYMBOL_SOURCE_H

#include "base/arena.h"
#include "base/intern.h"
#include "base/map64.h"
#include "model/stack.h"
#include "symbol/wire.h"

#include <stdbool.h>

struct symbol_files;

/*
 * One wanted address.  The chain is as in struct symbol, except that a
 * location has a linkage name, which is demangled later, or a function's
 * name from the source, or neither yet.
 */
struct symbol_query {
	uint64_t address;
	struct source_location *chain;
	uint32_t count;		/* 0: nothing known */
	uint8_t status;		/* enum symbol_status */
};

/* Is it known which function the code belongs to? */
bool symbol_query_named(const struct symbol_query *query);

/* What the sources of one module work with. */
struct symbol_job {
	const struct module *module;
	struct symbol_files *files;
	int fd;				/* the module's, or -1 */
	struct symbol_query *queries;	/* sorted by address, no doubles */
	size_t count;
	bool inlines;
	struct arena *arena;		/* for chains */
	struct intern *strings;		/* for names */
	/* Called now and then by sources whose work takes long. */
	void (*progress)(struct symbol_job *job);
};

/* A copy of `text` that lives as long as the job; NULL gives NULL. */
const char *symbol_job_string(struct symbol_job *job, const char *text);

/*
 * Name the function that the code of `query` belongs to, keeping what its
 * chain has.  `linkage_name` is as in the file.
 */
void symbol_query_name(struct symbol_job *job, struct symbol_query *query,
		       const char *linkage_name, enum symbol_status status);

/* The same with a name that is for people as it is. */
void symbol_query_call(struct symbol_job *job, struct symbol_query *query,
		       const char *function, enum symbol_status status);

struct symbol_source_ops {
	const char *name;
	enum symbol_level level;	/* asked at this level and below */
	void (*resolve)(struct symbol_job *job);
};

extern const struct symbol_source_ops dwarf_source_ops;
extern const struct symbol_source_ops symtab_source_ops;
extern const struct symbol_source_ops plt_source_ops;
extern const struct symbol_source_ops range_source_ops;
extern const struct symbol_source_ops perf_map_source_ops;

#endif
