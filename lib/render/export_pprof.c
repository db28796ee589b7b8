/* SPDX-License-Identifier: MIT */
/*
 * pprof's profile.proto, gzipped.  Locations are addresses with all the
 * functions that are inlined there; threads, processes and what a thread
 * waited for are labels of samples.
 */
#include "render/export_formats.h"

#include "base/clock.h"
#include "base/escape.h"
#include "render/export_paths.h"
#include "render/gzip.h"
#include "render/proto.h"

#include <string.h>

/* Numbers of fields, message by message. */
enum {
	PROFILE_SAMPLE_TYPE = 1, PROFILE_SAMPLE = 2, PROFILE_MAPPING = 3,
	PROFILE_LOCATION = 4, PROFILE_FUNCTION = 5, PROFILE_STRING = 6,
	PROFILE_TIME_NANOS = 9, PROFILE_DURATION_NANOS = 10,
	PROFILE_PERIOD_TYPE = 11, PROFILE_PERIOD = 12, PROFILE_COMMENT = 13,
	PROFILE_DEFAULT_TYPE = 14,
	TYPE_TYPE = 1, TYPE_UNIT = 2,
	SAMPLE_LOCATION = 1, SAMPLE_VALUE = 2, SAMPLE_LABEL = 3,
	LABEL_KEY = 1, LABEL_STR = 2, LABEL_NUM = 3,
	MAPPING_ID = 1, MAPPING_LIMIT = 3, MAPPING_FILENAME = 5,
	MAPPING_BUILD_ID = 6, MAPPING_HAS_FUNCTIONS = 7,
	MAPPING_HAS_FILENAMES = 8, MAPPING_HAS_LINES = 9,
	MAPPING_HAS_INLINES = 10,
	LOCATION_ID = 1, LOCATION_MAPPING = 2, LOCATION_ADDRESS = 3,
	LOCATION_LINE = 4,
	LINE_FUNCTION = 1, LINE_LINE = 2,
	FUNCTION_ID = 1, FUNCTION_NAME = 2, FUNCTION_SYSTEM_NAME = 3,
	FUNCTION_FILENAME = 4, FUNCTION_START_LINE = 5
};

VEC_DEFINE(u64_vec, uint64_t);

/* Ids from 1 in order of use, by ids of the profile; 0: not used yet. */
struct used_ids {
	uint64_t *id;
	uint64_t count;
};

struct pprof {
	const struct view *view;
	const struct profile *profile;
	struct byte_writer out;
	struct byte_writer message;
	struct byte_writer inner;
	struct intern strings;
	struct used_ids functions;
	struct used_ids frames;
	uint64_t *limits;	/* by module: end of its addresses; 0: unused */
	uint64_t *mappings;	/* by module */
	struct u64_vec path;	/* of one sample */
};

/* The one way for text into the file: printable, valid UTF-8. */
static uint64_t text_id(struct pprof *to, const char *text)
{
	struct strbuf safe = STRBUF_INIT;
	uint64_t id;

	escape_text(&safe, text);
	id = intern_string(&to->strings, strbuf_text(&safe), NULL);
	strbuf_release(&safe);
	return id;
}

static void add_type(struct pprof *to, unsigned int field, const char *type,
		     const char *unit)
{
	proto_u64(&to->message, TYPE_TYPE, text_id(to, type));
	proto_u64(&to->message, TYPE_UNIT, text_id(to, unit));
	proto_message(&to->out, field, &to->message);
}

static void add_function(struct pprof *to, uint64_t id,
			 const struct location *location)
{
	const struct function *function =
		&to->profile->functions.items[location->function];
	const char *file = function->file;

	if (!file)
		file = profile_location_file(to->profile, location);
	proto_u64(&to->inner, FUNCTION_ID, id);
	proto_u64(&to->inner, FUNCTION_NAME, text_id(to, *function->name ?
						     function->name :
						     "[no name]"));
	proto_u64(&to->inner, FUNCTION_SYSTEM_NAME,
		  text_id(to, function->linkage_name ?
			  function->linkage_name : function->name));
	if (file)
		proto_u64(&to->inner, FUNCTION_FILENAME, text_id(to, file));
	proto_u64(&to->inner, FUNCTION_START_LINE, function->line);
	proto_message(&to->out, PROFILE_FUNCTION, &to->inner);
}

static uint64_t use_function(struct pprof *to, const struct location *location)
{
	uint64_t *id = &to->functions.id[location->function];

	if (!*id) {
		*id = ++to->functions.count;
		add_function(to, *id, location);
	}
	return *id;
}

static void add_line(struct pprof *to, uint32_t id)
{
	const struct location *location = profile_location(to->profile, id);
	const uint64_t function = use_function(to, location);

	proto_u64(&to->inner, LINE_FUNCTION, function);
	proto_u64(&to->inner, LINE_LINE, location->line);
	proto_message(&to->message, LOCATION_LINE, &to->inner);
}

/* Our addresses of callers lie inside the call already. */
static void add_location(struct pprof *to, uint64_t id,
			 const struct profile_frame *frame)
{
	const uint32_t module = frame->frame.module;

	proto_u64(&to->message, LOCATION_ID, id);
	if (to->profile->modules.items[module].module.kind != MODULE_SPECIAL) {
		proto_u64(&to->message, LOCATION_MAPPING,
			  to->mappings[module]);
		proto_u64(&to->message, LOCATION_ADDRESS,
			  frame->frame.address);
	}
	for (uint32_t i = 0; i < frame->count; i++)
		add_line(to, to->profile->chain.items[frame->first + i]);
	proto_message(&to->out, PROFILE_LOCATION, &to->message);
}

static uint64_t use_frame(struct pprof *to, uint32_t frame)
{
	uint64_t *id = &to->frames.id[frame];

	if (!*id) {
		*id = ++to->frames.count;
		add_location(to, *id, &to->profile->frames.items[frame]);
	}
	return *id;
}

static void add_label(struct pprof *to, const char *key, const char *text)
{
	proto_u64(&to->inner, LABEL_KEY, text_id(to, key));
	proto_u64(&to->inner, LABEL_STR, text_id(to, text));
	proto_message(&to->message, SAMPLE_LABEL, &to->inner);
}

static void add_number_label(struct pprof *to, const char *key, int64_t number)
{
	proto_u64(&to->inner, LABEL_KEY, text_id(to, key));
	proto_i64(&to->inner, LABEL_NUM, number);
	proto_message(&to->message, SAMPLE_LABEL, &to->inner);
}

static void add_labels(struct pprof *to, const struct cell *cell)
{
	const struct profile_thread *thread =
		&to->profile->threads.items[cell->group];
	const struct process *process =
		&to->profile->processes.items[thread->begin.process].begin;

	add_label(to, "thread", *thread->name ? thread->name : "[no name]");
	add_number_label(to, "thread_id", thread->begin.tid);
	add_label(to, "process", *process->name ? process->name :
		  "[no name]");
	add_number_label(to, "process_id", process->pid);
	if (to->view->clock != WEIGH_CPU)
		add_label(to, "state", thread_state_name(cell->state));
}

static void add_sample(struct pprof *to, const struct cell *cell)
{
	const struct stack *stacks = to->profile->stacks.items;
	const uint64_t values[] = { cell->samples, cell->ns };

	to->path.count = 0;
	for (uint32_t s = cell->stack; s != ID_NONE; s = stacks[s].parent)
		u64_vec_push(&to->path, use_frame(to, stacks[s].frame));
	proto_packed(&to->message, SAMPLE_LOCATION, to->path.items,
		     to->path.count);
	proto_packed(&to->message, SAMPLE_VALUE, values, ARRAY_SIZE(values));
	add_labels(to, cell);
	proto_message(&to->out, PROFILE_SAMPLE, &to->message);
}

static void note_modules(struct pprof *to, uint32_t stack)
{
	const struct stack *stacks = to->profile->stacks.items;

	for (; stack != ID_NONE; stack = stacks[stack].parent) {
		const struct frame *frame =
			&to->profile->frames.items[stacks[stack].frame].frame;
		uint64_t end = frame->address == UINT64_MAX ? UINT64_MAX :
			       frame->address + 1;

		to->limits[frame->module] = MAX(to->limits[frame->module],
						end);
	}
}

static void add_mapping(struct pprof *to, uint64_t id, uint32_t module)
{
	static const char digits[] = "0123456789abcdef";
	const struct module *m = &to->profile->modules.items[module].module;
	char build_id[2 * BUILD_ID_MAX + 1] = "";

	for (size_t i = 0; i < m->build_id_len; i++) {
		build_id[2 * i] = digits[m->build_id[i] >> 4];
		build_id[2 * i + 1] = digits[m->build_id[i] & 15];
	}
	to->mappings[module] = id;
	proto_u64(&to->message, MAPPING_ID, id);
	proto_u64(&to->message, MAPPING_LIMIT, to->limits[module]);
	proto_u64(&to->message, MAPPING_FILENAME, text_id(to, m->path));
	proto_u64(&to->message, MAPPING_BUILD_ID, text_id(to, build_id));
	/* Else pprof would look for symbols itself. */
	for (unsigned int has = MAPPING_HAS_FUNCTIONS;
	     has <= MAPPING_HAS_INLINES; has++)
		proto_u64(&to->message, has, 1);
	proto_message(&to->out, PROFILE_MAPPING, &to->message);
}

/* The program itself, which readers take the first one for. */
static uint32_t main_module(const struct profile *profile)
{
	const char *exe = profile->processes.count ?
			  profile->processes.items[0].begin.exe : "";

	for (size_t i = 0; i < profile->modules.count; i++) {
		if (strcmp(profile->modules.items[i].module.path, exe) == 0)
			return i;
	}
	return ID_NONE;
}

static void add_mappings(struct pprof *to, const struct cell_vec *cells)
{
	const struct profile *profile = to->profile;
	const uint32_t first = main_module(profile);
	uint64_t id = 0;

	for (size_t i = 0; i < cells->count; i++)
		note_modules(to, cells->items[i].stack);
	if (first != ID_NONE && to->limits[first])
		add_mapping(to, ++id, first);
	for (uint32_t i = 0; i < profile->modules.count; i++) {
		const uint8_t kind = profile->modules.items[i].module.kind;

		if (i != first && to->limits[i] && kind != MODULE_SPECIAL)
			add_mapping(to, ++id, i);
	}
}

static void add_comment(struct pprof *to, const struct run_begin *run)
{
	struct strbuf text = STRBUF_INIT;
	uint64_t id;

	strbuf_add(&text, "command:");
	for (size_t i = 0; i < run->argc; i++)
		strbuf_addf(&text, " %s", run->argv[i]);
	id = text_id(to, strbuf_text(&text));
	proto_packed(&to->out, PROFILE_COMMENT, &id, 1);
	for (size_t i = 0; i < run->label_count; i++) {
		strbuf_clear(&text);
		strbuf_addf(&text, "%s=%s", run->labels[i].key,
			    run->labels[i].value);
		id = text_id(to, strbuf_text(&text));
		proto_packed(&to->out, PROFILE_COMMENT, &id, 1);
	}
	strbuf_release(&text);
}

static void add_head(struct pprof *to)
{
	const struct run_begin *run = to->profile->runs.count ?
		&profile_main_run(to->profile)->begin : NULL;
	const char *clock = weight_clock_name(to->view->clock);

	add_type(to, PROFILE_SAMPLE_TYPE, "samples", "count");
	add_type(to, PROFILE_SAMPLE_TYPE, clock, "nanoseconds");
	add_type(to, PROFILE_PERIOD_TYPE, clock, "nanoseconds");
	proto_u64(&to->out, PROFILE_DEFAULT_TYPE, text_id(to, clock));
	proto_u64(&to->out, PROFILE_DURATION_NANOS,
		  to->view->overview->wall_ns);
	if (!run)
		return;
	proto_u64(&to->out, PROFILE_TIME_NANOS, run->start_realtime_ns);
	if (run->rate_hz)
		proto_u64(&to->out, PROFILE_PERIOD, NS_PER_S / run->rate_hz);
	for (size_t i = 0; i < to->profile->runs.count; i++)
		add_comment(to, &to->profile->runs.items[i].begin);
}

static void add_strings(struct pprof *to)
{
	for (uint32_t i = 0; i < to->strings.count; i++) {
		size_t len;
		const char *text = intern_get(&to->strings, i, &len);

		proto_bytes(&to->out, PROFILE_STRING, text, len);
	}
}

static void pprof_init(struct pprof *to, const struct view *view)
{
	const struct profile *profile = view->profile;

	*to = (struct pprof){
		.view = view,
		.profile = profile,
		.functions.id = mem_calloc(profile->functions.count + 1,
					   sizeof(uint64_t)),
		.frames.id = mem_calloc(profile->frames.count + 1,
					sizeof(uint64_t)),
		.limits = mem_calloc(profile->modules.count + 1,
				     sizeof(uint64_t)),
		.mappings = mem_calloc(profile->modules.count + 1,
				       sizeof(uint64_t)),
	};
	/* The first string must be the empty one. */
	text_id(to, "");
}

static void pprof_release(struct pprof *to)
{
	byte_writer_release(&to->out);
	byte_writer_release(&to->message);
	byte_writer_release(&to->inner);
	intern_release(&to->strings);
	u64_vec_release(&to->path);
	free(to->functions.id);
	free(to->frames.id);
	free(to->limits);
	free(to->mappings);
}

static int pprof_write(struct strbuf *out,
		       const struct export_request *request,
		       struct error *err)
{
	const struct view *view = request->view;
	struct weights weights;
	struct pprof to;

	pprof_init(&to, view);
	export_weigh(&weights, view->profile, view->filter, view->clock);
	add_head(&to);
	add_mappings(&to, &weights.cells);
	for (size_t i = 0; i < weights.cells.count; i++)
		add_sample(&to, &weights.cells.items[i]);
	add_strings(&to);
	gzip_add(out, to.out.data, to.out.len);
	weights_release(&weights);
	pprof_release(&to);
	return 0;
}

const struct exporter_ops exporter_pprof = {
	.name = "pprof",
	.patterns = (const char *const []){ "*.pb.gz", "*.pprof",
					    "*.pprof.gz", NULL },
	.summary = "go tool pprof, and what else reads profile.proto",
	.binary = true,
	.write = pprof_write,
};
