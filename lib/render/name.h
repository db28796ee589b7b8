/* SPDX-License-Identifier: MIT */
/* Names of functions and files, made to fit. */
#ifndef CPROF_RENDER_NAME_H
#define CPROF_RENDER_NAME_H

#include "render/text.h"

/*
 * Add the name of a function in at most `width` columns, escaped.  Noise
 * goes first and always (return types, std::allocator arguments, abi
 * tags), then, only as far as needed: the parameters, template arguments
 * from the innermost to the outermost, namespaces, the middle.
 */
void name_add_function(struct strbuf *out, const struct text_style *style,
		       const char *name, size_t width);

/* Is it a name like "libz.so.1+0x1f0" or "[app+0x12]", of this module? */
bool name_tells_module(const char *name, const char *module);

/*
 * Names of code made at run time end with where it is: "JS:*run
 * /x/y.js:3:7", "py::run:/x/y.py".  The bytes before that, and the place
 * (without the column) in `place`; the whole length, and nothing added, for
 * other names.
 */
size_t name_split_place(const char *name, struct strbuf *place);

/* Add the bytes before the place; JavaScript's "JS:*" is "JS:*(anonymous)". */
void name_add_without_place(struct strbuf *out, const char *name);

/* A path in at most `width` columns: what is at its end is kept. */
void name_add_path(struct strbuf *out, const struct text_style *style,
		   const char *path, size_t width);

/*
 * The one way for a name into a collapsed stack ("a;b 12"): escaped, and
 * without ';'.
 */
void name_add_frame(struct strbuf *out, const char *name);

/*
 * Add the last `components` of `path` and, unless it is 0, ":LINE"; not
 * escaped.
 */
void name_add_place(struct strbuf *out, const char *path, uint32_t line,
		    unsigned int components);

#endif
