/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_HTML_PACK_H
#define CPROF_RENDER_HTML_PACK_H

#include "base/error.h"
#include "base/strbuf.h"

/*
 * Add `data` as gzip, in base64: no byte of it can be markup.  The same
 * data give the same text.
 */
int html_pack(struct strbuf *out, const struct strbuf *data,
	      struct error *err);

#endif
