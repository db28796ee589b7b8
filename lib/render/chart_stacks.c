/* SPDX-License-Identifier: MIT */
#include "render/chart_stacks.h"

#include "base/escape.h"

#include <string.h>

enum {
	ROW = 18,
	ROW_MIN = 3,		/* of deep stacks in a low picture */
	ROW_TEXT = 12,		/* lower rows have no text */
	ROWS_NATURAL = 120,	/* more are asked for by --height */
	ROWS_SEEN = 24,		/* fewer are never left out */
	LABEL_MIN = 26,		/* narrower boxes have no text */
	LABEL_PAD = 4,
	LETTERS_MIN = 7		/* of a name that was cut */
};

#define THINNEST 0.6
#define SPIKES 0.01		/* of the time; rows with less may go */

static void add_thin(struct chart_stacks *stacks, struct stack_box *thin)
{
	if (thin->width >= THINNEST)
		stack_box_vec_push(&stacks->boxes, *thin);
}

static void lay_out_children(struct chart_stacks *stacks,
			     struct stack_box box, double per_ns)
{
	const struct stacks_ops *ops = stacks->ops;
	struct stack_box thin = {
		.node = ID_NONE, .x = box.x, .depth = box.depth + 1
	};
	uint32_t id = ops->first_child(stacks, box.node);

	for (; id != ID_NONE; id = ops->next_sibling(stacks, id)) {
		const double weight = ops->weight(stacks, id);
		const double width = weight * per_ns;

		if (width >= THINNEST) {
			stack_box_vec_push(&stacks->boxes, (struct stack_box){
				.node = id, .x = thin.x, .width = width,
				.weight = weight, .depth = thin.depth });
			thin.x += width;
		} else {
			thin.width += width;
			thin.weight += weight;
			thin.merged++;
		}
	}
	add_thin(stacks, &thin);
}

static void lay_out(struct chart_stacks *stacks, double x, double width)
{
	const double total = stacks->ops->weight(stacks, 0);

	if (total <= 0)
		return;
	stack_box_vec_push(&stacks->boxes, (struct stack_box){
		.x = x, .width = width, .weight = total });
	for (size_t i = 0; i < stacks->boxes.count; i++) {
		const struct stack_box box = stacks->boxes.items[i];

		stacks->rows = MAX(stacks->rows, box.depth + 1);
		if (box.node != ID_NONE)
			lay_out_children(stacks, box, width / total);
	}
}

/* A few letters of a long name are worse than none. */
static bool tells(const char *label)
{
	return !strstr(label, "\u2026") || escape_width(label) >= LETTERS_MIN;
}

/* What stands behind a name, if both are in the box then. */
static void add_more(const struct chart_stacks *stacks, struct strbuf *label,
		     const struct font *font, uint32_t node, double width)
{
	const size_t before = label->len;
	const char gap[] = "  ";

	if (node == ID_NONE || !stacks->ops->add_more ||
	    strstr(strbuf_text(label), "\u2026"))
		return;
	strbuf_add(label, gap);
	stacks->ops->add_more(stacks, label, node);
	if (label->len == before + strlen(gap) ||
	    canvas_text_width(stacks->chart->canvas, font,
			      strbuf_text(label)) > width)
		label->text[label->len = before] = '\0';
}

static void draw_label(const struct chart_stacks *stacks,
		       const struct stack_box *box, const char *name,
		       double y, uint32_t fill)
{
	const struct font font = { .size = MIN(stacks->row - 6, 12.0) };
	const double width = box->width - 2 * LABEL_PAD - 1;
	struct strbuf text = STRBUF_INIT;

	if (box->width >= LABEL_MIN && stacks->row >= ROW_TEXT &&
	    chart_fit_function(stacks->chart, &text, &font, name, width) &&
	    tells(strbuf_text(&text))) {
		add_more(stacks, &text, &font, box->node, width);
		canvas_text(stacks->chart->canvas, box->x + LABEL_PAD,
			    chart_middle(y, stacks->row - 1, &font), &font,
			    colour_ink_on(fill), ANCHOR_START,
			    strbuf_text(&text));
	}
	strbuf_release(&text);
}

static void add_name(const struct chart_stacks *stacks, struct strbuf *out,
		     const struct stack_box *box)
{
	if (box->node == ID_NONE)
		strbuf_addf(out, "(%u calls too thin to show)", box->merged);
	else
		stacks->ops->add_name(stacks, out, box->node);
}

static void draw_shape(const struct chart_stacks *stacks,
		       const struct stack_box *box, double y, uint32_t fill)
{
	const struct box shape = {
		box->x, y, MAX(THINNEST, box->width - (box->width > 3)),
		stacks->row > 6 ? stacks->row - 1 : stacks->row
	};

	canvas_rect(stacks->chart->canvas, &shape, fill);
	if (box->node != ID_NONE && stacks->ops->mark)
		stacks->ops->mark(stacks, box->node, &shape, fill);
}

static void draw_box(const struct chart_stacks *stacks,
		     const struct stack_box *box, double bottom)
{
	const struct chart_theme *theme = stacks->chart->theme;
	const double y = bottom - (box->depth + 1) * stacks->row;
	const uint32_t fill = box->node == ID_NONE ?
		colour_mix(theme->special, theme->background, 0.4) :
		stacks->ops->fill(stacks, box->node);
	struct strbuf name = STRBUF_INIT;
	struct strbuf tip = STRBUF_INIT;

	add_name(stacks, &name, box);
	chart_fit_text(stacks->chart, &tip, &chart_plain, strbuf_text(&name),
		       1e4);
	stacks->ops->add_tip(stacks, &tip, box);
	canvas_open_group(stacks->chart->canvas, "frame", strbuf_text(&tip));
	draw_shape(stacks, box, y, fill);
	draw_label(stacks, box, strbuf_text(&name), y, fill);
	canvas_close_group(stacks->chart->canvas);
	strbuf_release(&tip);
	strbuf_release(&name);
}

/* As many rows as there is room for; deep stacks get low ones. */
static void choose_rows(struct chart_stacks *stacks, double height)
{
	const double each = height / MAX(stacks->rows, 1U);

	stacks->row = MIN((double)ROW, MAX((double)ROW_MIN, each));
	stacks->rows_drawn = MIN(stacks->rows, height / stacks->row + 1e-6);
}

static void draw(struct chart_stacks *stacks, const char *caption)
{
	struct chart *chart = stacks->chart;
	struct box plot = chart->area;
	struct axis axis;

	plot.height -= CHART_AXIS_HEIGHT;
	choose_rows(stacks, plot.height);
	axis = axis_of(AXIS_NS, stacks->ops->weight(stacks, 0), plot.x,
		       plot.x + plot.width, 90);
	chart_x_axis(chart, &axis, &(struct box){
		plot.x, plot.y + plot.height, plot.width, 0 }, caption);
	for (size_t i = 0; i < stacks->boxes.count; i++) {
		if (stacks->boxes.items[i].depth < stacks->rows_drawn)
			draw_box(stacks, &stacks->boxes.items[i],
				 plot.y + plot.height);
	}
}

/* The rows up to the last one of which `share` of the width is filled. */
static uint32_t filled_rows(const struct chart_stacks *stacks, double share)
{
	const struct stack_box_vec *boxes = &stacks->boxes;
	double *widths = mem_calloc(stacks->rows + 1, sizeof(*widths));
	uint32_t rows = stacks->rows;

	for (size_t i = 0; i < boxes->count; i++)
		widths[boxes->items[i].depth] += boxes->items[i].width;
	while (rows > ROWS_SEEN && widths[rows - 1] < share * widths[0])
		rows--;
	free(widths);
	return rows;
}

/*
 * A few thin stacks that are much deeper than the others would make most of
 * the picture a void.
 */
static void cut_spikes(struct chart_stacks *stacks)
{
	const uint32_t rows = filled_rows(stacks, SPIKES);
	const uint32_t cut = stacks->rows - rows;

	if (stacks->chart->request->height || cut < ROWS_SEEN)
		return;
	stacks->rows = rows;
	chart_add_note(stacks->chart, "Above are %u more rows of calls, with "
		       "less than %g%% of the time in each; they are drawn "
		       "with --height.", cut, 100 * SPIKES);
}

/* Stacks of any depth are no reason for a picture of any height. */
static void note_depth(struct chart_stacks *stacks)
{
	const uint32_t request = stacks->chart->request->height;

	if (request ? stacks->rows * ROW_MIN > request :
	    stacks->rows > ROWS_NATURAL)
		chart_add_note(stacks->chart, "The stacks are %u calls deep: "
			       "the innermost may not be shown.",
			       stacks->rows);
}

void chart_stacks_draw(struct chart_stacks *stacks, const char *title,
		       const char *caption)
{
	struct chart *chart = stacks->chart;
	const double margin = chart->width < 480 ? 10 : 20;

	lay_out(stacks, margin, chart->width - 2 * margin);
	cut_spikes(stacks);
	note_depth(stacks);
	chart_begin(chart, title, CHART_AXIS_HEIGHT +
		    MIN(stacks->rows, (uint32_t)ROWS_NATURAL) * ROW);
	draw(stacks, caption);
}

void chart_stacks_release(struct chart_stacks *stacks)
{
	stack_box_vec_release(&stacks->boxes);
}
