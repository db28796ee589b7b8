/* SPDX-License-Identifier: MIT */
#include "render/canvas.h"

void canvas_free(struct canvas *canvas)
{
	if (canvas)
		canvas->ops->free(canvas);
}

void canvas_begin(struct canvas *canvas, const struct canvas_size *size)
{
	canvas->size = *size;
	canvas->ops->begin(canvas);
}

double canvas_text_width(struct canvas *canvas, const struct font *font,
			 const char *text)
{
	return canvas->ops->width(canvas, font, text);
}

void canvas_rect(struct canvas *canvas, const struct box *box, uint32_t colour)
{
	if (box->width > 0 && box->height > 0)
		canvas->ops->rect(canvas, box, colour);
}

void canvas_line(struct canvas *canvas, const struct point *points,
		 size_t count, uint32_t colour, double width)
{
	if (count > 1)
		canvas->ops->path(canvas, points, count, colour, width);
}

void canvas_polygon(struct canvas *canvas, const struct point *points,
		    size_t count, uint32_t colour)
{
	if (count > 2)
		canvas->ops->path(canvas, points, count, colour, 0);
}

void canvas_text(struct canvas *canvas, double x, double y,
		 const struct font *font, uint32_t colour,
		 enum anchor anchor, const char *text)
{
	if (*text)
		canvas->ops->text(canvas, x, y, font, colour, anchor, text);
}

void canvas_open_group(struct canvas *canvas, const char *kind,
		       const char *title)
{
	canvas->ops->open_group(canvas, kind, title);
}

void canvas_close_group(struct canvas *canvas)
{
	canvas->ops->close_group(canvas);
}

int canvas_finish(struct canvas *canvas, struct strbuf *out,
		  struct error *err)
{
	return canvas->ops->finish(canvas, out, err);
}
