/* SPDX-License-Identifier: MIT */
/*
 * PNG by cairo.  The library is loaded only when a picture is wanted: with
 * it come some twenty others, of which no recording has any use.
 */
#include "render/canvas.h"

#include "base/mem.h"

#include <cairo.h>
#include <dlfcn.h>
#include <inttypes.h>
#include <stdlib.h>

/* What is used of cairo: F(name) for each. */
#define CAIRO_FUNCTIONS(F)						\
	F(image_surface_create) F(surface_status) F(surface_destroy)	\
	F(surface_write_to_png_stream) F(create) F(destroy) F(status)	\
	F(status_to_string) F(scale) F(set_source_rgb) F(rectangle)	\
	F(fill) F(move_to) F(line_to) F(close_path) F(stroke)		\
	F(set_line_width) F(set_line_join) F(select_font_face)		\
	F(set_font_size) F(show_text) F(text_extents)			\
	F(font_options_create) F(font_options_destroy)			\
	F(font_options_set_hint_metrics) F(font_options_set_hint_style)	\
	F(set_font_options)

struct api {
#define MEMBER(name) __typeof__(cairo_##name) *name;
	CAIRO_FUNCTIONS(MEMBER)
#undef MEMBER
};

struct png {
	struct canvas base;
	struct api api;
	cairo_surface_t *surface;
	cairo_t *cairo;
};

static int load(struct api *api, struct error *err)
{
	/* Never closed: its fonts leave things behind. */
	void *library = dlopen("libcairo.so.2", RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return error_set(err, ERROR_UNSUPPORTED, "libcairo.so.2 is "
				 "not installed (svg does without)");
#define LOOK_UP(name)							\
	api->name = (__typeof__(api->name))dlsym(library, "cairo_" #name); \
	if (!api->name)							\
		return error_set(err, ERROR_UNSUPPORTED,		\
				 "libcairo has no cairo_" #name);
	CAIRO_FUNCTIONS(LOOK_UP)
#undef LOOK_UP
	return 0;
}

/* Texts as they are measured, whatever the size of a pixel. */
static void set_options(struct png *png)
{
	cairo_font_options_t *options = png->api.font_options_create();

	png->api.font_options_set_hint_metrics(options,
					       CAIRO_HINT_METRICS_OFF);
	png->api.font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	png->api.set_font_options(png->cairo, options);
	png->api.font_options_destroy(options);
}

static void open_surface(struct png *png, int width, int height)
{
	png->surface = png->api.image_surface_create(CAIRO_FORMAT_RGB24,
						     width, height);
	png->cairo = png->api.create(png->surface);
	set_options(png);
}

static void close_surface(struct png *png)
{
	png->api.destroy(png->cairo);
	png->api.surface_destroy(png->surface);
}

static void png_begin(struct canvas *canvas)
{
	struct png *png = container_of(canvas, struct png, base);
	const struct canvas_size *size = &canvas->size;

	close_surface(png);
	open_surface(png, size->width * size->scale + 0.5,
		     size->height * size->scale + 0.5);
	png->api.scale(png->cairo, size->scale, size->scale);
}

static void set_font(struct png *png, const struct font *font)
{
	png->api.select_font_face(png->cairo, "Arial",
				  CAIRO_FONT_SLANT_NORMAL, font->bold ?
				  CAIRO_FONT_WEIGHT_BOLD :
				  CAIRO_FONT_WEIGHT_NORMAL);
	png->api.set_font_size(png->cairo, font->size);
}

static double png_width(struct canvas *canvas, const struct font *font,
			const char *text)
{
	struct png *png = container_of(canvas, struct png, base);
	cairo_text_extents_t extents;

	set_font(png, font);
	png->api.text_extents(png->cairo, text, &extents);
	return extents.x_advance;
}

static void set_colour(struct png *png, uint32_t colour)
{
	png->api.set_source_rgb(png->cairo, (colour >> 16 & 0xff) / 255.0,
				(colour >> 8 & 0xff) / 255.0,
				(colour & 0xff) / 255.0);
}

static void png_rect(struct canvas *canvas, const struct box *box,
		     uint32_t colour)
{
	struct png *png = container_of(canvas, struct png, base);

	set_colour(png, colour);
	png->api.rectangle(png->cairo, box->x, box->y, box->width,
			   box->height);
	png->api.fill(png->cairo);
}

static void png_path(struct canvas *canvas, const struct point *points,
		     size_t count, uint32_t colour, double line)
{
	struct png *png = container_of(canvas, struct png, base);

	set_colour(png, colour);
	png->api.move_to(png->cairo, points[0].x, points[0].y);
	for (size_t i = 1; i < count; i++)
		png->api.line_to(png->cairo, points[i].x, points[i].y);
	if (line > 0) {
		png->api.set_line_width(png->cairo, line);
		png->api.set_line_join(png->cairo, CAIRO_LINE_JOIN_ROUND);
		png->api.stroke(png->cairo);
	} else {
		png->api.close_path(png->cairo);
		png->api.fill(png->cairo);
	}
}

static void png_text(struct canvas *canvas, double x, double y,
		     const struct font *font, uint32_t colour,
		     enum anchor anchor, const char *text)
{
	static const double shares[] = { 0, 0.5, 1 };
	struct png *png = container_of(canvas, struct png, base);

	x -= shares[anchor] * png_width(canvas, font, text);
	set_colour(png, colour);
	png->api.move_to(png->cairo, x, y);
	png->api.show_text(png->cairo, text);
}

static void png_open_group(struct canvas *canvas, const char *kind,
			   const char *title)
{
	/* A picture of pixels has no groups. */
}

static void png_close_group(struct canvas *canvas)
{
	/* Nor here. */
}

static cairo_status_t add_bytes(void *closure, const unsigned char *data,
				unsigned int len)
{
	strbuf_add_bytes(closure, (const char *)data, len);
	return CAIRO_STATUS_SUCCESS;
}

static int png_finish(struct canvas *canvas, struct strbuf *out,
		      struct error *err)
{
	struct png *png = container_of(canvas, struct png, base);
	cairo_status_t status = png->api.status(png->cairo);

	if (!status)
		status = png->api.surface_status(png->surface);
	if (!status)
		status = png->api.surface_write_to_png_stream(png->surface,
							      add_bytes, out);
	if (status)
		return error_set(err, ERROR_SYSTEM, "cannot draw: %s",
				 png->api.status_to_string(status));
	return 0;
}

static void png_free(struct canvas *canvas)
{
	struct png *png = container_of(canvas, struct png, base);

	close_surface(png);
	free(png);
}

static const struct canvas_ops png_ops = {
	.begin = png_begin,
	.width = png_width,
	.rect = png_rect,
	.path = png_path,
	.text = png_text,
	.open_group = png_open_group,
	.close_group = png_close_group,
	.finish = png_finish,
	.free = png_free,
};

int canvas_png_new(struct canvas **out, struct error *err)
{
	struct api api = { .create = NULL };
	struct png *png;

	*out = NULL;
	if (load(&api, err))
		return -1;
	png = mem_alloc(sizeof(*png));
	png->base.ops = &png_ops;
	png->api = api;
	open_surface(png, 1, 1);	/* to measure texts on */
	*out = &png->base;
	return 0;
}
