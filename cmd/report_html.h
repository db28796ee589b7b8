/* SPDX-License-Identifier: MIT */
#ifndef CPROF_CMD_REPORT_HTML_H
#define CPROF_CMD_REPORT_HTML_H

#include "render/html.h"

/*
 * Write the page of a view beside its profile (app.prof: app.html) and
 * print its path; `open` shows it in the user's browser.
 */
int report_html(const struct view *view, const struct html_options *options,
		bool open, struct error *err);

#endif
