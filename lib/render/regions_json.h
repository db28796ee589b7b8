/* SPDX-License-Identifier: MIT */
/* The rows of --by region for programs. */
#ifndef CPROF_RENDER_REGIONS_JSON_H
#define CPROF_RENDER_REGIONS_JSON_H

#include "base/json.h"
#include "render/view.h"

/* Put "rows" and what was lost into `root`. */
void regions_json(json_t *root, const struct view *view);

#endif
