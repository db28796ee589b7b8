/* SPDX-License-Identifier: MIT */
/* The tables that all threads of a Firefox profile share. */
#ifndef CPROF_RENDER_EXPORT_FIREFOX_H
#define CPROF_RENDER_EXPORT_FIREFOX_H

#include "base/intern.h"
#include "base/json_writer.h"
#include "render/export_paths.h"

/* Indices in the file's tables, in order of use. */
struct firefox_ids {
	uint32_t *id;		/* by key, function, ...: plus 1; 0: unused */
	struct u32_vec used;
};

struct firefox_tables {
	const struct profile *profile;
	struct export_paths paths;	/* of lines */
	struct intern strings;
	struct intern sources;		/* names of source files */
	struct firefox_ids frames;	/* by key of the paths */
	struct firefox_ids functions;	/* by function, then by reason */
	struct firefox_ids modules;
};

enum {
	/* See put_categories() in export_firefox.c. */
	FIREFOX_OTHER, FIREFOX_NATIVE, FIREFOX_JIT, FIREFOX_WAITING
};

/* To be released; `paths` is empty and to be filled before the next. */
void firefox_tables_init(struct firefox_tables *tables,
			 const struct profile *profile);
void firefox_tables_release(struct firefox_tables *tables);

/* Give all that the paths use a place in its table. */
void firefox_tables_number(struct firefox_tables *tables);

/* The index of a text from outside. */
uint32_t firefox_string(struct firefox_tables *tables, const char *text);

/* "libs" and "shared". */
void firefox_put_libs(struct json_writer *json, struct firefox_tables *tables);
void firefox_put_shared(struct json_writer *json,
			struct firefox_tables *tables);

#endif
