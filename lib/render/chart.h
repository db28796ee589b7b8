/* SPDX-License-Identifier: MIT */
/*
 * Pictures of a profile.  A kind of chart is a file chart_NAME.c: it
 * collects what it shows, adds entries to the legend and notes, begins the
 * picture with as much height as it would like, and draws in `area`.
 */
#ifndef CPROF_RENDER_CHART_H
#define CPROF_RENDER_CHART_H

#include "render/canvas.h"
#include "render/chart_axis.h"
#include "render/chart_theme.h"
#include "render/view.h"

enum {
	CHART_WIDTH = 1200,		/* pixels, when nobody says */
	CHART_MIN = 200,		/* of width and height */
	CHART_MAX = 16384,
	CHART_PIXELS_MAX = 100000000
};

/* What is asked for. */
struct chart_request {
	const struct chart_kind *kind;
	const struct chart_theme *theme;
	uint32_t width;			/* pixels; 0: CHART_WIDTH */
	uint32_t height;		/* pixels; 0: as the chart needs */
	const char *metric;		/* NULL: the clock of the view */
};

/* How an entry of the legend looks: also by form, not by colour alone. */
enum legend_form {
	LEGEND_BLOCK, LEGEND_THIN, LEGEND_LINE,
	LEGEND_RISING, LEGEND_FALLING	/* hatched */
};

struct legend_entry {
	char *text;
	uint32_t colour;
	enum legend_form form;
};

VEC_DEFINE(legend_vec, struct legend_entry);
VEC_DEFINE(note_vec, char *);

struct chart {
	const struct chart_request *request;
	const struct view *view;	/* NULL: it is not of one profile */
	const char *name;		/* of what is shown; in the title */
	struct strbuf facts;		/* a line below the title */
	const struct chart_theme *theme;
	struct canvas *canvas;
	struct legend_vec legend;
	struct note_vec notes;
	double width;			/* of the picture, in units */
	struct box area;		/* to draw in, in units */
};

struct chart_kind {
	const char *name;		/* "flamegraph" */
	const char *summary;
	bool any_metric;		/* not the clocks alone */
	int (*draw)(struct chart *chart, struct error *err);
};

/* All of them, NULL-terminated; the first is the one when nobody says. */
extern const struct chart_kind *const chart_kinds[];

/* The one of this name, or NULL. */
const struct chart_kind *chart_find(const char *name);

/* Draw on `canvas`, which was not begun, and add the file to `out`. */
int chart_write(struct strbuf *out, struct canvas *canvas,
		const struct view *view, const struct chart_request *request,
		struct error *err);

/*
 * What chart_write() does around a kind, for pictures of something else:
 * chart_of(), set name and facts, chart_begin(), draw, chart_end().
 */
struct chart chart_of(struct canvas *canvas,
		      const struct chart_request *request);

/* Release all but the canvas; add the file to `out` when `ret` is 0. */
int chart_end(struct chart *chart, struct strbuf *out, int ret,
	      struct error *err);

/* ---- for the kinds ---- */

extern const struct font chart_plain;	/* of labels */
extern const struct font chart_small;	/* of axes and notes */

void chart_add_legend(struct chart *chart, enum legend_form form,
		      uint32_t colour, const char *text);

/* A sentence at the bottom: what is left out, what to beware of. */
void chart_add_note(struct chart *chart, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

/*
 * Paint background, title ("flame graph"), legend and notes, and leave
 * `area` to be drawn in, which is `height` units high unless the request
 * says otherwise, and never less than a few.
 */
void chart_begin(struct chart *chart, const char *title, double height);

/*
 * Add as much of a text from outside as is `width` units wide; false and
 * nothing when there is no room for a few letters.  Names of functions lose
 * first what tells least.
 */
bool chart_fit_text(const struct chart *chart, struct strbuf *out,
		    const struct font *font, const char *text, double width);
bool chart_fit_function(const struct chart *chart, struct strbuf *out,
			const struct font *font, const char *name,
			double width);

/* Lines across a box: rising, or falling. */
void chart_hatch(struct chart *chart, const struct box *box, bool rising,
		 uint32_t colour);

/* The base line of text that stands in the middle of a row. */
double chart_middle(double y, double height, const struct font *font);

/* Lines and labels of an axis at the bottom (or the left) of `plot`. */
void chart_x_axis(struct chart *chart, const struct axis *axis,
		  const struct box *plot, const char *title);
void chart_y_axis(struct chart *chart, const struct axis *axis,
		  const struct box *plot);

enum { CHART_AXIS_HEIGHT = 34 };	/* of a chart_x_axis() */

/* Is it "cpu", "wall" or "off-cpu"? */
bool chart_is_clock(const char *metric);

/* "CPU time", "wall time", "time off the CPU" */
const char *chart_clock_text(enum weight_clock clock);

#endif
