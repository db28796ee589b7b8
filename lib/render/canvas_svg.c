/* SPDX-License-Identifier: MIT */
/*
 * SVG, with texts as texts: they can be searched and copied, and a browser
 * tells the whole name where the mouse is.  (cairo's SVG has outlines of
 * letters instead.)  Nothing in it is active.
 *
 * Which font a viewer has is not known.  Texts are measured as in Arial,
 * Helvetica and Liberation Sans, which are equally wide; textLength has
 * other fonts take that width, too, so that nothing ever overlaps.
 */
#include "render/canvas.h"

#include "base/escape.h"
#include "base/mem.h"
#include "render/markup.h"

#include <inttypes.h>

struct svg {
	struct canvas base;
	struct strbuf text;
};

enum { EM = 2048, FIRST_CHAR = 32, CHAR_COUNT = 95 };

/* Advance widths of the characters from ' ' to '~', plain and bold. */
static const uint16_t widths[2][CHAR_COUNT] = {
	{
		569, 569, 727, 1139, 1139, 1821, 1366, 391, 682, 682, 797,
		1196, 569, 682, 569, 569, 1139, 1139, 1139, 1139, 1139, 1139,
		1139, 1139, 1139, 1139, 569, 569, 1196, 1196, 1196, 1139, 2079,
		1366, 1366, 1479, 1479, 1366, 1251, 1593, 1479, 569, 1024,
		1366, 1139, 1706, 1479, 1593, 1366, 1593, 1479, 1366, 1251,
		1479, 1366, 1933, 1366, 1366, 1251, 569, 569, 569, 961, 1139,
		682, 1139, 1139, 1024, 1139, 1139, 569, 1139, 1139, 455, 455,
		1024, 455, 1706, 1139, 1139, 1139, 1139, 682, 1024, 569, 1139,
		1024, 1479, 1024, 1024, 1024, 684, 532, 684, 1196,
	},
	{
		569, 682, 971, 1139, 1139, 1821, 1479, 487, 682, 682, 797,
		1196, 569, 682, 569, 569, 1139, 1139, 1139, 1139, 1139, 1139,
		1139, 1139, 1139, 1139, 682, 682, 1196, 1196, 1196, 1251, 1997,
		1479, 1479, 1479, 1479, 1366, 1251, 1593, 1479, 569, 1139,
		1479, 1251, 1706, 1479, 1593, 1366, 1593, 1479, 1366, 1251,
		1479, 1366, 1933, 1366, 1366, 1251, 682, 569, 682, 1196, 1139,
		682, 1139, 1251, 1139, 1251, 1139, 682, 1251, 1251, 569, 569,
		1139, 569, 1821, 1251, 1251, 1251, 1251, 797, 1139, 682, 1251,
		1139, 1593, 1139, 1139, 1024, 797, 573, 797, 1196,
	},
};

/* Other characters: about as wide as a wide letter, or as an em. */
static unsigned int advance(unsigned int code, const char *bytes, size_t len,
			    bool bold)
{
	char one[5] = "";

	if (code >= FIRST_CHAR && code < FIRST_CHAR + CHAR_COUNT)
		return widths[bold][code - FIRST_CHAR];
	for (size_t i = 0; i < len && i < sizeof(one) - 1; i++)
		one[i] = bytes[i];
	return escape_width(one) * (code < 0x2000 ? EM * 2 / 3 : EM * 3 / 4);
}

static double svg_width(struct canvas *canvas, const struct font *font,
			const char *text)
{
	uint64_t sum = 0;

	while (*text) {
		unsigned int code = 0;
		size_t len = utf8_decode(text, &code);

		len += !len;
		sum += advance(code, text, len, font->bold);
		text += len;
	}
	return font->size * sum / EM;
}

/* Two decimals, and no more digits than are needed. */
static void add_number(struct strbuf *out, double value)
{
	char digits[40];
	int len = snprintf(digits, sizeof(digits), "%.2f", value);

	while (digits[len - 1] == '0')
		len--;
	if (digits[len - 1] == '.')
		len--;
	strbuf_add_bytes(out, digits, len);
}

static void add_attribute(struct strbuf *out, const char *name, double value)
{
	strbuf_addf(out, " %s=\"", name);
	add_number(out, value);
	strbuf_add_char(out, '"');
}

static void add_colour(struct strbuf *out, const char *name, uint32_t colour)
{
	strbuf_addf(out, " %s=\"#%06" PRIx32 "\"", name, colour & 0xffffff);
}

static void svg_begin(struct canvas *canvas)
{
	struct svg *svg = container_of(canvas, struct svg, base);
	const struct canvas_size *size = &canvas->size;
	struct strbuf *out = &svg->text;

	strbuf_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
	add_attribute(out, "width", size->width * size->scale);
	add_attribute(out, "height", size->height * size->scale);
	strbuf_add(out, " viewBox=\"0 0 ");
	add_number(out, size->width);
	strbuf_add_char(out, ' ');
	add_number(out, size->height);
	strbuf_add(out, "\" font-family=\"Arial, Helvetica, 'Liberation "
		   "Sans', 'DejaVu Sans', sans-serif\">\n");
}

static void svg_rect(struct canvas *canvas, const struct box *box,
		     uint32_t colour)
{
	struct svg *svg = container_of(canvas, struct svg, base);
	struct strbuf *out = &svg->text;

	strbuf_add(out, "<rect");
	add_attribute(out, "x", box->x);
	add_attribute(out, "y", box->y);
	add_attribute(out, "width", box->width);
	add_attribute(out, "height", box->height);
	add_colour(out, "fill", colour);
	strbuf_add(out, "/>\n");
}

static void svg_path(struct canvas *canvas, const struct point *points,
		     size_t count, uint32_t colour, double line)
{
	struct svg *svg = container_of(canvas, struct svg, base);
	struct strbuf *out = &svg->text;

	strbuf_add(out, line > 0 ? "<polyline points=\"" :
		   "<polygon points=\"");
	for (size_t i = 0; i < count; i++) {
		if (i)
			strbuf_add_char(out, ' ');
		add_number(out, points[i].x);
		strbuf_add_char(out, ',');
		add_number(out, points[i].y);
	}
	strbuf_add_char(out, '"');
	if (line > 0) {
		strbuf_add(out, " fill=\"none\" stroke-linejoin=\"round\"");
		add_colour(out, "stroke", colour);
		add_attribute(out, "stroke-width", line);
	} else {
		add_colour(out, "fill", colour);
	}
	strbuf_add(out, "/>\n");
}

static void svg_text(struct canvas *canvas, double x, double y,
		     const struct font *font, uint32_t colour,
		     enum anchor anchor, const char *text)
{
	static const char *const anchors[] = {
		"", " text-anchor=\"middle\"", " text-anchor=\"end\""
	};
	struct svg *svg = container_of(canvas, struct svg, base);
	struct strbuf *out = &svg->text;

	strbuf_add(out, "<text");
	add_attribute(out, "x", x);
	add_attribute(out, "y", y);
	add_attribute(out, "font-size", font->size);
	if (font->bold)
		strbuf_add(out, " font-weight=\"bold\"");
	strbuf_add(out, anchors[anchor]);
	add_attribute(out, "textLength", svg_width(canvas, font, text));
	strbuf_add(out, " lengthAdjust=\"spacingAndGlyphs\"");
	add_colour(out, "fill", colour);
	strbuf_add_char(out, '>');
	markup_add_text(out, text);
	strbuf_add(out, "</text>\n");
}

static void svg_open_group(struct canvas *canvas, const char *kind,
			   const char *title)
{
	struct svg *svg = container_of(canvas, struct svg, base);

	strbuf_addf(&svg->text, "<g class=\"%s\">", kind);
	if (title) {
		strbuf_add(&svg->text, "<title>");
		markup_add_text(&svg->text, title);
		strbuf_add(&svg->text, "</title>");
	}
	strbuf_add_char(&svg->text, '\n');
}

static void svg_close_group(struct canvas *canvas)
{
	struct svg *svg = container_of(canvas, struct svg, base);

	strbuf_add(&svg->text, "</g>\n");
}

static int svg_finish(struct canvas *canvas, struct strbuf *out,
		      struct error *err)
{
	struct svg *svg = container_of(canvas, struct svg, base);

	strbuf_add(&svg->text, "</svg>\n");
	strbuf_add_bytes(out, strbuf_text(&svg->text), svg->text.len);
	return 0;
}

static void svg_free(struct canvas *canvas)
{
	struct svg *svg = container_of(canvas, struct svg, base);

	strbuf_release(&svg->text);
	free(svg);
}

static const struct canvas_ops svg_ops = {
	.begin = svg_begin,
	.width = svg_width,
	.rect = svg_rect,
	.path = svg_path,
	.text = svg_text,
	.open_group = svg_open_group,
	.close_group = svg_close_group,
	.finish = svg_finish,
	.free = svg_free,
};

struct canvas *canvas_svg_new(void)
{
	struct svg *svg = mem_alloc(sizeof(*svg));

	svg->base.ops = &svg_ops;
	return &svg->base;
}
