/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_HTML_SOURCE_H
#define CPROF_RENDER_HTML_SOURCE_H

#include "profile/profile.h"

#include <jansson.h>

/*
 * The text of the files with these string ids, one string each, null for
 * those that cannot be read or are too long; the caller owns the array.
 */
json_t *html_sources(const struct profile *profile,
		     const struct u32_vec *files);

#endif
