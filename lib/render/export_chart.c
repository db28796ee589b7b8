/* SPDX-License-Identifier: MIT */
/* Charts as pictures; see chart.h. */
#include "render/export_formats.h"

#include "render/chart.h"

static int draw(struct strbuf *out, struct canvas *canvas,
		const struct export_request *request, struct error *err)
{
	int ret = chart_write(out, canvas, request->view, request->chart,
			      err);

	canvas_free(canvas);
	return ret;
}

static int svg_write(struct strbuf *out, const struct export_request *request,
		     struct error *err)
{
	return draw(out, canvas_svg_new(), request, err);
}

static int png_write(struct strbuf *out, const struct export_request *request,
		     struct error *err)
{
	struct canvas *canvas;

	if (canvas_png_new(&canvas, err))
		return -1;
	return draw(out, canvas, request, err);
}

const struct exporter_ops exporter_svg = {
	.name = "svg",
	.patterns = (const char *const []){ "*.svg", NULL },
	.summary = "a chart (--chart), for browsers and documents",
	.is_chart = true,
	.write = svg_write,
};

const struct exporter_ops exporter_png = {
	.name = "png",
	.patterns = (const char *const []){ "*.png", NULL },
	.summary = "a chart (--chart), as a picture of pixels",
	.binary = true,
	.is_chart = true,
	.write = png_write,
};
