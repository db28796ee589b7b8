/* SPDX-License-Identifier: MIT */
#include "registry_args.h"

#include "base/clock.h"
#include "base/units.h"
#include "registry/totals.h"
#include "render/table.h"

#include <math.h>
#include <unistd.h>

static void add_duration(struct table *table, double ns)
{
	struct strbuf text = STRBUF_INIT;

	units_add_duration(&text, llround(ns));
	table_take(table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

/* One run has no spread. */
static void add_deviation(struct table *table, const struct spread *spread)
{
	if (spread->count > 1)
		add_duration(table, spread->deviation);
	else
		table_add(table, TONE_DIM, "-");
}

static void add_row(struct table *table, const struct totals_group *group)
{
	struct strbuf text = STRBUF_INIT;

	table_add(table, TONE_PLAIN, group->name);
	table_add(table, TONE_PLAIN, *group->version ? group->version : "-");
	strbuf_addf(&text, "%zu", group->duration_ns.count);
	table_take(table, TONE_PLAIN, &text);
	add_duration(table, group->duration_ns.mean);
	add_deviation(table, &group->duration_ns);
	add_duration(table, group->duration_ns.min);
	add_duration(table, group->duration_ns.max);
	add_duration(table, group->cpu_ns.mean);
	add_deviation(table, &group->cpu_ns);
	if (group->peak_bytes.count)
		units_add_bytes(&text, llround(group->peak_bytes.mean));
	table_take(table, TONE_PLAIN, &text);
	if (group->kind == TOTALS_FAILED)
		strbuf_add(&text, "all failed");
	else if (group->failed)
		strbuf_addf(&text, "%zu failed", group->failed);
	if (group->kind == TOTALS_PLAIN)
		strbuf_addf(&text, "%splain runs", text.len ? ", " : "");
	table_take(table, TONE_WARNING, &text);
	strbuf_release(&text);
}

static int summary_text(const struct registry_totals *totals,
			const struct registry_args *args, struct error *err)
{
	static const struct table_column columns[] = {
		{ "name", COLUMN_TEXT, 12 },
		{ "version", COLUMN_TEXT, 7 },
		{ "runs", COLUMN_NUMBER, 0 },
		{ "wall", COLUMN_NUMBER, 0 },
		{ "spread", COLUMN_NUMBER, 0 },
		{ "min", COLUMN_NUMBER, 0 },
		{ "max", COLUMN_NUMBER, 0 },
		{ "CPU", COLUMN_NUMBER, 0 },
		{ "spread", COLUMN_NUMBER, 0 },
		{ "memory", COLUMN_NUMBER, 0 },
		{ "", COLUMN_TEXT, 6 }
	};
	const struct text_style style = text_style_of(
		*args->output == '-' ? STDOUT_FILENO : -1);
	struct table table = table_of(columns, ARRAY_SIZE(columns));
	struct strbuf text = STRBUF_INIT;
	int ret;

	for (size_t i = 0; i < totals->groups.count; i++) {
		const struct totals_group *group = &totals->groups.items[i];

		if (group->version && group->duration_ns.count)
			add_row(&table, group);
	}
	if (table.cells.count)
		table_print(&text, &style, &table);
	else
		strbuf_add(&text, "no run that fits\n");
	ret = registry_emit(args, &text, err);
	table_release(&table);
	strbuf_release(&text);
	return ret;
}

/* avg_duration_ms and so on; `scale` is what one unit of the key is. */
static void put_spread(json_t *row, const char *what, double scale,
		       const struct spread *spread)
{
	const struct {
		const char *name;
		double value;
	} figures[] = {
		{ "avg", spread->mean }, { "stddev", spread->deviation },
		{ "median", spread->median }, { "min", spread->min },
		{ "max", spread->max },
	};

	for (size_t i = 0; i < ARRAY_SIZE(figures); i++) {
		const bool known = spread->count &&
			(spread->count > 1 || i != 1);
		char *key = mem_printf("%s_%s", figures[i].name, what);

		json_put(row, key, known ?
			 json_real(figures[i].value / scale) : json_null());
		free(key);
	}
}

static json_t *group_json(const struct totals_group *group)
{
	json_t *row = json_object();

	json_put(row, "profiles", json_count(group->profiles));
	json_put(row, "runs", json_count(group->duration_ns.count));
	json_put(row, "runs_are", json_text(totals_kind_name(group->kind)));
	json_put(row, "failed_runs", json_count(group->failed));
	put_spread(row, "duration_ms", NS_PER_MS, &group->duration_ns);
	put_spread(row, "cpu_ms", NS_PER_MS, &group->cpu_ns);
	put_spread(row, "peak_memory_bytes", 1, &group->peak_bytes);
	json_put(row, "last_recorded",
		 registry_time_json(group->last_realtime_ns));
	return row;
}

static int summary_json(const struct registry_totals *totals,
			const char *directory,
			const struct registry_args *args, struct error *err)
{
	json_t *root = json_object();
	json_t *operations = json_object();
	json_t *versions = NULL;

	for (size_t i = 0; i < totals->groups.count; i++) {
		const struct totals_group *group = &totals->groups.items[i];
		json_t *row = group_json(group);

		/* That of all versions stands before each of them. */
		if (group->version) {
			json_put(versions, group->version, row);
			continue;
		}
		versions = json_object();
		json_put(row, "versions", versions);
		json_put(operations, group->name, row);
	}
	json_put(root, "schema", json_text("cprof.registry-summary/1"));
	json_put(root, "directory", json_text(directory));
	json_put(root, "profiles_by_operation", operations);
	return registry_emit_json(args, root, err);
}

static int summarise(const struct registry_args *args, char **operands,
		     int count, struct error *err)
{
	struct ref_files files = OPERAND_FILES;
	struct registry registry = { .directory = "" };
	struct registry_totals totals = { .keys = INTERN_INIT };
	int ret = -1;

	if (count) {
		if (operands_find(&files, "registry summary", operands, count,
				  err) ||
		    registry_read(&registry, files.paths.items,
				  files.paths.count, err))
			goto out;
		registry_warn(&registry, "summary");
	} else if (registry_open(&registry, "summary", err)) {
		goto out;
	}
	registry_totals_init(&totals, &registry, &args->select);
	ret = args->json ?
		summary_json(&totals, files.directory, args, err) :
		summary_text(&totals, args, err);
out:
	registry_totals_release(&totals);
	registry_release(&registry);
	ref_files_release(&files);
	return ret;
}

int registry_summary(int argc, char **argv, struct error *err)
{
	struct registry_args args = REGISTRY_ARGS_INIT;
	const struct opt options[] = {
		REGISTRY_SELECT_OPTIONS(&args),
		REGISTRY_SINCE_OPTION(&args),
		REGISTRY_OUTPUT_OPTIONS(&args),
		OPT_END
	};
	static const char *const usage[] = { "[options] [PROFILE...]", NULL };
	static const char *const examples[] = {
		"cprof registry summary --since 7d",
		"cprof registry summary --json -o summary.json app", NULL
	};
	const struct cli_command command = {
		"registry summary", "average and spread of all runs of a name "
		"and version", usage, options, examples
	};
	int first = command_parse(&command, argc, argv, err);
	int ret = first;

	if (first > 0)
		ret = summarise(&args, argv + first, argc - first, err);
	registry_select_release(&args.select);
	return ret;
}
