/* SPDX-License-Identifier: MIT */
/* For programs: all of it.  man/cprof-compare.schema.json describes it. */
#include "render/compare_forms.h"

#include "base/json_writer.h"




/* Numbers of a unit are whole, except for plain numbers. */
static void write_amount(struct json_writer *json, const char *key,
			 enum metric_unit unit, double amount)
{
	json_write_double(json, key, amount, unit == METRIC_NUMBER ? 3 : 0);
}

static void write_change(struct json_writer *json, enum metric_unit unit,
			 const struct change *change)
{
	write_amount(json, "base", unit, change->base);
	write_amount(json, "new", unit, change->new);
	write_amount(json, "delta", unit, change->delta);
	write_amount(json, "delta_low", unit, change->low);
	write_amount(json, "delta_high", unit, change->high);
	json_write_double(json, "percent_change", change->percent, 4);
	json_write_double(json, "percent_low", change->low_percent, 4);
	json_write_double(json, "percent_high", change->high_percent, 4);
	json_write_double(json, "margin_percent", change->margin_percent, 4);
	json_write_double(json, "level", change->level, 6);
	json_write_double(json, "p", change->p, 9);
	json_write_count(json, "base_runs", change->base_runs);
	json_write_count(json, "new_runs", change->new_runs);
	json_write_text(json, "judged_by", judged_by_name(change->judged_by));
	json_write_text(json, "verdict", verdict_name(change->verdict));
}

static void write_labels(struct json_writer *json,
			 const struct comparison_side *side)
{
	json_open(json, "labels", '{');
	for (size_t i = 0; i < side->label_count; i++)
		json_write_text(json, side->labels[i].key,
				side->labels[i].value);
	json_close(json, '}');
}

static void write_side(struct json_writer *json, const char *key,
		       const struct comparison_side *side)
{
	json_open(json, key, '{');
	json_write_text(json, "name", side->name);
	json_write_text(json, "version", *side->version ? side->version :
			NULL);
	json_write_text(json, "command", side->command);
	json_write_text(json, "host", side->host);
	json_write_text(json, "cpu_model", side->cpu_model);
	json_open(json, "files", '[');
	for (size_t i = 0; i < side->file_count; i++)
		json_write_text(json, NULL, side->files[i]);
	json_close(json, ']');
	write_labels(json, side);
	json_write_count(json, "start_realtime_ns", side->start_realtime_ns);
	json_write_count(json, "plain_runs", side->plain_runs);
	json_write_count(json, "profiled_runs", side->profiled_runs);
	json_write_count(json, "samples", side->samples);
	json_close(json, '}');
}

static void write_texts(struct json_writer *json, const char *key,
			const struct text_vec *texts)
{
	json_open(json, key, '[');
	for (size_t i = 0; i < texts->count; i++)
		json_write_text(json, NULL, texts->items[i]);
	json_close(json, ']');
}

static void write_notices(struct json_writer *json,
			  const struct comparison *comparison)
{
	json_open(json, "notices", '[');
	for (size_t i = 0; i < comparison->notices.count; i++) {
		const struct notice *notice = &comparison->notices.items[i];

		json_open(json, NULL, '{');
		json_write_text(json, "kind", notice->kind == NOTICE_REFUSAL ?
				"refusal" : "info");
		json_write_text(json, "text", notice->text);
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* The short way to what most scripts want. */
static void write_percents(struct json_writer *json,
			   const struct comparison *comparison)
{
	json_open(json, "percent_change", '{');
	for (size_t i = 0; i < comparison->metrics.count; i++) {
		const struct metric_change *metric =
			&comparison->metrics.items[i];

		if (!metric->region)
			json_write_double(json, metric->name,
					  metric->change.percent, 4);
	}
	json_close(json, '}');
}

static void write_metrics(struct json_writer *json,
			  const struct comparison *comparison)
{
	json_open(json, "metrics", '[');
	for (size_t i = 0; i < comparison->metrics.count; i++) {
		const struct metric_change *metric =
			&comparison->metrics.items[i];

		json_open(json, NULL, '{');
		json_write_text(json, "name", metric->name);
		json_write_text(json, "text", metric->text);
		json_write_text(json, "region", metric->region);
		json_write_text(json, "unit", metric_unit_name(metric->unit));
		json_write_bool(json, "counter", metric->is_counter);
		json_write_bool(json, "plain_runs", metric->from_plain_runs);
		json_write_bool(json, "decides", metric->decides);
		json_write_double(json, "noise_percent",
				  metric->noise_percent, 4);
		write_change(json, metric->unit, &metric->change);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_flags(struct json_writer *json,
			const struct code_change *row)
{
	static const struct {
		unsigned int flag;
		const char *name;
	} flags[] = {
		{ CODE_NEW, "new" }, { CODE_GONE, "gone" },
		{ CODE_RENAMED, "renamed" }, { CODE_INLINED, "inlined" },
		{ CODE_OUTLINED, "outlined" }, { CODE_MERGED, "merged" },
	};

	json_open(json, "flags", '[');
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (row->flags & flags[i].flag)
			json_write_text(json, NULL, flags[i].name);
	}
	json_close(json, ']');
}

static void write_row(struct json_writer *json, const struct code_change *row)
{
	json_open(json, NULL, '{');
	json_write_text(json, "name", row->name);
	json_write_text(json, "module", row->module);
	json_write_text(json, "file", row->file);
	if (row->line)
		json_write_count(json, "line", row->line);
	else
		json_write_null(json, "line");
	json_write_text(json, "old_name", row->old_name);
	json_write_text(json, "partner", row->partner);
	json_write_text(json, "waits_for", row->waits_for);
	write_flags(json, row);
	json_write_double(json, "base_total", row->base_total_ns, 0);
	json_write_double(json, "new_total", row->new_total_ns, 0);
	json_write_double(json, "q", row->q, 9);
	write_change(json, METRIC_NS, &row->self);
	json_close(json, '}');
}

static void write_code(struct json_writer *json, const char *key,
		       const struct code_changes *changes)
{
	json_open(json, key, '{');
	json_write_double(json, "total_ns", changes->total_ns, 0);
	json_write_double(json, "changed_ns", changes->changed_ns, 0);
	json_write_double(json, "unchanged_ns", changes->unchanged_ns, 0);
	json_write_double(json, "outside_ns", changes->outside_ns, 0);
	json_write_count(json, "changed", changes->changed);
	json_open(json, "rows", '[');
	for (size_t i = 0; i < changes->rows.count; i++)
		write_row(json, &changes->rows.items[i]);
	json_close(json, ']');
	json_close(json, '}');
}

static void write_verdict(struct json_writer *json,
			  const struct comparison *comparison)
{
	const struct metric_change *metric = comparison_deciding(comparison);

	json_write_text(json, "outcome", outcome_name(comparison->outcome));
	json_write_int(json, "exit_status",
		       comparison_exit_status(comparison));
	json_write_text(json, "verdict", verdict_name(comparison->verdict));
	json_write_text(json, "metric", metric ? metric->name : NULL);
	json_write_text(json, "region", metric ? metric->region : NULL);
	json_write_double(json, "improvement_pct",
			  comparison->improvement_percent, 4);
	json_write_text(json, "recommendation",
			recommendation_name(comparison->recommendation));
	json_write_double(json, "min_improvement_percent",
			  comparison->min_improvement_percent, 4);
	json_write_double(json, "threshold_percent",
			  comparison->threshold_percent, 4);
	json_write_double(json, "noise_percent", comparison->noise_percent,
			  4);
	json_write_bool(json, "interleaved", comparison->interleaved);
	json_write_bool(json, "refused", comparison->refused);
	json_write_bool(json, "forced", comparison->forced);
	write_texts(json, "reasons", &comparison->reasons);
	write_texts(json, "advice", &comparison->advice);
}

static int json_write(struct strbuf *out, const struct comparison *comparison,
		      const struct compare_look *look, struct error *err)
{
	struct json_writer json = json_writer_of(out);

	(void)look;
	(void)err;
	json_open(&json, NULL, '{');
	json_write_text(&json, "schema", "cprof.compare/1");
	write_verdict(&json, comparison);
	write_side(&json, "base", &comparison->sides[SIDE_BASE]);
	write_side(&json, "new", &comparison->sides[SIDE_NEW]);
	write_notices(&json, comparison);
	write_percents(&json, comparison);
	write_metrics(&json, comparison);
	json_write_bool(&json, "explanation_agrees",
			comparison->explanation_agrees);
	write_code(&json, "functions", &comparison->functions);
	write_code(&json, "lines", &comparison->lines);
	write_code(&json, "modules", &comparison->modules);
	write_code(&json, "waits", &comparison->waits);
	json_close(&json, '}');
	strbuf_add_char(out, '\n');
	return 0;
}

const struct compare_format compare_json = {
	.name = "json",
	.summary = "programs: everything, see cprof-compare.schema.json",
	.write = json_write,
};
