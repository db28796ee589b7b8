/* SPDX-License-Identifier: MIT */
#include "registry_args.h"
#include "registry_regions.h"

#include "base/units.h"
#include "registry/totals.h"
#include "render/table.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	COLUMNS_MAX = 13,
	FILE_WIDTH = 44		/* cut only above it */
};

struct lister {
	const struct registry *registry;
	struct baseline_index baselines;
	const char *region;			/* NULL: not asked for */
	const struct registry_entry **entries;	/* the newest first */
	size_t count;
	size_t file_width;
	/* Is there anything to show in these columns? */
	bool versions;
	bool runs;
	bool memory;
	bool labels;
	bool in_baselines;
	bool states;
	struct table_column columns[COLUMNS_MAX];
	size_t column_count;
	struct table table;
};

static void choose_entries(struct lister *lister,
			   const struct registry_select *select)
{
	const struct registry *registry = lister->registry;

	lister->entries = mem_calloc(registry->entries.count + 1,
				     sizeof(*lister->entries));
	for (size_t i = registry->entries.count; i-- > 0;) {
		const struct registry_entry *entry =
			&registry->entries.items[i];

		if (registry_selects(select, entry))
			lister->entries[lister->count++] = entry;
	}
}

/* What there is to say beside figures: "exit 1", "cut off". */
static void add_state(struct strbuf *out, const struct registry_entry *entry)
{
	const struct profile_summary *summary = &entry->summary;

	if (entry->state != REGISTRY_WHOLE) {
		strbuf_add(out, registry_state_name(entry->state));
		return;
	}
	for (size_t i = 0; i < summary->run_count && !out->len; i++)
		registry_add_status(out, &summary->runs[i]);
}

static void look_at(struct lister *lister, const struct registry_entry *entry)
{
	struct string_vec names = VEC_INIT;
	struct strbuf state = STRBUF_INIT;

	add_state(&state, entry);
	baseline_index_find(&lister->baselines, entry->path, &names);
	lister->file_width = MAX(lister->file_width, strlen(entry->file));
	lister->states |= state.len > 0;
	lister->in_baselines |= names.count > 0;
	lister->versions |= *registry_entry_version(entry) != '\0';
	lister->runs |= entry->summary.run_count > 1;
	if (entry->summary.run_count)
		lister->labels |= registry_main_run(entry)->label_count > 0;
	strbuf_release(&state);
	string_vec_release(&names);
}

static void add_column(struct lister *lister, bool wanted, const char *title,
		       enum table_kind kind, size_t min_width)
{
	if (wanted)
		lister->columns[lister->column_count++] =
			(struct table_column){ title, kind, min_width };
}

/* Names of files can be copied; the memory is the least of all figures. */
static bool is_roomy(const struct lister *lister, size_t width)
{
	const size_t usual = 72;	/* all but what follows */

	return usual + lister->file_width + 9 * lister->states +
		12 * lister->labels + 10 * lister->in_baselines +
		(lister->region ? 20 : 0) <= width;
}

static void choose_columns(struct lister *lister, size_t width)
{
	for (size_t i = 0; i < lister->count; i++)
		look_at(lister, lister->entries[i]);
	lister->memory = is_roomy(lister, width);
	add_column(lister, true, "recorded", COLUMN_NUMBER, 0);
	add_column(lister, true, "name", COLUMN_TEXT, 10);
	add_column(lister, lister->versions, "version", COLUMN_TEXT, 7);
	add_column(lister, lister->runs, "runs", COLUMN_NUMBER, 0);
	add_column(lister, true, "wall", COLUMN_NUMBER, 0);
	add_column(lister, true, "CPU", COLUMN_NUMBER, 0);
	add_column(lister, lister->region, "calls", COLUMN_NUMBER, 0);
	add_column(lister, lister->region, "in region", COLUMN_NUMBER, 0);
	add_column(lister, lister->memory, "memory", COLUMN_NUMBER, 0);
	add_column(lister, lister->states, "state", COLUMN_TEXT, 7);
	add_column(lister, lister->labels, "labels", COLUMN_TEXT, 8);
	add_column(lister, lister->in_baselines, "baseline", COLUMN_TEXT, 8);
	add_column(lister, true, "file", COLUMN_PATH,
		   MIN(lister->file_width, (size_t)FILE_WIDTH));
}

/* Of a run that has such regions, on average. */
static void add_region(struct lister *lister,
		       const struct registry_entry *entry)
{
	const struct region_time time = registry_region_time(entry,
							     lister->region);
	const size_t runs = MAX(time.runs, (size_t)1);
	struct strbuf text = STRBUF_INIT;

	units_add_count(&text, time.calls / runs);
	table_take(&lister->table, TONE_PLAIN, &text);
	units_add_duration(&text, time.total_ns / runs);
	table_take(&lister->table, TONE_PLAIN, &text);
	strbuf_release(&text);
}

/* Of one run; of many that can be compared, their average. */
static void add_figures(struct lister *lister,
			const struct registry_entry *entry)
{
	struct table *table = &lister->table;
	struct strbuf text = STRBUF_INIT;
	struct totals_group group;

	totals_group_init(&group, entry);
	if (group.duration_ns.count)
		units_add_duration(&text, units_whole(group.duration_ns.mean));
	table_take(table, TONE_PLAIN, &text);
	if (group.duration_ns.count)
		units_add_duration(&text, units_whole(group.cpu_ns.mean));
	table_take(table, TONE_PLAIN, &text);
	if (lister->region)
		add_region(lister, entry);
	if (group.peak_bytes.count)
		units_add_bytes(&text, units_whole(group.peak_bytes.mean));
	if (lister->memory)
		table_take(table, TONE_PLAIN, &text);
	totals_group_release(&group);
	strbuf_release(&text);
}

static void add_row(struct lister *lister, const struct registry_entry *entry)
{
	struct string_vec names = VEC_INIT;
	struct table *table = &lister->table;
	struct strbuf text = STRBUF_INIT;

	registry_add_time(&text, entry->start_realtime_ns);
	table_take(table, TONE_DIM, &text);
	table_add(table, TONE_PLAIN, registry_entry_name(entry));
	if (lister->versions)
		table_add(table, TONE_PLAIN, registry_entry_version(entry));
	if (lister->runs) {
		strbuf_addf(&text, "%zu", entry->summary.run_count);
		table_take(table, TONE_PLAIN, &text);
	}
	add_figures(lister, entry);
	if (lister->states) {
		add_state(&text, entry);
		table_take(table, TONE_WARNING, &text);
	}
	if (lister->labels) {
		if (entry->summary.run_count)
			registry_add_labels(&text, registry_main_run(entry));
		table_take(table, TONE_PLAIN, &text);
	}
	if (lister->in_baselines) {
		baseline_index_find(&lister->baselines, entry->path, &names);
		registry_add_words(&text, &names);
		table_take(table, TONE_TITLE, &text);
	}
	table_add(table, TONE_DIM, entry->file);
	string_vec_release(&names);
	strbuf_release(&text);
}

static int list_text(struct lister *lister, const struct registry_args *args,
		     struct error *err)
{
	const int fd = *args->output == '-' ? STDOUT_FILENO : -1;
	struct text_style style = text_style_of(fd);
	struct strbuf text = STRBUF_INIT;
	int ret;

	/* Names of files that are cut are of no use to a program. */
	if (!isatty(fd) && !getenv("COLUMNS"))
		style.width = TEXT_WIDTH_MAX;
	choose_columns(lister, style.width);
	lister->table = table_of(lister->columns, lister->column_count);
	for (size_t i = 0; i < lister->count; i++)
		add_row(lister, lister->entries[i]);
	if (lister->count)
		table_print(&text, &style, &lister->table);
	else
		strbuf_addf(&text, "no profile%s in %s\n",
			    lister->registry->entries.count ?
			    " that fits" : "s", lister->registry->directory);
	ret = registry_emit(args, &text, err);
	table_release(&lister->table);
	strbuf_release(&text);
	return ret;
}

static int list_json(struct lister *lister, const struct registry_args *args,
		     struct error *err)
{
	json_t *root = json_object();
	json_t *list = json_array();

	for (size_t i = 0; i < lister->count; i++) {
		struct string_vec names = VEC_INIT;

		baseline_index_find(&lister->baselines,
				    lister->entries[i]->path, &names);
		json_push(list, registry_entry_json(lister->entries[i], &names,
						    args->select.region));
		string_vec_release(&names);
	}
	json_put(root, "schema", json_text("cprof.registry-list/1"));
	json_put(root, "directory", json_text(lister->registry->directory));
	json_put(root, "profiles", list);
	json_put(root, "not_profiles",
		 registry_strangers_json(lister->registry));
	return registry_emit_json(args, root, err);
}

static int list(const struct registry_args *args, struct error *err)
{
	struct registry registry;
	struct lister lister = {
		.registry = &registry, .region = args->select.region
	};
	int ret = -1;

	if (registry_open(&registry, "list", err))
		goto out;
	registry_find_baselines(&lister.baselines, registry.directory, "list");
	choose_entries(&lister, &args->select);
	ret = args->json ? list_json(&lister, args, err) :
	      list_text(&lister, args, err);
out:
	free(lister.entries);
	baseline_index_release(&lister.baselines);
	registry_release(&registry);
	return ret;
}

int registry_list(int argc, char **argv, struct error *err)
{
	struct registry_args args = REGISTRY_ARGS_INIT;
	const struct opt options[] = {
		REGISTRY_SELECT_OPTIONS(&args),
		REGISTRY_SINCE_OPTION(&args),
		REGISTRY_REGION_OPTION(&args),
		REGISTRY_OUTPUT_OPTIONS(&args),
		OPT_END
	};
	static const char *const usage[] = { "[options]", NULL };
	static const char *const examples[] = {
		"cprof registry list --name app --since 7d",
		"cprof registry list --json | jq -r '.profiles[].path'", NULL
	};
	const struct cli_command command = {
		"registry list", "list the profiles, the newest first", usage,
		options, examples
	};
	int first = command_parse(&command, argc, argv, err);
	int ret = first;

	if (first > 0 && first < argc)
		ret = error_set(err, ERROR_USAGE, "unexpected operand '%s'; "
				"cprof registry list --name '%s'?",
				argv[first], argv[first]);
	else if (first > 0)
		ret = list(&args, err);
	registry_select_release(&args.select);
	return ret;
}
