/* SPDX-License-Identifier: MIT */
/* What the page of a comparison shows, as JSON: "cprof.difference/1". */
#ifndef CPROF_RENDER_COMPARE_DATA_H
#define CPROF_RENDER_COMPARE_DATA_H

#include "base/strbuf.h"
#include "compare/comparison.h"

void compare_data(struct strbuf *out, const struct comparison *comparison);

#endif
