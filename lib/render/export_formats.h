/* SPDX-License-Identifier: MIT */
/* One for each file export_NAME.c; for the table in exporter.c. */
#ifndef CPROF_RENDER_EXPORT_FORMATS_H
#define CPROF_RENDER_EXPORT_FORMATS_H

#include "render/exporter.h"

extern const struct exporter_ops exporter_json;
extern const struct exporter_ops exporter_html;
extern const struct exporter_ops exporter_speedscope;
extern const struct exporter_ops exporter_firefox;
extern const struct exporter_ops exporter_chrome;
extern const struct exporter_ops exporter_pprof;
extern const struct exporter_ops exporter_callgrind;
extern const struct exporter_ops exporter_collapsed;
extern const struct exporter_ops exporter_csv;
extern const struct exporter_ops exporter_md;
extern const struct exporter_ops exporter_svg;
extern const struct exporter_ops exporter_png;

#endif
