/* SPDX-License-Identifier: MIT */
/* The rows of a table as comma separated values, RFC 4180. */
#include "render/export_formats.h"

#include "base/escape.h"
#include "profile/regions.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/*
 * The one way for text into a cell.  Spreadsheets take what begins with one
 * of these for a formula; the quote makes it text again.
 */
static void add_text(struct strbuf *out, const char *text)
{
	struct strbuf safe = STRBUF_INIT;

	if (!text)
		return;
	escape_text(&safe, text);
	strbuf_add_char(out, '"');
	if (*text && strchr("=+-@", *text))
		strbuf_add_char(out, '\'');
	for (const char *c = strbuf_text(&safe); *c; c++) {
		if (*c == '"')
			strbuf_add_char(out, '"');
		strbuf_add_char(out, *c);
	}
	strbuf_add_char(out, '"');
	strbuf_release(&safe);
}

static void add_row(struct strbuf *out, const struct row *row)
{
	add_text(out, row->name);
	strbuf_add_char(out, ',');
	add_text(out, row->module);
	strbuf_add_char(out, ',');
	add_text(out, row->file);
	strbuf_add_char(out, ',');
	if (row->line)
		strbuf_addf(out, "%" PRIu32, row->line);
	strbuf_add_char(out, ',');
	if (row->state >= 0)
		strbuf_add(out, thread_state_name(row->state));
	strbuf_addf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
		    row->self_ns, row->total_ns, row->samples,
		    row->total_samples);
}

/* An empty cell when it is not known. */
static void add_number(struct strbuf *out, bool known, double number)
{
	strbuf_add_char(out, ',');
	if (known)
		strbuf_addf(out, "%.0f", number);
}

/* A number, rounded, and how far that may be from the truth. */
static void add_estimate(struct strbuf *out, bool known, double number,
			 double error)
{
	add_number(out, known, number);
	add_number(out, known, ceil(error));
}

static void add_use(struct strbuf *out, const struct region_use *use)
{
	add_estimate(out, use->memory_known, use->memory_in,
		     use->memory_in_doubt);
	add_estimate(out, use->memory_known, use->memory_change,
		     use->memory_change_doubt);
	add_estimate(out, use->memory_known, use->memory_peak,
		     use->memory_peak_doubt);
	for (int i = 0; i < REGION_AMOUNTS; i++)
		add_estimate(out, use->known & 1U << i, use->amount[i],
			     use->doubt[i]);
}

/* In all, and by reason. */
static void add_waiting(struct strbuf *out, const struct region_row *row)
{
	uint64_t sum_ns = 0;

	for (int state = 0; state < STATE_COUNT; state++)
		sum_ns += state == STATE_RUNNING ? 0 : row->state_ns[state];
	strbuf_addf(out, ",%" PRIu64, sum_ns);
	for (int state = 0; state < STATE_COUNT; state++) {
		if (state != STATE_RUNNING)
			strbuf_addf(out, ",%" PRIu64, row->state_ns[state]);
	}
}

static void add_counters(struct strbuf *out,
			 const struct region_counters *counters, size_t row)
{
	for (size_t i = 0; i < counters->counters.count; i++) {
		const struct region_counter_use *use =
			region_counters_use(counters, row, i);

		add_number(out, use->known && use->in_known, use->in);
		add_number(out, use->known, use->change);
		strbuf_add_char(out, ',');
		if (use->known)
			strbuf_addf(out, "%.3f", use->mean);
		add_number(out, use->known, use->most);
		add_number(out, use->known, use->out);
	}
}

static void add_region(struct strbuf *out, const struct region_rows *rows,
		       size_t i)
{
	const struct region_row *row = &rows->rows.items[i];
	const bool ended = row->calls > row->cut;
	add_text(out, row->name);
	strbuf_add_char(out, ',');
	add_text(out, row->parent == ID_NONE ? NULL :
		 rows->rows.items[row->parent].name);
	strbuf_addf(out, ",%" PRIu32 ",%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64
		    ",%" PRIu64 ",%" PRIu64, row->depth,
		    region_kind_name(row->kind), row->calls, row->cut,
		    row->total_ns, row->self_ns,
		    row->calls ? row->total_ns / row->calls : 0);
	add_number(out, ended, row->p50_ns);
	add_number(out, ended, row->p95_ns);
	add_number(out, ended, row->p99_ns);
	strbuf_addf(out, ",%d,%" PRIu64 ",%.3f,%" PRIu64 ",%" PRIu64,
		    row->exact, row->max_ns,
		    rows->run_ns ? 100.0 * row->total_ns / rows->run_ns : 0,
		    row->cpu_ns, row->cpu_error_ns);
	add_waiting(out, row);
	add_use(out, &row->use);
	add_counters(out, &rows->counters, i);
	strbuf_add_char(out, '\n');
}

static void add_counter_heads(struct strbuf *out,
			      const struct region_counters *counters)
{
	static const char *const numbers[] = {
		"in", "change", "mean", "peak", "out"
	};
	struct strbuf head = STRBUF_INIT;

	for (size_t i = 0; i < counters->counters.count; i++) {
		for (size_t j = 0; j < ARRAY_SIZE(numbers); j++) {
			strbuf_clear(&head);
			strbuf_addf(&head, "%s %s",
				    counters->counters.items[i].name,
				    numbers[j]);
			strbuf_add_char(out, ',');
			add_text(out, strbuf_text(&head));
		}
	}
	strbuf_release(&head);
}

static void add_region_heads(struct strbuf *out,
			     const struct region_counters *counters)
{
	strbuf_add(out, "region,parent,depth,kind,calls,cut_calls,total_ns,"
		   "self_ns,average_ns,p50_ns,p95_ns,p99_ns,"
		   "percentiles_exact,max_ns,percent_of_run,cpu_ns,"
		   "cpu_error_ns,waiting_ns");
	for (int state = 0; state < STATE_COUNT; state++) {
		if (state != STATE_RUNNING)
			strbuf_addf(out, ",waiting_%s_ns",
				    thread_state_name(state));
	}
	strbuf_add(out, ",memory_in_bytes,memory_in_error_bytes,"
		   "memory_change_bytes,memory_change_error_bytes,"
		   "memory_peak_bytes,memory_peak_error_bytes");
	for (int i = 0; i < REGION_AMOUNTS; i++) {
		const char *unit = i == REGION_GPU_TIME ? "ns" : "bytes";

		strbuf_addf(out, ",%s_%s,%s_error_%s", region_amount_name(i),
			    unit, region_amount_name(i), unit);
	}
	add_counter_heads(out, counters);
	strbuf_add_char(out, '\n');
}

static void write_regions(struct strbuf *out, const struct view *view)
{
	struct region_rows rows;

	region_rows_init(&rows, view->profile, view->filter, view->spec,
			 view->overview);
	add_region_heads(out, &rows.counters);
	for (size_t i = 0; i < rows.rows.count; i++) {
		if (view->top && i == view->top)
			break;
		if (rows.rows.items[i].shown)
			add_region(out, &rows, i);
	}
	region_rows_release(&rows);
}

static int csv_write(struct strbuf *out, const struct export_request *request,
		     struct error *err)
{
	const struct view *view = request->view;
	struct rows rows;
	size_t count;

	if (view->by == ROWS_BY_REGION) {
		write_regions(out, view);
		return 0;
	}
	rows_init(&rows, view->profile, view->filter, view->spec, view->clock,
		  view->by);
	count = rows.rows.count;
	if (view->top)
		count = MIN(count, view->top);
	strbuf_addf(out, "%s,module,file,line,reason,self_ns,total_ns,samples,"
		    "total_samples\n", rows_by_name(view->by));
	for (size_t i = 0; i < count; i++)
		add_row(out, &rows.rows.items[i]);
	rows_release(&rows);
	return 0;
}

const struct exporter_ops exporter_csv = {
	.name = "csv",
	.patterns = (const char *const []){ "*.csv", NULL },
	.summary = "spreadsheets: the rows of --by",
	.write = csv_write,
};
