/* SPDX-License-Identifier: MIT */
/* The times of the lines of one function. */
#ifndef CPROF_RENDER_ANNOTATE_H
#define CPROF_RENDER_ANNOTATE_H

#include "render/view.h"

struct annotated_line {
	const struct function *function;	/* the name that fits */
	const char *file;
	uint32_t line;
	uint64_t self_ns;
	uint64_t total_ns;
	uint64_t samples;
	uint64_t total_samples;
};

VEC_DEFINE(annotated_line_vec, struct annotated_line);

struct annotation {
	struct annotated_line_vec lines;	/* by file and line */
	uint64_t total_ns;			/* of the whole view */
	uint64_t samples;
};

/*
 * The lines of all functions that fit view->function.  -1
 * (ERROR_NOT_FOUND) when none does, or when no line of it is known.  To be
 * released after success.
 */
int annotation_init(struct annotation *annotation, const struct view *view,
		    struct error *err);
void annotation_release(struct annotation *annotation);

/* A source file in memory. */
struct source {
	struct strbuf text;
	size_t *starts;			/* by line - 1 */
	size_t count;
	uint64_t modified_ns;		/* since the epoch */
};

/* Reads regular files only.  To be released after success. */
int source_init(struct source *source, const char *path, struct error *err);
void source_release(struct source *source);

/* Add line `line` (from 1) with tabs expanded, without its end. */
void source_add_line(struct strbuf *out, const struct source *source,
		     uint32_t line);

#endif
