/* SPDX-License-Identifier: MIT */
#include "profile/rows.h"

#include "base/mem.h"
#include "profile/key_totals.h"

#include <inttypes.h>
#include <string.h>

static const char *const by_names[ROWS_BY_COUNT] = {
	[ROWS_BY_FUNCTION] = "function",
	[ROWS_BY_LINE] = "line",
	[ROWS_BY_FILE] = "file",
	[ROWS_BY_MODULE] = "module",
	[ROWS_BY_THREAD] = "thread",
	[ROWS_BY_PROCESS] = "process",
	[ROWS_BY_REGION] = "region",
};

const char *rows_by_name(enum rows_by by)
{
	return by_names[by];
}

int rows_by_find(const char *name)
{
	for (int i = 0; i < ROWS_BY_COUNT; i++) {
		if (strcmp(by_names[i], name) == 0)
			return i;
	}
	return -1;
}

struct row_maker {
	struct rows *rows;
	const struct profile *profile;
	const struct filter_spec *spec;
	enum rows_by by;
	size_t key_count;
	uint32_t *keys;			/* by location id */
	/* By key: does any location of it fit the spec? */
	uint8_t *shown;
	int state;
};

static enum call_key call_key_of(enum rows_by by)
{
	switch (by) {
	case ROWS_BY_LINE:
		return CALL_BY_LINE;
	case ROWS_BY_FILE:
		return CALL_BY_FILE;
	case ROWS_BY_MODULE:
		return CALL_BY_MODULE;
	default:
		return CALL_BY_FUNCTION;
	}
}

static size_t key_count(const struct profile *profile, enum rows_by by)
{
	switch (by) {
	case ROWS_BY_LINE:
		return profile->locations.count;
	case ROWS_BY_FILE:
		return profile->strings.count + 1;
	case ROWS_BY_MODULE:
		return profile->modules.count;
	default:
		return profile->functions.count;
	}
}

static void fill_function(struct row *row, const struct profile *profile,
			  const struct function *function)
{
	row->name = function->name;
	row->module = profile->modules.items[function->module].module.path;
	row->file = function->file;
	row->line = function->line;
}

static void fill_row(struct row *row, const struct row_maker *maker,
		     uint32_t id)
{
	const struct profile *profile = maker->profile;
	const struct location *location;

	row->key = id;
	switch (maker->by) {
	case ROWS_BY_LINE:
		location = profile_location(profile, id);
		fill_function(row, profile,
			      &profile->functions.items[location->function]);
		row->file = profile_location_file(profile, location);
		row->line = location->line;
		break;
	case ROWS_BY_FILE:
		row->name = "[no source file known]";
		if (id + 1 < maker->key_count) {
			row->file = intern_get(&profile->strings, id, NULL);
			row->name = row->file;
		}
		break;
	case ROWS_BY_MODULE:
		row->module = profile->modules.items[id].module.path;
		row->name = profile->modules.items[id].name;
		break;
	default:
		fill_function(row, profile, &profile->functions.items[id]);
		break;
	}
}

static void mark_shown(struct row_maker *maker)
{
	const struct profile *profile = maker->profile;

	for (uint32_t id = 0; id < profile->locations.count; id++) {
		if (filter_spec_fits(maker->spec, profile,
				     profile_location(profile, id)))
			maker->shown[maker->keys[id]] = 1;
	}
}

static void add_rows(struct row_maker *maker, const struct key_total *totals)
{
	for (size_t key = 0; key < maker->key_count; key++) {
		const struct key_total *total = &totals[key];
		struct row *row;

		if (!maker->shown[key] ||
		    (!total->total_ns && !total->total_samples))
			continue;
		row = row_vec_add(&maker->rows->rows);
		fill_row(row, maker, key);
		row->state = maker->state;
		row->self_ns = total->self_ns;
		row->total_ns = total->total_ns;
		row->samples = total->samples;
		row->total_samples = total->total_samples;
	}
}

/* One set of rows for each state among the cells. */
static void add_code_rows(struct row_maker *maker,
			  const struct weights *weights)
{
	const struct cell *cells = weights->cells.items;
	struct key_total *totals;
	size_t to;

	maker->key_count = key_count(maker->profile, maker->by);
	maker->keys = call_keys(maker->profile, call_key_of(maker->by));
	maker->shown = mem_alloc(maker->key_count);
	totals = mem_calloc(maker->key_count, sizeof(*totals));
	mark_shown(maker);

	for (size_t from = 0; from < weights->cells.count; from = to) {
		for (to = from; to < weights->cells.count &&
		     cells[to].state == cells[from].state; to++)
			;
		if (maker->state >= 0)
			maker->state = cells[from].state;
		memset(totals, 0, maker->key_count * sizeof(*totals));
		key_totals_add(totals, maker->key_count, maker->profile,
			       maker->keys, weights, from, to);
		add_rows(maker, totals);
	}
	free(totals);
	free(maker->shown);
	free(maker->keys);
}

void rows_add_process(struct strbuf *out, const struct profile *profile,
		      uint32_t id)
{
	const struct process *process = &profile->processes.items[id].begin;

	strbuf_addf(out, "%s [%" PRId32 "]", process->name, process->pid);
}

void rows_add_thread(struct strbuf *out, const struct profile *profile,
		     uint32_t id)
{
	const struct profile_thread *thread = &profile->threads.items[id];
	const struct process *process =
		&profile->processes.items[thread->begin.process].begin;

	strbuf_addf(out, "%s [%" PRId32 "]", thread->name, thread->begin.tid);
	if (profile->processes.count > 1 &&
	    strcmp(process->name, thread->name) != 0)
		strbuf_addf(out, " of %s", process->name);
}

static void name_group(struct row *row, const struct row_maker *maker,
		       uint32_t id)
{
	const struct profile *profile = maker->profile;
	struct strbuf name = STRBUF_INIT;
	uint32_t process = id;
	const char *exe;

	row->key = id;
	if (maker->by == ROWS_BY_THREAD) {
		process = profile->threads.items[id].begin.process;
		rows_add_thread(&name, profile, id);
	} else {
		rows_add_process(&name, profile, id);
	}
	exe = profile->processes.items[process].begin.exe;
	row->module = *exe ? exe : NULL;
	row->name = arena_strdup(&maker->rows->arena, strbuf_text(&name));
	strbuf_release(&name);
}

/* Cells come in order of group and state. */
static void add_group_rows(struct row_maker *maker,
			   const struct weights *weights)
{
	struct row *row = NULL;

	for (size_t i = 0; i < weights->cells.count; i++) {
		const struct cell *cell = &weights->cells.items[i];

		if (!row || row->key != cell->group ||
		    (maker->state >= 0 && row->state != cell->state)) {
			row = row_vec_add(&maker->rows->rows);
			name_group(row, maker, cell->group);
			row->state = maker->state < 0 ? -1 : cell->state;
		}
		row->self_ns += cell->ns;
		row->samples += cell->samples;
		row->total_ns = row->self_ns;
		row->total_samples = row->samples;
	}
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a;
	const struct row *y = b;

	if (x->self_ns != y->self_ns)
		return x->self_ns > y->self_ns ? -1 : 1;
	if (x->total_ns != y->total_ns)
		return x->total_ns > y->total_ns ? -1 : 1;
	if (x->samples != y->samples)
		return x->samples > y->samples ? -1 : 1;
	if (strcmp(x->name, y->name) != 0)
		return strcmp(x->name, y->name);
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static void rows_finish(struct rows *rows, const struct weights *weights)
{
	rows->total_ns = weights->total_ns;
	rows->samples = weights->samples;
	if (rows->rows.count)
		qsort(rows->rows.items, rows->rows.count,
		      sizeof(*rows->rows.items), compare_rows);
}

static uint32_t *thread_groups(const struct profile *profile, enum rows_by by)
{
	uint32_t *groups = mem_calloc(profile->threads.count + 1,
				      sizeof(*groups));

	for (size_t i = 0; i < profile->threads.count; i++)
		groups[i] = by == ROWS_BY_THREAD ? i :
			profile->threads.items[i].begin.process;
	return groups;
}

void rows_init(struct rows *rows, const struct profile *profile,
	       const struct filter *filter, const struct filter_spec *spec,
	       enum weight_clock clock, enum rows_by by)
{
	const bool groups = by == ROWS_BY_THREAD || by == ROWS_BY_PROCESS;
	uint32_t *group_of_thread = groups ? thread_groups(profile, by) : NULL;
	const struct weigh_request request = {
		.clock = clock,
		.filter = filter,
		.group_of_thread = group_of_thread,
		.by_state = clock == WEIGH_OFF_CPU,
	};
	struct row_maker maker = {
		.rows = rows,
		.profile = profile,
		.spec = spec,
		.by = by,
		.state = clock == WEIGH_OFF_CPU ? 0 : -1,
	};
	struct weights weights;

	*rows = (struct rows){ .arena = ARENA_INIT };
	weights_init(&weights, profile, &request);
	if (groups)
		add_group_rows(&maker, &weights);
	else
		add_code_rows(&maker, &weights);
	rows_finish(rows, &weights);
	weights_release(&weights);
	free(group_of_thread);
}

void rows_of_functions(struct rows *rows, const struct profile *profile,
		       const struct filter_spec *spec,
		       const struct weights *weights)
{
	struct row_maker maker = {
		.rows = rows,
		.profile = profile,
		.spec = spec,
		.by = ROWS_BY_FUNCTION,
		.state = -1,
	};

	*rows = (struct rows){ .arena = ARENA_INIT };
	add_code_rows(&maker, weights);
	rows_finish(rows, weights);
}

void rows_release(struct rows *rows)
{
	row_vec_release(&rows->rows);
	arena_release(&rows->arena);
}
