/* SPDX-License-Identifier: MIT */
#include "render/metrics_view.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/units.h"
#include "render/sparkline.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum {
	LABEL_WIDTH = 24,
	MOST_WIDTH = 12,
	CHART_MAX = 400
};

static void add_label(struct strbuf *out, const struct text_style *style,
		      const char *name)
{
	struct strbuf safe = STRBUF_INIT;
	struct strbuf cut = STRBUF_INIT;
	size_t width;

	text_add_foreign(&safe, style, name);
	text_add_cut_end(&cut, style, strbuf_text(&safe), LABEL_WIDTH - 1);
	width = escape_width(strbuf_text(&cut));
	strbuf_add(out, strbuf_text(&cut));
	strbuf_add_repeat(out, ' ', LABEL_WIDTH - MIN(width,
						      (size_t)LABEL_WIDTH));
	strbuf_release(&cut);
	strbuf_release(&safe);
}

static void add_chart(struct strbuf *out, const struct text_style *style,
		      const double *pieces, size_t count, double *most)
{
	struct strbuf chart = STRBUF_INIT;
	double least = 0;

	*most = 0;
	for (size_t i = 0; i < count; i++) {
		if (isnan(pieces[i]))
			continue;
		least = fmin(least, pieces[i]);
		*most = fmax(*most, pieces[i]);
	}
	sparkline_add(&chart, style, pieces, count, least, *most);
	text_add(out, style, TONE_DIM, strbuf_text(&chart));
	strbuf_release(&chart);
}

/* The most, right-aligned, and the end of the line. */
static void add_most(struct strbuf *out, struct strbuf *text)
{
	const size_t width = escape_width(strbuf_text(text));

	strbuf_add_repeat(out, ' ', width < MOST_WIDTH ? MOST_WIDTH - width :
							 1);
	strbuf_add(out, strbuf_text(text));
	strbuf_add_char(out, '\n');
	strbuf_clear(text);
}

static void thread_line(struct strbuf *out, const struct text_style *style,
			const char *label, const double *pieces, size_t count)
{
	struct strbuf text = STRBUF_INIT;
	double most;

	add_label(out, style, label);
	add_chart(out, style, pieces, count, &most);
	strbuf_addf(&text, "%.2f", most);
	add_most(out, &text);
	strbuf_release(&text);
}

static void metric_line(struct strbuf *out, const struct text_style *style,
			const struct view *view,
			const struct profile_metric *metric, double *pieces,
			size_t count, uint64_t end_ns)
{
	struct strbuf text = STRBUF_INIT;
	struct series_facts facts;
	double most;

	metric_add_name(&text, view->profile, metric);
	add_label(out, style, strbuf_text(&text));
	strbuf_clear(&text);
	series_pieces(pieces, count, view->filter->from_ns, end_ns,
		      view->profile, metric);
	series_blank(pieces, count, end_ns, metric_run(view->profile, metric),
		     view->filter);
	add_chart(out, style, pieces, count, &most);
	/*
	 * A column is a mean, and a short one holds more of a sum than there
	 * was time for: what is most is that of the other views.
	 */
	if (series_facts_init(&facts, view->profile, metric, view->filter))
		most = metric->metric.kind == METRIC_CUMULATIVE ?
		       facts.most_rate : facts.most;
	if (metric->metric.kind == METRIC_CUMULATIVE)
		metric_add_rate(&text, metric->metric.unit, most);
	else
		metric_add_value(&text, metric->metric.unit, most);
	add_most(out, &text);
	strbuf_release(&text);
}

/* When the chart begins and ends, below its ends. */
static void axis(struct strbuf *out, size_t width, uint64_t from_ns,
		 uint64_t to_ns)
{
	struct strbuf from = STRBUF_INIT, to = STRBUF_INIT;
	size_t used;

	if (from_ns)
		units_add_duration(&from, from_ns);
	else
		strbuf_add(&from, "0");
	units_add_duration(&to, to_ns);
	used = from.len + to.len;
	strbuf_add_repeat(out, ' ', LABEL_WIDTH);
	strbuf_add(out, strbuf_text(&from));
	strbuf_add_repeat(out, ' ', width > used ? width - used : 1);
	strbuf_add(out, strbuf_text(&to));
	strbuf_add_repeat(out, ' ', MOST_WIDTH - 7);
	strbuf_add(out, "at most\n");
	strbuf_release(&from);
	strbuf_release(&to);
}

static void run_text(struct strbuf *out, const struct text_style *style,
		     const struct view *view, uint32_t run)
{
	const uint64_t end_ns = run_end_ns(view->profile, run, view->filter);
	const size_t width = MIN(style->width - LABEL_WIDTH - MOST_WIDTH,
				 (size_t)CHART_MAX);
	double *running = mem_calloc(2 * width, sizeof(*running));
	struct strbuf text = STRBUF_INIT;
	struct u32_vec ids = VEC_INIT;

	if (out->len)
		strbuf_add_char(out, '\n');
	strbuf_add(&text, "Timeline");
	if (view->profile->runs.count > 1)
		strbuf_addf(&text, " of run %" PRIu32, run + 1);
	strbuf_add_char(&text, '\n');
	text_add(out, style, TONE_TITLE, strbuf_text(&text));
	threads_in_pieces(running, running + width, width,
			  MAX(end_ns, view->filter->from_ns), view, run);
	series_blank(running, width, end_ns, run, view->filter);
	series_blank(running + width, width, end_ns, run, view->filter);
	thread_line(out, style, "threads running", running, width);
	thread_line(out, style, "... waiting for a CPU", running + width,
		    width);
	metrics_of_run(&ids, view, run);
	for (size_t i = 0; i < ids.count; i++) {
		const struct profile_metric *metric =
			&view->profile->metrics.items[ids.items[i]];

		if (metric_in_charts(metric))
			metric_line(out, style, view, metric, running, width,
				    end_ns);
	}
	axis(out, width, view->filter->from_ns, end_ns);
	free(running);
	u32_vec_release(&ids);
	strbuf_release(&text);
}

void timeline_text(struct strbuf *out, const struct text_style *style,
		   const struct view *view)
{
	for (uint32_t run = 0; run < view->profile->runs.count; run++) {
		if (view->profile->runs.items[run].begin.kind == RUN_PROFILED)
			run_text(out, style, view, run);
	}
}
