/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_PROFILE_JSON_H
#define CPROF_RENDER_PROFILE_JSON_H

#include "render/view.h"

#include <jansson.h>

/* The summary of a profile as an object, which the caller owns. */
json_t *profile_json(const struct view *view);

#endif
