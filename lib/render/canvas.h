/* SPDX-License-Identifier: MIT */
/*
 * Something to draw on: an SVG, or a PNG by cairo.  Lengths are in units of
 * which canvas_begin() says how many pixels they have; y grows downwards.
 * Colours are 0xRRGGBB.
 *
 * Texts must be well-formed UTF-8 without control characters, as
 * escape_text() makes it.
 */
#ifndef CPROF_RENDER_CANVAS_H
#define CPROF_RENDER_CANVAS_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct box {
	double x, y;		/* upper left */
	double width, height;
};

struct point {
	double x, y;
};

struct font {
	double size;
	bool bold;
};

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

struct canvas_size {
	double width, height;	/* in units */
	double scale;		/* pixels of a unit */
};

struct canvas;

/* How one kind of canvas does it; for canvas.c and its kinds only. */
struct canvas_ops {
	void (*begin)(struct canvas *canvas);
	double (*width)(struct canvas *canvas, const struct font *font,
			const char *text);
	void (*rect)(struct canvas *canvas, const struct box *box,
		     uint32_t colour);
	/* A polygon that is filled, or with `line` > 0 a line so wide. */
	void (*path)(struct canvas *canvas, const struct point *points,
		     size_t count, uint32_t colour, double line);
	void (*text)(struct canvas *canvas, double x, double y,
		     const struct font *font, uint32_t colour,
		     enum anchor anchor, const char *text);
	void (*open_group)(struct canvas *canvas, const char *kind,
			   const char *title);
	void (*close_group)(struct canvas *canvas);
	int (*finish)(struct canvas *canvas, struct strbuf *out,
		      struct error *err);
	void (*free)(struct canvas *canvas);
};

struct canvas {
	const struct canvas_ops *ops;
	struct canvas_size size;
};

/* An SVG.  Never fails. */
struct canvas *canvas_svg_new(void);

/*
 * A PNG.  -1 (ERROR_UNSUPPORTED) and NULL in `*out` when cprof was built
 * without cairo, or its library is not here.
 */
int canvas_png_new(struct canvas **out, struct error *err);

/* NULL is allowed. */
void canvas_free(struct canvas *canvas);

/* Texts can be measured before this, all else comes after it. */
void canvas_begin(struct canvas *canvas, const struct canvas_size *size);

/* Units that the text is wide. */
double canvas_text_width(struct canvas *canvas, const struct font *font,
			 const char *text);

/* In units, from the upper left corner. */
void canvas_rect(struct canvas *canvas, const struct box *box,
		 uint32_t colour);
void canvas_line(struct canvas *canvas, const struct point *points,
		 size_t count, uint32_t colour, double width);
void canvas_polygon(struct canvas *canvas, const struct point *points,
		    size_t count, uint32_t colour);

/* `y` is the base line. */
void canvas_text(struct canvas *canvas, double x, double y,
		 const struct font *font, uint32_t colour,
		 enum anchor anchor, const char *text);

/*
 * What is drawn up to the close belongs together: an SVG says so, with
 * `kind` ("legend") as its class and `title` (may be NULL) told by browsers
 * where the mouse is.
 */
void canvas_open_group(struct canvas *canvas, const char *kind,
		       const char *title);
void canvas_close_group(struct canvas *canvas);

/* Add the whole file to `out`. */
int canvas_finish(struct canvas *canvas, struct strbuf *out,
		  struct error *err);

#endif
