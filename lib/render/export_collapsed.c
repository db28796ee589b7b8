/* SPDX-License-Identifier: MIT */
/*
 * Collapsed stacks: "outer;inner;innermost COUNT", a line for each stack,
 * sorted by bytes so that two exports can be compared.
 */
#include "render/export_formats.h"

#include "profile/rows.h"
#include "render/export_paths.h"
#include "render/name.h"

#include <inttypes.h>

struct stack_line {
	uint32_t path;
	uint64_t amount;
};

VEC_DEFINE(stack_line_vec, struct stack_line);
VEC_DEFINE(text_vec, char *);

struct collapser {
	const struct export_request *request;
	struct export_paths paths;
	struct intern names;		/* as they are written */
	struct u32_vec name_of_key;	/* id in `names` + 1; 0: not yet */
	struct arena arena;
	struct text_vec lines;		/* in the arena */
	struct strbuf line;
	struct u32_vec todo;
};

static const char *key_name(struct collapser *to, uint32_t key)
{
	struct strbuf name = STRBUF_INIT;
	struct strbuf safe = STRBUF_INIT;
	uint32_t *known = &to->name_of_key.items[key];

	if (!*known) {
		export_add_key_name(&name, &to->paths, key);
		name_add_frame(&safe, strbuf_text(&name));
		*known = intern_string(&to->names, strbuf_text(&safe),
				       NULL) + 1;
		strbuf_release(&safe);
		strbuf_release(&name);
	}
	return intern_get(&to->names, *known - 1, NULL);
}

static void add_path(struct collapser *to, uint32_t path)
{
	const struct export_path *paths = to->paths.paths.items;
	const char *between = to->line.len ? ";" : "";

	for (; path != ID_NONE; path = paths[path].parent)
		u32_vec_push(&to->todo, paths[path].key);
	while (to->todo.count) {
		strbuf_add(&to->line, between);
		strbuf_add(&to->line,
			   key_name(to, to->todo.items[--to->todo.count]));
		between = ";";
	}
}

static void add_line(struct collapser *to, const struct stack_line *line,
		     const char *thread)
{
	if (!line->amount)
		return;
	strbuf_clear(&to->line);
	strbuf_add(&to->line, thread);
	add_path(to, line->path);
	strbuf_addf(&to->line, " %" PRIu64, line->amount);
	text_vec_push(&to->lines, arena_strndup(&to->arena,
						strbuf_text(&to->line),
						to->line.len));
}

/* Cells of one thread: paths that several stacks share become one line. */
static void add_cells(struct collapser *to, const struct cell *cells,
		      size_t count, const char *thread)
{
	struct stack_line_vec lines = VEC_INIT;
	struct map64 known = MAP64_INIT;

	for (size_t i = 0; i < count; i++) {
		uint32_t path = export_path_of(&to->paths, cells[i].stack,
					       cells[i].state);
		uint64_t at = lines.count;

		if (!map64_get(&known, path, &at)) {
			map64_put(&known, path, at);
			stack_line_vec_push(&lines,
					    (struct stack_line){ path, 0 });
		}
		lines.items[at].amount += to->request->weights ? cells[i].ns :
					  cells[i].samples;
	}
	for (size_t i = 0; i < lines.count; i++)
		add_line(to, &lines.items[i], thread);
	stack_line_vec_release(&lines);
	map64_release(&known);
}

static void add_thread(struct collapser *to, const struct cell *cells,
		       size_t count)
{
	struct strbuf title = STRBUF_INIT;
	struct strbuf safe = STRBUF_INIT;

	rows_add_thread(&title, to->paths.profile, cells->group);
	name_add_frame(&safe, strbuf_text(&title));
	add_cells(to, cells, count, strbuf_text(&safe));
	strbuf_release(&title);
	strbuf_release(&safe);
}

static void add_all(struct collapser *to, const struct cell_vec *cells)
{
	const bool one = to->request->merge_threads ||
			 to->paths.profile->threads.count < 2;
	size_t end;

	if (one) {
		add_cells(to, cells->items, cells->count, "");
		return;
	}
	for (size_t i = 0; i < cells->count; i = end) {
		for (end = i; end < cells->count &&
		     cells->items[end].group == cells->items[i].group; end++)
			;
		add_thread(to, &cells->items[i], end - i);
	}
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int collapsed_write(struct strbuf *out,
			   const struct export_request *request,
			   struct error *err)
{
	const struct view *view = request->view;
	struct collapser to = { .request = request };
	struct weights weights;

	export_paths_init(&to.paths, view->profile, CALL_BY_FUNCTION);
	u32_vec_reserve(&to.name_of_key, to.paths.key_count);
	memset(to.name_of_key.items, 0,
	       to.paths.key_count * sizeof(uint32_t));
	export_weigh(&weights, view->profile, view->filter, view->clock);
	add_all(&to, &weights.cells);
	if (to.lines.count)
		qsort(to.lines.items, to.lines.count, sizeof(char *),
		      compare_lines);
	for (size_t i = 0; i < to.lines.count; i++) {
		strbuf_add(out, to.lines.items[i]);
		strbuf_add_char(out, '\n');
	}
	weights_release(&weights);
	export_paths_release(&to.paths);
	intern_release(&to.names);
	u32_vec_release(&to.name_of_key);
	u32_vec_release(&to.todo);
	strbuf_release(&to.line);
	arena_release(&to.arena);
	text_vec_release(&to.lines);
	return 0;
}

const struct exporter_ops exporter_collapsed = {
	.name = "collapsed",
	.patterns = (const char *const []){ "*.collapsed", "*.folded",
					    "*.collapsed.txt", NULL },
	.summary = "flame graph tools: a line for each stack",
	.write = collapsed_write,
};
