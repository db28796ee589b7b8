/* SPDX-License-Identifier: MIT */
#include "render/compare_format.h"

#include "render/compare_forms.h"

#include <string.h>

const struct compare_format *const compare_formats[] = {
	&compare_text,
	&compare_json,
	&compare_markdown,
	&compare_github,
	&compare_gitlab,
	&compare_junit,
	&compare_html,
	&compare_collapsed_diff,
	&compare_svg,
	&compare_png,
	NULL
};

const struct compare_format *compare_format_find(const char *name)
{
	for (const struct compare_format *const *f = compare_formats; *f;
	     f++) {
		if (strcmp((*f)->name, name) == 0)
			return *f;
	}
	return NULL;
}
