/* SPDX-License-Identifier: MIT */
/*
 * Callgrind's profile data, for KCachegrind and callgrind_annotate: costs of
 * lines, and of calls from lines.  What calls what is all that it keeps of
 * stacks.  A sampler does not count calls; the numbers are samples.
 */
#include "render/export_formats.h"

#include "base/escape.h"
#include "profile/rows.h"
#include "render/export_paths.h"

#include <inttypes.h>
#include <string.h>

/* Functions of the same name and file are one, as they are to readers. */
struct cost {
	uint32_t function;
	uint32_t line;
	uint32_t callee;	/* ID_NONE: the line's own */
	uint32_t callee_line;
	uint64_t ns;
	uint64_t samples;
};

VEC_DEFINE(cost_vec, struct cost);

struct place {
	uint32_t function;	/* id in `functions` */
	uint32_t line;
};

struct function_facts {
	const char *module;
	uint32_t first_line;
	uint32_t stamp;		/* the cell that was seen last, plus 1 */
};

VEC_DEFINE(function_facts_vec, struct function_facts);

struct callgrind {
	const struct export_request *request;
	const struct profile *profile;
	struct export_paths paths;
	struct intern functions;	/* "file\nname", escaped */
	struct function_facts_vec facts; /* by function */
	struct place *places;		/* by key */
	uint8_t *placed;		/* by key */
	struct cost_vec costs;
	struct map64 known;		/* line << 32 | callee: cost */
	struct intern lines;		/* function and line */
	struct u32_vec path;
	struct intern names;		/* that were written: (id) suffices */
	uint64_t total_ns;
	uint64_t samples;
};

/* The one way for text into the file: no end of line, no empty name. */
static void add_text(struct strbuf *out, const char *text)
{
	if (*text)
		escape_text(out, text);
	else
		strbuf_add(out, "???");
}

static uint32_t function_id(struct callgrind *to, const char *file,
			    const char *name, const char *module,
			    uint32_t line)
{
	struct strbuf text = STRBUF_INIT;
	bool is_new;
	uint32_t id;

	add_text(&text, file ? file : "");
	strbuf_add_char(&text, '\n');
	add_text(&text, name);
	id = intern_string(&to->functions, strbuf_text(&text), &is_new);
	if (is_new)
		function_facts_vec_push(&to->facts, (struct function_facts){
			.module = module, .first_line = line });
	strbuf_release(&text);
	return id;
}

static struct place place_key(struct callgrind *to, uint32_t key)
{
	const struct function *function =
		export_key_function(&to->paths, key);
	struct strbuf name = STRBUF_INIT;
	struct place place;
	const char *file;
	uint32_t line;

	if (to->placed[key])
		return to->places[key];
	file = export_key_place(&to->paths, key, &line);
	export_add_key_name(&name, &to->paths, key);
	/* A line of another file would be one of the function's own. */
	if (function && function->file && strcmp(file, function->file) != 0) {
		file = function->file;
		line = function->line;
	}
	place.function = function_id(to, file, strbuf_text(&name), function ?
		to->profile->modules.items[function->module].module.path : "",
		function && function->line ? function->line : line);
	place.line = line;
	to->places[key] = place;
	to->placed[key] = 1;
	strbuf_release(&name);
	return place;
}

static void add_cost(struct callgrind *to, struct place at, uint32_t callee,
		     const struct cell *cell)
{
	const uint32_t line = intern_add(&to->lines, &at, sizeof(at), NULL);
	const uint64_t key = (uint64_t)line << 32 | callee;
	uint64_t index = to->costs.count;

	if (!map64_get(&to->known, key, &index)) {
		map64_put(&to->known, key, index);
		cost_vec_push(&to->costs, (struct cost){
			.function = at.function, .line = at.line,
			.callee = callee });
	}
	to->costs.items[index].ns += cell->ns;
	to->costs.items[index].samples += cell->samples;
}

/*
 * Of each function on the stack, the outermost call counts, so that what
 * its callers pay adds up to its time, however recursive it is.
 */
static void add_cell(struct callgrind *to, const struct cell *cell,
		     struct place root, uint32_t stamp)
{
	const struct export_path *paths;
	struct place caller = root;
	uint32_t path = export_path_of(&to->paths, cell->stack, cell->state);

	paths = to->paths.paths.items;
	for (; path != ID_NONE; path = paths[path].parent)
		u32_vec_push(&to->path, paths[path].key);
	to->facts.items[root.function].stamp = stamp;
	while (to->path.count) {
		struct place callee = place_key(to,
			to->path.items[--to->path.count]);
		struct function_facts *facts =
			&to->facts.items[callee.function];

		if (facts->stamp != stamp)
			add_cost(to, caller, callee.function, cell);
		facts->stamp = stamp;
		caller = callee;
	}
	add_cost(to, caller, ID_NONE, cell);
	to->total_ns += cell->ns;
	to->samples += cell->samples;
}

/* What calls the outermost functions: so that all of them are called. */
static struct place root_of(struct callgrind *to, uint32_t thread)
{
	struct strbuf name = STRBUF_INIT;
	struct place place = { .line = 0 };

	if (to->request->merge_threads)
		strbuf_add(&name, "[all threads]");
	else
		rows_add_thread(&name, to->profile, thread);
	place.function = function_id(to, NULL, strbuf_text(&name), "", 0);
	strbuf_release(&name);
	return place;
}

static int compare_costs(const void *a, const void *b)
{
	const struct cost *x = a;
	const struct cost *y = b;

	if (x->function != y->function)
		return x->function < y->function ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	/* ID_NONE plus 1 is 0: own costs come first. */
	if (x->callee != y->callee)
		return x->callee + 1 < y->callee + 1 ? -1 : 1;
	return 0;
}

/* "KEY=(7) name", later "KEY=(7)"; `kind` keeps the ids apart. */
static void add_name(struct strbuf *out, struct callgrind *to,
		     const char *key, char kind, const char *name, size_t len)
{
	struct strbuf text = STRBUF_INIT;
	bool is_new;
	uint32_t id;

	strbuf_add_char(&text, kind);
	strbuf_add_bytes(&text, name, len);
	id = intern_string(&to->names, strbuf_text(&text), &is_new);
	strbuf_addf(out, "%s=(%" PRIu32 ")", key, id + 1);
	if (is_new) {
		strbuf_add_char(out, ' ');
		strbuf_add_bytes(out, name, len);
	}
	strbuf_add_char(out, '\n');
	strbuf_release(&text);
}

/* Module, file and function; as callee when `c` is "c". */
static void add_function(struct strbuf *out, struct callgrind *to,
			 uint32_t function, const char *c)
{
	const char *text = intern_get(&to->functions, function, NULL);
	const char *name = strchr(text, '\n') + 1;
	struct strbuf module = STRBUF_INIT;
	char key[8];

	add_text(&module, to->facts.items[function].module);
	snprintf(key, sizeof(key), "%sob", c);
	add_name(out, to, key, 'o', strbuf_text(&module), module.len);
	snprintf(key, sizeof(key), "%sf%s", c, *c ? "i" : "l");
	add_name(out, to, key, 'f', text, name - 1 - text);
	snprintf(key, sizeof(key), "%sfn", c);
	add_name(out, to, key, 'n', name, strlen(name));
	strbuf_release(&module);
}

static void add_costs(struct strbuf *out, struct callgrind *to)
{
	uint32_t function = ID_NONE;

	for (size_t i = 0; i < to->costs.count; i++) {
		const struct cost *cost = &to->costs.items[i];

		if (cost->function != function) {
			strbuf_add_char(out, '\n');
			add_function(out, to, cost->function, "");
		}
		function = cost->function;
		if (cost->callee != ID_NONE) {
			add_function(out, to, cost->callee, "c");
			/* A call that was made 0 times is not read. */
			strbuf_addf(out, "calls=%" PRIu64 " %" PRIu32 "\n",
				    MAX(cost->samples, (uint64_t)1),
				    to->facts.items[cost->callee].first_line);
		}
		strbuf_addf(out, "%" PRIu32 " %" PRIu64 " %" PRIu64 "\n",
			    cost->line, cost->ns, cost->samples);
	}
}

static void add_head(struct strbuf *out, const struct callgrind *to)
{
	const struct profile *profile = to->profile;
	const char *clock = weight_clock_name(to->request->view->clock);

	strbuf_add(out, "# callgrind format\nversion: 1\n"
		   "creator: cprof " CPROF_VERSION "\n");
	if (profile->processes.count)
		strbuf_addf(out, "pid: %" PRId32 "\n",
			    profile->processes.items[0].begin.pid);
	strbuf_add(out, "cmd:");
	for (size_t i = 0; profile->runs.count &&
	     i < profile->runs.items[0].begin.argc; i++) {
		strbuf_add_char(out, ' ');
		escape_text(out, profile->runs.items[0].begin.argv[i]);
	}
	strbuf_addf(out, "\npart: 1\ndesc: Clock: %s\ndesc: Calls: samples, "
		    "since a sampler does not count calls\npositions: line\n"
		    "event: ns : %s time (ns)\nevent: samples : Samples\n"
		    "events: ns samples\n", clock, clock);
	strbuf_addf(out, "summary: %" PRIu64 " %" PRIu64 "\n", to->total_ns,
		    to->samples);
}

static void callgrind_release(struct callgrind *to)
{
	export_paths_release(&to->paths);
	intern_release(&to->functions);
	intern_release(&to->lines);
	intern_release(&to->names);
	function_facts_vec_release(&to->facts);
	cost_vec_release(&to->costs);
	map64_release(&to->known);
	u32_vec_release(&to->path);
	free(to->places);
	free(to->placed);
}

static int callgrind_write(struct strbuf *out,
			   const struct export_request *request,
			   struct error *err)
{
	const struct view *view = request->view;
	struct callgrind to = { .request = request, .profile = view->profile };
	struct weights weights;

	export_paths_init(&to.paths, view->profile, CALL_BY_LINE);
	to.places = mem_calloc(to.paths.key_count + 1, sizeof(*to.places));
	to.placed = mem_alloc(to.paths.key_count + 1);
	export_weigh(&weights, view->profile, view->filter, view->clock);
	for (size_t i = 0; i < weights.cells.count; i++) {
		const struct cell *cell = &weights.cells.items[i];

		add_cell(&to, cell, root_of(&to, cell->group), i + 1);
	}
	if (to.costs.count)
		qsort(to.costs.items, to.costs.count, sizeof(struct cost),
		      compare_costs);
	add_head(out, &to);
	add_costs(out, &to);
	strbuf_addf(out, "\ntotals: %" PRIu64 " %" PRIu64 "\n", to.total_ns,
		    to.samples);
	weights_release(&weights);
	callgrind_release(&to);
	return 0;
}

const struct exporter_ops exporter_callgrind = {
	.name = "callgrind",
	.patterns = (const char *const []){ "callgrind.out*", "*.callgrind",
					    NULL },
	.summary = "KCachegrind, callgrind_annotate",
	.write = callgrind_write,
};
