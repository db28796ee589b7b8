/* SPDX-License-Identifier: MIT */
/*
 * A summary in Markdown, for a pull request or a wiki: facts, hottest
 * functions, modules, threads, what was waited for, regions and metrics.
 */
#include "render/export_formats.h"

#include "base/clock.h"
#include "base/path.h"
#include "base/units.h"
#include "render/markup.h"
#include "render/md_numbers.h"
#include "render/name.h"
#include "render/text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { ROWS_SHOWN = 10 };	/* when nobody says how many */

static void add_fact(struct strbuf *out, const char *name,
		     struct strbuf *value)
{
	strbuf_addf(out, "| %s | %s |\n", name, strbuf_text(value));
	strbuf_clear(value);
}

static void add_foreign_fact(struct strbuf *out, const char *name,
			     const char *text)
{
	struct strbuf value = STRBUF_INIT;

	markup_add_code(&value, text);
	add_fact(out, name, &value);
	strbuf_release(&value);
}

static void add_command(struct strbuf *out, const struct run_begin *run)
{
	struct strbuf line = STRBUF_INIT;

	for (size_t i = 0; i < run->argc; i++)
		strbuf_addf(&line, "%s%s", i ? " " : "", run->argv[i]);
	if (line.len)
		add_foreign_fact(out, "Command", strbuf_text(&line));
	strbuf_release(&line);
}

static void add_labels(struct strbuf *out, const struct run_begin *run)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < run->label_count; i++) {
		strbuf_clear(&text);
		strbuf_addf(&text, "%s=%s", run->labels[i].key,
			    run->labels[i].value);
		add_foreign_fact(out, "Label", strbuf_text(&text));
	}
	strbuf_release(&text);
}

static void add_run(struct strbuf *out, const struct profile *profile)
{
	const struct profile_run *main_run = profile_main_run(profile);
	const struct run_begin *run = &main_run->begin;
	const struct recording_info *info =
		&profile->files.items[main_run->file].info;
	time_t seconds = run->start_realtime_ns / NS_PER_S;
	char date[64] = "";
	struct tm tm;

	add_command(out, run);
	if (*run->name)
		add_foreign_fact(out, "Name", run->name);
	if (*run->version)
		add_foreign_fact(out, "Version", run->version);
	add_labels(out, run);
	if (seconds && gmtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &tm);
	if (*date)
		strbuf_addf(out, "| Recorded | %s |\n", date);
	if (*info->host)
		add_foreign_fact(out, "Host", info->host);
	if (profile->runs.count > 1)
		strbuf_addf(out, "| Runs, added up | %zu |\n",
			    profile->runs.count);
}

static void add_quality(struct strbuf *out, const struct overview *overview)
{
	const struct {
		const char *name;
		uint64_t count;
	} problems[] = {
		{ "Truncated stacks", overview->truncated },
		{ "Unreadable stacks", overview->unreadable },
		{ "Unresolved names", overview->nameless },
		{ "Late samples", overview->late },
		{ "Samples moved out of system calls", overview->moved },
		{ "Lost samples", overview->losses.samples_lost },
	};

	for (size_t i = 0; i < ARRAY_SIZE(problems); i++) {
		if (problems[i].count)
			strbuf_addf(out, "| %s | %" PRIu64 " |\n",
				    problems[i].name, problems[i].count);
	}
}

static void add_facts(struct strbuf *out, const struct view *view,
		      const struct rows *rows)
{
	const struct overview *overview = view->overview;
	const struct profile *profile = view->profile;
	struct strbuf value = STRBUF_INIT;

	strbuf_add(out, "| Fact | Value |\n|---|---|\n");
	if (profile->runs.count)
		add_run(out, profile);
	units_add_duration(&value, overview->wall_ns);
	add_fact(out, "Wall-clock time", &value);
	units_add_duration(&value, overview->cpu_ns);
	add_fact(out, "CPU time", &value);
	if (overview->peak_memory_bytes) {
		units_add_bytes(&value, overview->peak_memory_bytes);
		add_fact(out, "Peak memory", &value);
	}
	strbuf_addf(out, "| Processes | %zu |\n| Threads | %zu |\n",
		    profile->processes.count, profile->threads.count);
	if (!filter_spec_is_empty(view->spec))
		strbuf_add(out, "| In the tables | a part of it, as asked |\n");
	strbuf_addf(out, "| Clock of the tables | %s |\n",
		    weight_clock_name(view->clock));
	units_add_duration(&value, rows->total_ns);
	add_fact(out, "Time in the tables", &value);
	strbuf_addf(out, "| Samples in the tables | %" PRIu64 " |\n",
		    rows->samples);
	add_quality(out, overview);
	strbuf_release(&value);
}

static void add_place(struct strbuf *out, const struct row *row)
{
	struct strbuf place = STRBUF_INIT;

	if (row->file)
		name_add_place(&place, row->file, row->line, 2);
	else if (row->module)
		strbuf_add(&place, path_base(row->module));
	if (place.len)
		markup_add_code(out, strbuf_text(&place));
	strbuf_release(&place);
}

static void add_row(struct strbuf *out, const struct row *row,
		    const struct time_unit *unit, uint64_t total_ns)
{
	strbuf_add(out, "| ");
	markup_add_code(out, row->name);
	strbuf_add(out, " | ");
	time_unit_add(out, unit, row->self_ns);
	strbuf_add(out, " | ");
	percent_add(out, row->self_ns, total_ns);
	strbuf_add(out, " | ");
	time_unit_add(out, unit, row->total_ns);
	strbuf_add(out, " | ");
	percent_add(out, row->total_ns, total_ns);
	strbuf_addf(out, " | %" PRIu64 " | ", row->samples);
	if (row->state >= 0)
		strbuf_add(out, thread_state_name(row->state));
	else
		add_place(out, row);
	strbuf_add(out, " |\n");
}

static void add_rows(struct strbuf *out, const struct view *view,
		     const struct rows *rows, const char *title,
		     enum rows_by by)
{
	const struct time_unit unit = time_unit_for(rows->total_ns);
	const size_t most = view->top ? view->top : ROWS_SHOWN;
	const size_t shown = MIN(rows->rows.count, most);

	if (!shown)
		return;
	strbuf_addf(out, "\n## %s\n\n| %s | self %s | self | total %s | total "
		    "| samples | %s |\n|---|---:|---:|---:|---:|---:|---|\n",
		    title, rows_by_name(by), unit.name, unit.name,
		    view->clock == WEIGH_OFF_CPU ? "waiting for" : "where");
	for (size_t i = 0; i < shown; i++)
		add_row(out, &rows->rows.items[i], &unit, rows->total_ns);
	if (shown < rows->rows.count)
		strbuf_addf(out, "\n%zu more.\n", rows->rows.count - shown);
}

static void add_table(struct strbuf *out, const struct view *view,
		      const char *title, enum rows_by by)
{
	struct rows rows;

	rows_init(&rows, view->profile, view->filter, view->spec, view->clock,
		  by);
	add_rows(out, view, &rows, title, by);
	rows_release(&rows);
}

/* Wall time of what the filter leaves, by state. */
static void sum_states(uint64_t *sums, const struct view *view)
{
	const struct profile *profile = view->profile;
	uint64_t wall_ns, cpu_ns;

	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];

		if (filter_sample(view->filter, profile, sample, &wall_ns,
				  &cpu_ns))
			sums[sample->state] += wall_ns;
	}
}

static void add_waits(struct strbuf *out, const struct view *view)
{
	uint64_t sums[STATE_COUNT] = { 0 };
	struct strbuf value = STRBUF_INIT;
	bool any = false;

	sum_states(sums, view);
	for (int i = STATE_RUNNING + 1; i < STATE_COUNT; i++) {
		if (!sums[i])
			continue;
		if (!any)
			strbuf_add(out, "\n## Waiting, all threads together\n\n"
				   "| reason | time |\n|---|---:|\n");
		any = true;
		units_add_duration(&value, sums[i]);
		add_fact(out, thread_state_text(i), &value);
	}
	strbuf_release(&value);
}

static int md_write(struct strbuf *out, const struct export_request *request,
		    struct error *err)
{
	const struct view *view = request->view;
	struct rows rows;

	rows_init(&rows, view->profile, view->filter, view->spec, view->clock,
		  ROWS_BY_FUNCTION);
	strbuf_add(out, "# Performance summary\n\n");
	add_facts(out, view, &rows);
	add_rows(out, view, &rows, "Hottest functions", ROWS_BY_FUNCTION);
	add_table(out, view, "Modules", ROWS_BY_MODULE);
	add_table(out, view, "Threads", ROWS_BY_THREAD);
	add_waits(out, view);
	md_add_regions(out, view);
	md_add_metrics(out, view);
	strbuf_add(out, "\nWritten by cprof " CPROF_VERSION ".\n");
	rows_release(&rows);
	return 0;
}

const struct exporter_ops exporter_md = {
	.name = "md",
	.patterns = (const char *const []){ "*.md", NULL },
	.summary = "people: a summary in Markdown",
	.write = md_write,
};
