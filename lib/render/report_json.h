/* SPDX-License-Identifier: MIT */
#ifndef CPROF_RENDER_REPORT_JSON_H
#define CPROF_RENDER_REPORT_JSON_H

#include "base/strbuf.h"
#include "render/view.h"

/*
 * The report as JSON, "cprof.report/1": an object with "profile", "clock"
 * and "total_ns", and "rows", "nodes" or "lines" as the view is.  -1
 * (ERROR_NOT_FOUND): see view_tree_init().
 */
int report_json(struct strbuf *out, const struct view *view,
		struct error *err);

#endif
