/* SPDX-License-Identifier: MIT */
#include "registry_args.h"
#include "registry_regions.h"

#include "base/clock.h"
#include "base/units.h"
#include "registry/totals.h"
#include "render/table.h"

#include <unistd.h>

enum {
	COLUMNS_MAX = 13,
	WIDE = 120
};

static void add_duration(struct table *table, double ns)
{
	struct strbuf text = STRBUF_INIT;

	units_add_duration(&text, units_whole(ns));
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

struct summariser {
	const struct registry_args *args;
	const struct registry_totals *totals;
	const char *directory;
	bool extremes;			/* is there room for them? */
	struct table_column columns[COLUMNS_MAX];
	size_t column_count;
	struct table table;
};

static void add_note(struct table *table, const struct totals_group *group)
{
	struct strbuf text = STRBUF_INIT;

	if (group->kind == TOTALS_FAILED)
		strbuf_add(&text, "all failed");
	else if (group->failed)
		strbuf_addf(&text, "%zu failed", group->failed);
	if (group->kind == TOTALS_PLAIN)
		strbuf_addf(&text, "%splain runs", text.len ? ", " : "");
	table_take(table, TONE_WARNING, &text);
	strbuf_release(&text);
}

static void add_row(struct summariser *summariser,
		    const struct totals_group *group)
{
	struct table *table = &summariser->table;
	struct strbuf text = STRBUF_INIT;

	table_add(table, TONE_PLAIN, group->name);
	table_add(table, TONE_PLAIN, *group->version ? group->version : "-");
	strbuf_addf(&text, "%zu", group->duration_ns.count);
	table_take(table, TONE_PLAIN, &text);
	if (group->region) {
		strbuf_addf(&text, "%.4g", group->calls.mean);
		table_take(table, TONE_PLAIN, &text);
	}
	add_duration(table, group->duration_ns.mean);
	add_deviation(table, &group->duration_ns);
	if (summariser->extremes) {
		add_duration(table, group->duration_ns.min);
		add_duration(table, group->duration_ns.max);
	}
	if (group->cpu_ns.count)
		add_duration(table, group->cpu_ns.mean);
	else
		table_add(table, TONE_DIM, "-");
	add_deviation(table, &group->cpu_ns);
	if (group->peak_bytes.count)
		units_add_bytes(&text, units_whole(group->peak_bytes.mean));
	table_take(table, TONE_PLAIN, &text);
	if (group->region)
		table_add(table, TONE_PLAIN, group->region);
	add_note(table, group);
	strbuf_release(&text);
}

static void add_column(struct summariser *summariser, const char *title,
		       enum table_kind kind, size_t min_width)
{
	summariser->columns[summariser->column_count++] =
		(struct table_column){ title, kind, min_width };
}

static void choose_columns(struct summariser *summariser)
{
	const bool regions = summariser->args->select.region;

	add_column(summariser, "name", COLUMN_TEXT, 12);
	add_column(summariser, "version", COLUMN_TEXT, 7);
	add_column(summariser, "runs", COLUMN_NUMBER, 0);
	if (regions)
		add_column(summariser, "calls", COLUMN_NUMBER, 0);
	add_column(summariser, regions ? "time" : "wall", COLUMN_NUMBER, 0);
	add_column(summariser, "spread", COLUMN_NUMBER, 0);
	if (summariser->extremes) {
		add_column(summariser, "min", COLUMN_NUMBER, 0);
		add_column(summariser, "max", COLUMN_NUMBER, 0);
	}
	add_column(summariser, "CPU", COLUMN_NUMBER, 0);
	add_column(summariser, "spread", COLUMN_NUMBER, 0);
	add_column(summariser, "memory", COLUMN_NUMBER, 0);
	if (regions)
		add_column(summariser, "region", COLUMN_TEXT, 12);
	add_column(summariser, "", COLUMN_TEXT, 6);
}

static int summary_text(struct summariser *summariser, struct error *err)
{
	const struct registry_args *args = summariser->args;
	const struct text_style style = text_style_of(
		*args->output == '-' ? STDOUT_FILENO : -1);
	const struct totals_group_vec *groups = &summariser->totals->groups;
	struct strbuf text = STRBUF_INIT;
	int ret;

	summariser->extremes = style.width >= WIDE || !args->select.region;
	choose_columns(summariser);
	summariser->table = table_of(summariser->columns,
				     summariser->column_count);
	for (size_t i = 0; i < groups->count; i++) {
		const struct totals_group *group = &groups->items[i];

		if (group->name && group->version &&
		    !group->region == !args->select.region &&
		    group->duration_ns.count)
			add_row(summariser, group);
	}
	if (summariser->table.cells.count)
		table_print(&text, &style, &summariser->table);
	else
		strbuf_add(&text, "no run that fits\n");
	ret = registry_emit(args, &text, err);
	table_release(&summariser->table);
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

	if (!group->region)
		json_put(row, "profiles", json_count(group->profiles));
	json_put(row, "runs", json_count(group->duration_ns.count));
	json_put(row, "runs_are", json_text(totals_kind_name(group->kind)));
	json_put(row, "failed_runs", json_count(group->failed));
	if (group->region)
		put_spread(row, "calls", 1, &group->calls);
	put_spread(row, "duration_ms", NS_PER_MS, &group->duration_ns);
	put_spread(row, "cpu_ms", NS_PER_MS, &group->cpu_ns);
	put_spread(row, "peak_memory_bytes", 1, &group->peak_bytes);
	json_put(row, "last_recorded",
		 registry_time_json(group->last_realtime_ns));
	return row;
}

/* A key from outside: what is not UTF-8 is shown as in other texts. */
static void put_under(json_t *object, const char *key, json_t *value)
{
	json_t *text = json_text(key);

	json_put(object, json_string_value(text), value);
	json_decref(text);
}

static json_t *get_under(const json_t *object, const char *key)
{
	json_t *text = json_text(key);
	json_t *value = json_object_get(object, json_string_value(text));

	json_decref(text);
	return value;
}

/* Put it at `key` in the object at `path` of `row`, made if need be. */
static void put_in(json_t *row, const char *path, const char *key,
		   json_t *value)
{
	if (!json_object_get(row, path))
		json_put(row, path, json_object());
	put_under(json_object_get(row, path), key, value);
}

/* Groups come as registry/totals.h says: a row before what goes into it. */
static json_t *names_json(const struct registry_totals *totals)
{
	json_t *operations = json_object();
	json_t *operation = NULL;
	json_t *row = NULL;

	for (size_t i = 0; i < totals->groups.count; i++) {
		const struct totals_group *group = &totals->groups.items[i];
		json_t *figures;

		if (!group->name)
			continue;
		figures = group_json(group);
		if (group->region) {
			put_in(row, "regions", group->region, figures);
			continue;
		}
		row = figures;
		if (group->version) {
			put_in(operation, "versions", group->version, row);
			continue;
		}
		operation = row;
		put_under(operations, group->name, operation);
	}
	return operations;
}

/* Regions of the same name are one, whatever program they are in. */
static json_t *regions_json(const struct registry_totals *totals)
{
	json_t *operations = json_object();

	for (size_t i = 0; i < totals->groups.count; i++) {
		const struct totals_group *group = &totals->groups.items[i];
		json_t *figures;

		if (group->name)
			continue;
		figures = group_json(group);
		if (group->version)
			put_in(get_under(operations, group->region),
			       "versions", group->version, figures);
		else
			put_under(operations, group->region, figures);
	}
	return operations;
}

static int summary_json(const struct summariser *summariser,
			struct error *err)
{
	const struct registry_args *args = summariser->args;
	json_t *root = json_object();

	json_put(root, "schema", json_text("cprof.registry-summary/1"));
	json_put(root, "directory", json_text(summariser->directory));
	json_put(root, "operations_are",
		 json_text(args->select.region ? "regions" : "names"));
	json_put(root, "profiles_by_operation", args->select.region ?
		 regions_json(summariser->totals) :
		 names_json(summariser->totals));
	return registry_emit_json(args, root, err);
}

static int summarise(const struct registry_args *args, char **operands,
		     int count, struct error *err)
{
	struct ref_files files = OPERAND_FILES;
	struct registry registry = { .directory = "" };
	struct registry_totals totals = { .keys = INTERN_INIT };
	struct region_source source = { .entry = NULL };
	const struct totals_request request = {
		.select = &args->select,
		.region = args->select.region,
		.figures = args->select.region ?
			   registry_region_figures : NULL,
		.context = &source,
	};
	struct summariser summariser = {
		.args = args, .totals = &totals, .directory = files.directory
	};
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
	registry_totals_init(&totals, &registry, &request);
	ret = args->json ? summary_json(&summariser, err) :
	      summary_text(&summariser, err);
out:
	region_source_release(&source);
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
		REGISTRY_REGION_OPTION(&args),
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
