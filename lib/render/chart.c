/* SPDX-License-Identifier: MIT */
#include "render/chart.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/units.h"
#include "profile/quality.h"
#include "render/chart_kinds.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

const struct chart_kind *const chart_kinds[] = {
	&chart_flamegraph,
	&chart_functions,
	&chart_threads,
	&chart_timeline,
	&chart_memory,
	&chart_heatmap,
	&chart_regions,
	NULL
};

static const struct font title_font = { .size = 17, .bold = true };
static const struct font subject_font = { .size = 17 };

enum {
	MARGIN = 20,
	MARGIN_SMALL = 10,
	TITLE_HEIGHT = 24,
	LINE_HEIGHT = 17,	/* of facts, legend and notes */
	GAP = 10,		/* between the parts */
	SWATCH = 11,
	AREA_MIN = 60
};

/* Heights of what stands around the area; those that are 0 are left out. */
struct surround {
	double margin;
	double inner;		/* width between the margins */
	double facts, legend, notes;
};

const struct chart_kind *chart_find(const char *name)
{
	for (const struct chart_kind *const *k = chart_kinds; *k; k++) {
		if (strcmp((*k)->name, name) == 0)
			return *k;
	}
	return NULL;
}

const char *chart_clock_text(enum weight_clock clock)
{
	static const char *const texts[] = {
		[WEIGH_CPU] = "CPU time",
		[WEIGH_WALL] = "wall time",
		[WEIGH_OFF_CPU] = "time off the CPU",
	};

	return texts[clock];
}

void chart_add_legend(struct chart *chart, enum legend_form form,
		      uint32_t colour, const char *text)
{
	struct strbuf shown = STRBUF_INIT;

	/* A canvas measures and draws UTF-8 only. */
	escape_text(&shown, text);
	legend_vec_push(&chart->legend, (struct legend_entry){
		.text = strbuf_take(&shown), .colour = colour, .form = form });
}

void chart_add_note(struct chart *chart, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	note_vec_push(&chart->notes, mem_strdup(text));
}

static void add_date(struct strbuf *out, const struct profile_run *run)
{
	const time_t seconds = run->begin.start_realtime_ns / NS_PER_S;
	char date[64] = "";
	struct tm tm;

	if (seconds && gmtime_r(&seconds, &tm))
		strftime(date, sizeof(date), " \u00b7 %Y-%m-%d %H:%M UTC",
			 &tm);
	strbuf_add(out, date);
}

/* "4.07 s of CPU time in 4.2 s · 3,911 samples · ..." */
static void add_facts(struct strbuf *out, const struct view *view)
{
	const struct overview *overview = view->overview;
	const struct profile_run *run = profile_main_run(view->profile);
	const struct profile_file *file;

	units_add_duration(out, overview->cpu_ns);
	strbuf_add(out, " of CPU time in ");
	units_add_duration(out, overview->wall_ns);
	strbuf_add(out, " \u00b7 ");
	units_add_count(out, overview->samples);
	strbuf_add(out, " samples");
	if (overview->cpu_samples != overview->samples) {
		strbuf_add(out, ", ");
		units_add_count(out, overview->cpu_samples);
		strbuf_add(out, " on a CPU");
	}
	if (overview->runs > 1)
		strbuf_addf(out, " of %zu runs", overview->runs);
	if (!run)
		return;
	file = &view->profile->files.items[run->file];
	if (*file->info.host)
		strbuf_addf(out, " \u00b7 %s", file->info.host);
	add_date(out, run);
}

/* The numbers are true, or the picture says that they are not. */
static void add_quality(struct chart *chart)
{
	struct quality_flaw flaws[QUALITY_FLAWS_MAX];
	const size_t count = quality_flaws(chart->view->profile,
					   chart->view->overview, flaws);

	for (size_t i = 0; i < count; i++)
		chart_add_note(chart, "Beware: %.3g%% %s.", flaws[i].percent,
			       flaws[i].what);
	if (!filter_spec_is_empty(chart->view->spec))
		chart_add_note(chart, "Only a part of the profile is shown, "
			       "as asked.");
}

/* Where each entry of the legend stands; returns the height of all. */
static double place_legend(const struct chart *chart, double width,
			   struct point *places)
{
	struct point at = { 0, 0 };

	for (size_t i = 0; i < chart->legend.count; i++) {
		const double need = SWATCH + 6 + canvas_text_width(
			chart->canvas, &chart_small,
			chart->legend.items[i].text);

		if (at.x > 0 && at.x + need > width) {
			at.x = 0;
			at.y += LINE_HEIGHT;
		}
		places[i] = at;
		at.x += need + 18;
	}
	return chart->legend.count ? at.y + LINE_HEIGHT : 0;
}

static void draw_swatch(struct chart *chart, const struct legend_entry *entry,
			double x, double y)
{
	const double heights[] = {
		[LEGEND_BLOCK] = SWATCH, [LEGEND_THIN] = 4, [LEGEND_LINE] = 2,
		[LEGEND_RISING] = SWATCH, [LEGEND_FALLING] = SWATCH
	};
	const double height = heights[entry->form];
	const struct box box = {
		x, y + (LINE_HEIGHT - height) / 2, SWATCH, height
	};

	canvas_rect(chart->canvas, &box, entry->colour);
	if (entry->form >= LEGEND_RISING)
		chart_hatch(chart, &box, entry->form == LEGEND_RISING,
			    chart->theme->ink);
}

static void draw_legend(struct chart *chart, const struct surround *around,
			double y)
{
	struct point *places = mem_calloc(chart->legend.count + 1,
					  sizeof(*places));

	place_legend(chart, around->inner, places);
	canvas_open_group(chart->canvas, "legend", NULL);
	for (size_t i = 0; i < chart->legend.count; i++) {
		const struct legend_entry *entry = &chart->legend.items[i];
		const double x = around->margin + places[i].x;
		struct strbuf text = STRBUF_INIT;

		draw_swatch(chart, entry, x, y + places[i].y);
		if (chart_fit_text(chart, &text, &chart_small, entry->text,
				   around->inner - SWATCH - 6))
			canvas_text(chart->canvas, x + SWATCH + 6,
				    chart_middle(y + places[i].y, LINE_HEIGHT,
						 &chart_small),
				    &chart_small, chart->theme->dim,
				    ANCHOR_START, strbuf_text(&text));
		strbuf_release(&text);
	}
	canvas_close_group(chart->canvas);
	free(places);
}

/* The name of the run, and what is shown of it. */
static void draw_title(struct chart *chart, const struct surround *around,
		       const char *subject)
{
	const double y = around->margin + 16;
	struct strbuf text = STRBUF_INIT;
	double x = around->margin;

	canvas_open_group(chart->canvas, "title", NULL);
	if (chart_fit_text(chart, &text, &title_font, chart->name,
			   around->inner * 0.6) && text.len) {
		canvas_text(chart->canvas, x, y, &title_font,
			    chart->theme->ink, ANCHOR_START,
			    strbuf_text(&text));
		x += canvas_text_width(chart->canvas, &title_font,
				       strbuf_text(&text)) + 10;
	}
	strbuf_clear(&text);
	if (chart_fit_text(chart, &text, &subject_font, subject,
			   around->margin + around->inner - x))
		canvas_text(chart->canvas, x, y, &subject_font,
			    chart->theme->dim, ANCHOR_START,
			    strbuf_text(&text));
	canvas_close_group(chart->canvas);
	strbuf_release(&text);
}

static void draw_line(struct chart *chart, const struct surround *around,
		      double y, const char *line)
{
	struct strbuf text = STRBUF_INIT;

	if (chart_fit_text(chart, &text, &chart_small, line, around->inner))
		canvas_text(chart->canvas, around->margin,
			    chart_middle(y, LINE_HEIGHT, &chart_small),
			    &chart_small, chart->theme->dim, ANCHOR_START,
			    strbuf_text(&text));
	strbuf_release(&text);
}

static void draw_facts(struct chart *chart, const struct surround *around,
		       double y)
{
	canvas_open_group(chart->canvas, "facts", NULL);
	draw_line(chart, around, y, strbuf_text(&chart->facts));
	canvas_close_group(chart->canvas);
}

static void draw_notes(struct chart *chart, const struct surround *around,
		       double y)
{
	canvas_open_group(chart->canvas, "notes", NULL);
	for (size_t i = 0; i < chart->notes.count; i++)
		draw_line(chart, around, y + i * LINE_HEIGHT,
			  chart->notes.items[i]);
	canvas_close_group(chart->canvas);
}

static double height_around(const struct surround *around)
{
	return around->margin * 2 + TITLE_HEIGHT + around->facts +
	       around->legend + around->notes;
}

/* Where there is little room, the chart itself matters most. */
static void make_room(struct surround *around, double height)
{
	double *const parts[] = {
		&around->notes, &around->facts, &around->legend
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (height - height_around(around) < AREA_MIN)
			*parts[i] = 0;
	}
}

static struct surround surround_of(struct chart *chart)
{
	struct point *places = mem_calloc(chart->legend.count + 1,
					  sizeof(*places));
	struct surround around = {
		.margin = chart->width < 480 ? MARGIN_SMALL : MARGIN,
	};

	around.inner = chart->width - 2 * around.margin;
	around.facts = LINE_HEIGHT;
	around.legend = place_legend(chart, around.inner, places);
	around.legend += around.legend > 0 ? GAP : 0;
	around.notes = chart->notes.count * LINE_HEIGHT;
	around.notes += around.notes > 0 ? GAP / 2 : 0;
	free(places);
	return around;
}

/* A wide picture is looked at from afar, or on a dense screen. */
static double scale_of(const struct chart_request *request)
{
	const double width = request->width ? request->width : CHART_WIDTH;

	return width > CHART_WIDTH ? sqrt(width / CHART_WIDTH) : 1;
}

static void draw_frame(struct chart *chart, const struct surround *around,
		       const char *subject, double height)
{
	double y = around->margin + TITLE_HEIGHT;

	canvas_rect(chart->canvas, &(struct box){ 0, 0, chart->width, height },
		    chart->theme->background);
	draw_title(chart, around, subject);
	if (around->facts > 0)
		draw_facts(chart, around, y);
	y += around->facts;
	if (around->legend > 0)
		draw_legend(chart, around, y + GAP / 2.0);
	y += around->legend;
	if (around->notes > 0)
		draw_notes(chart, around, height - around->margin -
			   around->notes + GAP / 2.0);
	chart->area = (struct box){
		around->margin, y + GAP, around->inner,
		height - y - GAP - around->margin - around->notes };
}

/* In pixels, when a picture is `width` of them wide. */
static double highest(double width)
{
	return MIN((double)CHART_MAX, floor(CHART_PIXELS_MAX / width));
}

void chart_begin(struct chart *chart, const char *title, double height)
{
	const struct chart_request *request = chart->request;
	struct canvas_size size = { .scale = scale_of(request) };
	struct surround around;

	if (chart->view)
		add_quality(chart);
	around = surround_of(chart);
	if (request->height) {
		size.height = request->height / size.scale;
		make_room(&around, size.height);
	} else {
		size.height = height_around(&around) + height + GAP;
		size.height = MIN(size.height, highest(chart->width *
						       size.scale) /
					       size.scale);
	}
	size.width = chart->width;
	canvas_begin(chart->canvas, &size);
	draw_frame(chart, &around, title, size.height);
}

static int clock_find(const char *metric)
{
	for (int clock = WEIGH_CPU; clock <= WEIGH_OFF_CPU; clock++) {
		if (strcmp(metric, weight_clock_name(clock)) == 0)
			return clock;
	}
	return -1;
}

bool chart_is_clock(const char *metric)
{
	return clock_find(metric) >= 0;
}

/* The clocks are metrics, too. */
static int choose_metric(struct view *view, const struct chart_kind *kind,
			 const char *metric, struct error *err)
{
	const int clock = metric ? clock_find(metric) : -1;

	if (clock >= 0)
		view->clock = clock;
	if (clock >= 0 || !metric || kind->any_metric)
		return 0;
	return error_set(err, ERROR_USAGE, "%s has no metric '%s': it has "
			 "cpu, wall and off-cpu", kind->name, metric);
}

struct chart chart_of(struct canvas *canvas,
		      const struct chart_request *request)
{
	return (struct chart){
		.request = request,
		.name = "",
		.facts = STRBUF_INIT,
		.theme = request->theme,
		.canvas = canvas,
		.width = (request->width ? request->width : CHART_WIDTH) /
			 scale_of(request),
	};
}

int chart_end(struct chart *chart, struct strbuf *out, int ret,
	      struct error *err)
{
	if (!ret)
		ret = canvas_finish(chart->canvas, out, err);
	for (size_t i = 0; i < chart->legend.count; i++)
		free(chart->legend.items[i].text);
	for (size_t i = 0; i < chart->notes.count; i++)
		free(chart->notes.items[i]);
	legend_vec_release(&chart->legend);
	note_vec_release(&chart->notes);
	strbuf_release(&chart->facts);
	return ret;
}

int chart_write(struct strbuf *out, struct canvas *canvas,
		const struct view *view, const struct chart_request *request,
		struct error *err)
{
	const struct profile_run *run = profile_main_run(view->profile);
	struct chart chart = chart_of(canvas, request);
	struct view shown = *view;
	int ret = choose_metric(&shown, request->kind, request->metric,
				err);

	chart.view = &shown;
	if (run)
		chart.name = run->begin.name;
	add_facts(&chart.facts, view);
	if (!ret)
		ret = request->kind->draw(&chart, err);
	return chart_end(&chart, out, ret, err);
}
