/* SPDX-License-Identifier: MIT */
/* JSON as we write it: jansson's values, and text that is always the same. */
#ifndef CPROF_BASE_JSON_H
#define CPROF_BASE_JSON_H

#include "base/strbuf.h"

#include <jansson.h>
#include <stdint.h>

/*
 * A string of bytes from outside: what is not UTF-8 becomes \xNN, all else
 * stays (jansson escapes what JSON must not hold).  NULL gives null.
 */
json_t *json_text(const char *text);

/* A number without a fraction; above 2^63 - 1 it is that. */
json_t *json_count(uint64_t count);

/* Put `value` into `object`, or at the end of `array`; takes it. */
void json_put(json_t *object, const char *key, json_t *value);
void json_push(json_t *array, json_t *value);

/*
 * Add `root` to `out`, indented by two blanks, keys in the order in which
 * they were put, a newline at the end.  All of it is ASCII: names must not
 * reach a terminal as they are (controls of C1, text direction).
 */
void json_add(struct strbuf *out, const json_t *root);

#endif
