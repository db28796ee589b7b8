/* SPDX-License-Identifier: MIT */
#include "registry_args.h"

#include "base/units.h"
#include "registry/totals.h"
#include "render/table.h"

#include <inttypes.h>
#include <unistd.h>

enum {
	LABEL_WIDTH = 12
};

struct shower {
	const struct registry *registry;
	const struct baseline_index *baselines;
	const char *region;		/* a pattern; NULL: all */
	struct text_style style;
	struct strbuf *out;
};

/* "Recorded  2026-11-23 06:01 on vm"; `text` is empty again afterwards. */
static void add_line(struct shower *shower, const char *label,
		     struct strbuf *text)
{
	struct strbuf safe = STRBUF_INIT;

	if (text->len) {
		text_add_foreign(&safe, &shower->style, strbuf_text(text));
		strbuf_addf(shower->out, "  %-*s", LABEL_WIDTH - 2, label);
		text_add_wrapped(shower->out, &shower->style,
				 strbuf_text(&safe), LABEL_WIDTH, LABEL_WIDTH);
	}
	strbuf_clear(text);
	strbuf_release(&safe);
}

static void add_name(struct shower *shower, const struct run_begin *run)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_add(&text, run->name);
	if (*run->version)
		strbuf_addf(&text, ", version %s", run->version);
	add_line(shower, "Name", &text);
	registry_add_labels(&text, run);
	add_line(shower, "Labels", &text);
	if (run->flags & RUN_ATTACHED)
		strbuf_add(&text, "(attached)");
	for (size_t i = 0; i < run->argc; i++)
		strbuf_addf(&text, "%s%s", text.len ? " " : "", run->argv[i]);
	add_line(shower, "Command", &text);
	strbuf_release(&text);
}

/* As the table has them; the totals count what was between samples, too. */
static uint64_t samples_of(const struct profile_summary *summary)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < summary->run_count; i++)
		sum += summary->runs[i].end.samples;
	return sum;
}

static void add_origin(struct shower *shower,
		       const struct registry_entry *entry)
{
	struct string_vec names = VEC_INIT;
	struct strbuf text = STRBUF_INIT;

	registry_add_time(&text, entry->start_realtime_ns);
	strbuf_addf(&text, " on %s (%s), by cprof %s", entry->host,
		    entry->cpu_model, entry->cprof_version);
	add_line(shower, "Recorded", &text);
	baseline_index_find(shower->baselines, entry->path, &names);
	registry_add_words(&text, &names);
	add_line(shower, "Baseline", &text);
	units_add_bytes(&text, entry->bytes);
	if (entry->state == REGISTRY_WHOLE) {
		const struct profile_totals *totals = &entry->summary.totals;

		strbuf_add(&text, "; samples: ");
		units_add_count(&text, samples_of(&entry->summary));
		strbuf_addf(&text, ", threads: %" PRIu32
			    ", processes: %" PRIu32, totals->threads,
			    totals->processes);
	} else {
		strbuf_addf(&text, ", %s", registry_state_name(entry->state));
	}
	add_line(shower, "File", &text);
	string_vec_release(&names);
	strbuf_release(&text);
}

static void add_duration(struct table *table, uint64_t ns)
{
	struct strbuf text = STRBUF_INIT;

	units_add_duration(&text, ns);
	table_take(table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

static void add_run(struct table *table, size_t number,
		    const struct summary_run *run, bool kinds)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%zu", number);
	table_take(table, TONE_DIM, &text);
	if (kinds)
		table_add(table, TONE_PLAIN, run->begin.kind == RUN_PLAIN ?
			  "plain" : "profiled");
	add_duration(table, summary_run_wall_ns(run));
	add_duration(table, summary_run_cpu_ns(run));
	add_duration(table, run->end.user_ns);
	add_duration(table, run->end.system_ns);
	units_add_bytes(&text, run->end.peak_memory_bytes);
	table_take(table, TONE_PLAIN, &text);
	units_add_count(&text, run->end.samples);
	table_take(table, TONE_PLAIN, &text);
	registry_add_status(&text, run);
	if (!run->ended)
		strbuf_add(&text, "no end");
	table_take(table, TONE_WARNING, &text);
	strbuf_release(&text);
}

static bool has_plain_runs(const struct profile_summary *summary)
{
	for (size_t i = 0; i < summary->run_count; i++) {
		if (summary->runs[i].begin.kind == RUN_PLAIN)
			return true;
	}
	return false;
}

/* Most files have runs of one kind, of which there is nothing to say. */
static void add_runs(struct shower *shower,
		     const struct profile_summary *summary)
{
	enum { KIND = 1, COLUMNS = 9 };
	static const struct table_column all[COLUMNS] = {
		{ "     run", COLUMN_NUMBER, 0 },
		[KIND] = { "kind", COLUMN_TEXT, 8 },
		{ "wall", COLUMN_NUMBER, 0 },
		{ "CPU", COLUMN_NUMBER, 0 },
		{ "user", COLUMN_NUMBER, 0 },
		{ "system", COLUMN_NUMBER, 0 },
		{ "memory", COLUMN_NUMBER, 0 },
		{ "samples", COLUMN_NUMBER, 0 },
		{ "", COLUMN_TEXT, 8 }
	};
	const bool kinds = has_plain_runs(summary);
	struct table_column columns[COLUMNS];
	size_t count = 0;
	struct table table;

	for (size_t i = 0; i < COLUMNS; i++) {
		if (i != KIND || kinds)
			columns[count++] = all[i];
	}
	table = table_of(columns, count);
	for (size_t i = 0; i < summary->run_count; i++)
		add_run(&table, i + 1, &summary->runs[i], kinds);
	table_print(shower->out, &shower->style, &table);
	table_release(&table);
}

static void add_region(struct table *table, const struct summary_region *region)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%" PRIu32, region->run + 1);
	table_take(table, TONE_DIM, &text);
	units_add_count(&text, region->calls);
	table_take(table, TONE_PLAIN, &text);
	add_duration(table, region->total_ns);
	add_duration(table, region->max_ns);
	table_add(table, TONE_PLAIN, region->name);
	strbuf_release(&text);
}

static void add_regions(struct shower *shower,
			const struct profile_summary *summary)
{
	static const struct table_column columns[] = {
		{ "     run", COLUMN_NUMBER, 0 },
		{ "calls", COLUMN_NUMBER, 0 },
		{ "time", COLUMN_NUMBER, 0 },
		{ "longest", COLUMN_NUMBER, 0 },
		{ "region", COLUMN_TEXT, 20 }
	};
	struct table table = table_of(columns, ARRAY_SIZE(columns));

	for (size_t i = 0; i < summary->region_count; i++) {
		const struct summary_region *region = &summary->regions[i];

		if (!shower->region ||
		    registry_pattern_fits(shower->region, region->name))
			add_region(&table, region);
	}
	if (table.cells.count)
		table_print(shower->out, &shower->style, &table);
	table_release(&table);
}

static void add_entry(struct shower *shower,
		      const struct registry_entry *entry)
{
	const struct profile_summary *summary = &entry->summary;
	struct strbuf path = STRBUF_INIT;

	if (shower->out->len)
		strbuf_add_char(shower->out, '\n');
	text_add_foreign(&path, &shower->style, entry->path);
	text_add(shower->out, &shower->style, TONE_TITLE, strbuf_text(&path));
	strbuf_add_char(shower->out, '\n');
	strbuf_release(&path);
	if (summary->run_count)
		add_name(shower, registry_main_run(entry));
	add_origin(shower, entry);
	if (entry->state != REGISTRY_WHOLE)
		return;
	add_runs(shower, summary);
	add_regions(shower, summary);
}

static int show_text(struct shower *shower, const struct registry_args *args,
		     struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	int ret;

	shower->out = &text;
	shower->style = text_style_of(*args->output == '-' ?
				      STDOUT_FILENO : -1);
	for (size_t i = 0; i < shower->registry->entries.count; i++)
		add_entry(shower, &shower->registry->entries.items[i]);
	ret = registry_emit(args, &text, err);
	strbuf_release(&text);
	return ret;
}

static int show_json(const struct shower *shower,
		     const struct registry_args *args, struct error *err)
{
	json_t *root = json_object();
	json_t *list = json_array();

	for (size_t i = 0; i < shower->registry->entries.count; i++) {
		const struct registry_entry *entry =
			&shower->registry->entries.items[i];
		struct string_vec names = VEC_INIT;

		baseline_index_find(shower->baselines, entry->path, &names);
		json_push(list, registry_entry_json(entry, &names,
						    shower->region));
		string_vec_release(&names);
	}
	json_put(root, "schema", json_text("cprof.registry-show/1"));
	json_put(root, "profiles", list);
	return registry_emit_json(args, root, err);
}

static int show(const struct registry_args *args, char **operands, int count,
		struct error *err)
{
	struct ref_files files = OPERAND_FILES;
	struct baseline_index baselines = { .arena = ARENA_INIT };
	struct registry registry = { .directory = "" };
	struct shower shower = {
		.registry = &registry, .baselines = &baselines,
		.region = args->select.region,
	};
	int ret = -1;

	if (operands_find(&files, "registry show", operands, count, err) ||
	    registry_read(&registry, files.paths.items, files.paths.count,
			  err))
		goto out;
	registry_find_baselines(&baselines, files.directory, "show");
	ret = args->json ? show_json(&shower, args, err) :
	      show_text(&shower, args, err);
out:
	baseline_index_release(&baselines);
	registry_release(&registry);
	ref_files_release(&files);
	return ret;
}

int registry_show(int argc, char **argv, struct error *err)
{
	struct registry_args args = REGISTRY_ARGS_INIT;
	const struct opt options[] = {
		REGISTRY_REGION_OPTION(&args),
		REGISTRY_OUTPUT_OPTIONS(&args),
		OPT_END
	};
	static const char *const usage[] = { "[options] [PROFILE...]", NULL };
	static const char *const examples[] = {
		"cprof registry show app@1.2",
		"cprof registry show --json @main", NULL
	};
	const struct cli_command command = {
		"registry show", "show what profiles say of their runs",
		usage, options, examples
	};
	int first = command_parse(&command, argc, argv, err);

	if (first <= 0)
		return first;
	return show(&args, argv + first, argc - first, err);
}
