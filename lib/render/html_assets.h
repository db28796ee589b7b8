/* SPDX-License-Identifier: MIT */
/* The viewer: scripts and styles of lib/render/assets, built in. */
#ifndef CPROF_RENDER_HTML_ASSETS_H
#define CPROF_RENDER_HTML_ASSETS_H

#include "base/strbuf.h"

/* Add all scripts, as one; and all styles. */
void html_assets_script(struct strbuf *out);
void html_assets_style(struct strbuf *out);

#endif
