/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_GZIP_H
#define CPROF_RENDER_GZIP_H

#include "base/strbuf.h"

/*
 * Add `len` bytes of `data` to `out` as a gzip file: the same bytes for the
 * same data, without a time or a name.
 */
void gzip_add(struct strbuf *out, const void *data, size_t len);

#endif
