/* SPDX-License-Identifier: MIT */
/* Numbers as people write and read them. */
#ifndef CPROF_BASE_UNITS_H
#define CPROF_BASE_UNITS_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdint.h>

/*
 * "10" (seconds, as in sleep(1)), "250ms", "1.5s", "2min", "1h", "7d",
 * "30us", "100ns" into nanoseconds.  ERROR_USAGE with what would have worked.
 */
int units_parse_duration(const char *text, uint64_t *ns, struct error *err);

/* Three significant figures: "835 ns", "12.3 ms", "4.07 s", "3 min 20 s". */
void units_add_duration(struct strbuf *out, uint64_t ns);

/* "812 B", "4.3 kB", "17.2 MB" (powers of 1000), "1.2 GB". */
void units_add_bytes(struct strbuf *out, uint64_t bytes);

/* "1,234,567" */
void units_add_count(struct strbuf *out, uint64_t count);

/*
 * `value` without its fraction, for the functions above: 0 for what is below
 * it or no number, UINT64_MAX for what is larger.
 */
uint64_t units_whole(double value);

#endif
