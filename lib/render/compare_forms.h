/* SPDX-License-Identifier: MIT */
/* One for each file compare_NAME.c; for the table in compare_format.c. */
#ifndef CPROF_RENDER_COMPARE_FORMS_H
#define CPROF_RENDER_COMPARE_FORMS_H

#include "render/compare_format.h"

extern const struct compare_format compare_text;
extern const struct compare_format compare_json;
extern const struct compare_format compare_markdown;
extern const struct compare_format compare_github;
extern const struct compare_format compare_gitlab;
extern const struct compare_format compare_junit;
extern const struct compare_format compare_html;
extern const struct compare_format compare_collapsed_diff;
extern const struct compare_format compare_svg;
extern const struct compare_format compare_png;

#endif
