/* SPDX-License-Identifier: MIT */
#include "render/sparkline.h"

#include <math.h>

enum {
	HEIGHTS = 8
};

void sparkline_add(struct strbuf *out, const struct text_style *style,
		   const double *numbers, size_t count, double least,
		   double most)
{
	static const char *const blocks[HEIGHTS] = {
		"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83",
		"\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
		"\xe2\x96\x87", "\xe2\x96\x88",
	};
	static const char *const letters[HEIGHTS] = {
		"_", ".", ":", "-", "=", "+", "*", "#"
	};
	const char *const *heights = style->utf8 ? blocks : letters;

	for (size_t i = 0; i < count; i++) {
		double part = most > least ? (numbers[i] - least) /
					     (most - least) : 0;

		if (isnan(numbers[i])) {
			strbuf_add_char(out, ' ');
			continue;
		}
		part = fmin(fmax(part, 0), 1);
		strbuf_add(out, heights[(int)lrint(part * (HEIGHTS - 1))]);
	}
}
