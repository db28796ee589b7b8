/* SPDX-License-Identifier: MIT */
#include "render/md_numbers.h"

#include "base/units.h"
#include "profile/regions.h"
#include "profile/series.h"
#include "render/markup.h"
#include "render/metrics_view.h"
#include "render/text.h"

#include <inttypes.h>

enum { ROWS_SHOWN = 40, DEPTH_SHOWN = 8 };

static size_t most_rows(const struct view *view)
{
	return view->top ? view->top : ROWS_SHOWN;
}

/* "graph > calculator": an indented name would not be a name. */
static void add_region_name(struct strbuf *out, const struct region_row *rows,
			    uint32_t row)
{
	uint32_t path[DEPTH_SHOWN];
	struct strbuf text = STRBUF_INIT;
	size_t count = 0;

	for (; row != ID_NONE && count < DEPTH_SHOWN; row = rows[row].parent)
		path[count++] = row;
	while (count) {
		strbuf_add(&text, rows[path[--count]].name);
		strbuf_add(&text, count ? " > " : "");
	}
	markup_add_code(out, strbuf_text(&text));
	strbuf_release(&text);
}

static void add_time(struct strbuf *out, uint64_t ns)
{
	strbuf_add(out, " | ");
	units_add_duration(out, ns);
}

static void add_change(struct strbuf *out, const struct region_use *use)
{
	strbuf_add(out, " | ");
	if (!use->memory_known)
		return;
	strbuf_add(out, use->memory_change > 0 ? "+" : "");
	metric_add_value(out, METRIC_BYTES, use->memory_change);
}

static void add_region(struct strbuf *out, const struct region_rows *rows,
		       uint32_t i, bool memory)
{
	const struct region_row *row = &rows->rows.items[i];

	strbuf_add(out, "| ");
	add_region_name(out, rows->rows.items, i);
	strbuf_addf(out, " | %" PRIu64, row->calls);
	if (row->kind == REGION_EVENT) {
		strbuf_add(out, memory ? " | | | | | | |\n" : " | | | | | |\n");
		return;
	}
	add_time(out, row->total_ns);
	strbuf_add(out, " | ");
	percent_add(out, row->total_ns, rows->run_ns);
	add_time(out, row->self_ns);
	add_time(out, row->calls ? row->total_ns / row->calls : 0);
	add_time(out, row->cpu_ns);
	if (memory)
		add_change(out, &row->use);
	strbuf_add(out, " |\n");
}

void md_add_regions(struct strbuf *out, const struct view *view)
{
	const size_t most = most_rows(view);
	struct region_rows rows;
	bool memory = false;

	if (!view->profile->regions.count)
		return;
	region_rows_init(&rows, view->profile, view->filter, view->spec,
			 view->overview);
	for (size_t i = 0; i < rows.rows.count; i++)
		memory = memory || rows.rows.items[i].use.memory_known;
	if (rows.rows.count)
		strbuf_addf(out, "\n## Regions\n\n| region | calls | total | "
			    "of the run | self | average | CPU |%s\n"
			    "|---|---:|---:|---:|---:|---:|---:|%s\n",
			    memory ? " memory |" : "", memory ? "---:|" : "");
	for (size_t i = 0; i < rows.rows.count && i < most; i++)
		add_region(out, &rows, i, memory);
	if (rows.rows.count > most)
		strbuf_addf(out, "\n%zu more.\n", rows.rows.count - most);
	region_rows_release(&rows);
}

static void add_value(struct strbuf *out, enum metric_unit unit, double value)
{
	metric_add_value(out, unit, value);
	strbuf_add(out, " | ");
}

static void add_gauge(struct strbuf *out, enum metric_unit unit,
		      const struct series_facts *facts)
{
	add_value(out, unit, facts->first);
	add_value(out, unit, facts->mean);
	add_value(out, unit, facts->most);
	metric_add_value(out, unit, facts->last);
}

static void add_sum(struct strbuf *out, enum metric_unit unit,
		    const struct series_facts *facts)
{
	add_value(out, unit, facts->growth);
	metric_add_rate(out, unit, facts->rate);
	strbuf_add(out, " | ");
	metric_add_rate(out, unit, facts->most_rate);
}

static void add_metric(struct strbuf *out, const struct view *view,
		       const struct profile_metric *metric,
		       const struct series_facts *facts)
{
	struct strbuf name = STRBUF_INIT;

	metric_add_name(&name, view->profile, metric);
	strbuf_add(out, "| ");
	markup_add_code(out, strbuf_text(&name));
	strbuf_add(out, " | ");
	if (metric->metric.kind == METRIC_GAUGE)
		add_gauge(out, metric->metric.unit, facts);
	else
		add_sum(out, metric->metric.unit, facts);
	strbuf_add(out, " |\n");
	strbuf_release(&name);
}

static void add_metrics(struct strbuf *out, const struct view *view,
			enum metric_kind kind, const char *head)
{
	const struct profile *profile = view->profile;
	const size_t most = most_rows(view);
	size_t told = 0;

	for (size_t i = 0; i < profile->metrics.count; i++) {
		const struct profile_metric *metric =
			&profile->metrics.items[i];
		struct series_facts facts;

		if (metric->metric.kind != kind || !metric_in_charts(metric) ||
		    !metric_fits(profile, metric, view->filter) ||
		    !series_facts_init(&facts, profile, metric, view->filter))
			continue;
		if (!told++)
			strbuf_add(out, head);
		if (told <= most)
			add_metric(out, view, metric, &facts);
	}
	if (told > most)
		strbuf_addf(out, "\n%zu more.\n", told - most);
}

void md_add_metrics(struct strbuf *out, const struct view *view)
{
	add_metrics(out, view, METRIC_GAUGE, "\n## Memory and counters\n\n"
		    "| metric | first | mean | highest | last |\n"
		    "|---|---:|---:|---:|---:|\n");
	add_metrics(out, view, METRIC_CUMULATIVE, "\n## Resources\n\n"
		    "| metric | total | mean | highest |\n"
		    "|---|---:|---:|---:|\n");
}
