/* SPDX-License-Identifier: MIT */
/* A row of numbers as a row of characters. */
#ifndef CPROF_RENDER_SPARKLINE_H
#define CPROF_RENDER_SPARKLINE_H

#include "render/text.h"

/*
 * Add `count` columns, of which the height says how large each number is,
 * from `least` (the lowest) to `most`; blank where it is NAN.
 */
void sparkline_add(struct strbuf *out, const struct text_style *style,
		   const double *numbers, size_t count, double least,
		   double most);

#endif
