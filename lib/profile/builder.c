/* SPDX-License-Identifier: MIT */
#include "profile/builder.h"

#include "base/mem.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "profile/builder_state.h"

#include <inttypes.h>
#include <string.h>

struct function_key {
	uint32_t name;
	uint32_t module;
};

void builder_fail(struct profile_builder *builder, const char *what,
		  uint64_t id)
{
	if (builder->error.kind == ERROR_NONE)
		error_set(&builder->error, ERROR_FORMAT,
			  "%s %" PRIu64 " was never defined", what, id);
}

const char *builder_keep(struct profile_builder *builder, const char *text)
{
	struct intern *strings = &builder->profile->strings;

	if (!text)
		return NULL;
	return intern_get(strings, intern_string(strings, text, NULL), NULL);
}

const char *builder_keep_name(struct profile_builder *builder,
			      const char *text)
{
	return builder_keep(builder, text ? text : "");
}

static void copy_argv(struct profile_builder *builder, struct run_begin *run)
{
	const char **argv = arena_alloc(&builder->profile->arena,
					(run->argc + 1) * sizeof(*argv));
	struct label *labels = arena_alloc(&builder->profile->arena,
					   (run->label_count + 1) *
					   sizeof(*labels));

	for (size_t i = 0; i < run->argc; i++)
		argv[i] = builder_keep_name(builder, run->argv[i]);
	for (size_t i = 0; i < run->label_count; i++) {
		labels[i].key = builder_keep_name(builder, run->labels[i].key);
		labels[i].value = builder_keep_name(builder,
						    run->labels[i].value);
	}
	run->argv = argv;
	run->labels = labels;
}

static void build_run_begin(struct sample_sink *sink,
			    const struct run_begin *begin)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile_run *run = profile_run_vec_add(&builder->profile->runs);

	run->file = builder->profile->files.count - 1;
	run->begin = *begin;
	run->begin.name = builder_keep_name(builder, begin->name);
	run->begin.version = builder_keep_name(builder, begin->version);
	run->last_ns = begin->start_ns;
	copy_argv(builder, &run->begin);
}

static void build_run_end(struct sample_sink *sink, const struct run_end *end)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile_run_vec *runs = &builder->profile->runs;

	if (runs->count == builder->base.run) {
		builder_fail(builder, "run", 0);
		return;
	}
	runs->items[runs->count - 1].ended = true;
	runs->items[runs->count - 1].end = *end;
}

static void build_process(struct sample_sink *sink,
			  const struct process *begin)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile *profile = builder->profile;
	struct profile_process process = { .begin = *begin };

	process.begin.run += builder->base.run;
	if (process.begin.run < begin->run ||
	    process.begin.run >= profile->runs.count) {
		builder_fail(builder, "run", begin->run);
		return;
	}
	if (begin->parent != ID_NONE)
		process.begin.parent += builder->base.process;
	if (process.begin.parent >= profile->processes.count)
		process.begin.parent = ID_NONE;
	process.begin.name = builder_keep_name(builder, begin->name);
	process.begin.exe = builder_keep_name(builder, begin->exe);
	profile_process_vec_push(&profile->processes, process);
}

static void build_process_end(struct sample_sink *sink,
			      const struct process_end *end)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile_process_vec *all = &builder->profile->processes;

	if (end->process >= all->count - builder->base.process) {
		builder_fail(builder, "process", end->process);
		return;
	}
	all->items[builder->base.process + end->process].ended = true;
	all->items[builder->base.process + end->process].end = *end;
}

static void build_thread(struct sample_sink *sink, const struct thread *begin)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile *profile = builder->profile;
	struct profile_thread thread = { .begin = *begin };

	if (begin->process >=
	    profile->processes.count - builder->base.process) {
		builder_fail(builder, "process", begin->process);
		return;
	}
	thread.begin.process += builder->base.process;
	thread.begin.name = builder_keep_name(builder, begin->name);
	thread.name = thread.begin.name;
	profile_thread_vec_push(&profile->threads, thread);
}

static void build_thread_end(struct sample_sink *sink,
			     const struct thread_end *end)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile_thread_vec *all = &builder->profile->threads;
	struct profile_thread *thread;

	if (end->thread >= all->count - builder->base.thread) {
		builder_fail(builder, "thread", end->thread);
		return;
	}
	thread = &all->items[builder->base.thread + end->thread];
	thread->ended = true;
	thread->end = *end;
	if (end->name && *end->name)
		thread->name = builder_keep(builder, end->name);
	thread->end.name = thread->name;
}

/* One module for all files that have it: same kind, path and build-id. */
static uint32_t module_id(struct profile_builder *builder,
			  const struct module *module)
{
	struct strbuf key = STRBUF_INIT;
	struct profile_module *added;
	bool is_new;
	uint32_t id;

	strbuf_add_char(&key, module->kind);
	strbuf_add_bytes(&key, (const char *)module->build_id,
			 MIN(module->build_id_len, BUILD_ID_MAX));
	strbuf_add_char(&key, '\0');
	strbuf_add(&key, module->path ? module->path : "");
	id = intern_add(&builder->module_keys, key.text, key.len, &is_new);
	strbuf_release(&key);
	if (!is_new)
		return id;

	added = profile_module_vec_add(&builder->profile->modules);
	added->module = *module;
	added->module.build_id_len = MIN(module->build_id_len, BUILD_ID_MAX);
	added->module.process = ID_NONE;
	added->module.path = module->kind == MODULE_SPECIAL ?
		special_module_name : builder_keep_name(builder, module->path);
	added->name = builder_keep(builder, path_base(added->module.path));
	return id;
}

static void build_module(struct sample_sink *sink, const struct module *module)
{
	struct profile_builder *builder = builder_of(sink);

	u32_vec_push(&builder->module_ids, module_id(builder, module));
}

static void build_frame(struct sample_sink *sink, const struct frame *frame)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile_frame *added;

	if (frame->module >= builder->module_ids.count) {
		builder_fail(builder, "module", frame->module);
		return;
	}
	added = profile_frame_vec_add(&builder->profile->frames);
	added->frame.module = builder->module_ids.items[frame->module];
	added->frame.address = frame->address;
	added->status = SYMBOL_NONE;
}

static uint8_t frame_flags(const struct profile *profile, uint32_t id)
{
	const struct frame *frame = &profile->frames.items[id].frame;
	const struct profile_module *module =
		&profile->modules.items[frame->module];

	if (module->module.kind != MODULE_SPECIAL)
		return 0;
	if (frame->address == SPECIAL_BETWEEN_SAMPLES)
		return STACK_BETWEEN_SAMPLES;
	if (frame->address == SPECIAL_NO_STACK)
		return STACK_UNREADABLE;
	return special_frame_truncated(frame->address) ? STACK_TRUNCATED : 0;
}

static void build_stack(struct sample_sink *sink, const struct stack *stack)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile *profile = builder->profile;
	const uint32_t id = profile->stacks.count - builder->base.stack;
	struct stack added = *stack;
	uint8_t flags = 0;

	if (stack->frame >= profile->frames.count - builder->base.frame) {
		builder_fail(builder, "frame", stack->frame);
		return;
	}
	if (stack->parent != ID_NONE && stack->parent >= id) {
		builder_fail(builder, "stack", stack->parent);
		return;
	}
	added.frame += builder->base.frame;
	if (stack->parent != ID_NONE) {
		added.parent += builder->base.stack;
		flags = profile->stack_flags.items[added.parent];
	}
	stack_vec_push(&profile->stacks, added);
	u8_vec_push(&profile->stack_flags,
		    flags | frame_flags(profile, added.frame));
}

/* Check and renumber the stacks of `window` before it is taken. */
static int window_check(struct profile_builder *builder,
			const struct thread_window *window)
{
	const struct profile *profile = builder->profile;
	const uint32_t stacks = profile->stacks.count - builder->base.stack;

	if (window->thread >= profile->threads.count - builder->base.thread) {
		builder_fail(builder, "thread", window->thread);
		return -1;
	}
	for (size_t i = 0; i < window->count; i++) {
		if (window->intervals[i].stack < stacks)
			continue;
		builder_fail(builder, "stack", window->intervals[i].stack);
		return -1;
	}
	return 0;
}

static void build_window(struct sample_sink *sink,
			 const struct thread_window *window)
{
	struct profile_builder *builder = builder_of(sink);
	struct profile *profile = builder->profile;
	struct thread_window own = *window;
	size_t first = profile->samples.count;
	struct profile_run *run;
	struct sample *samples;

	if (window_check(builder, window))
		return;
	own.thread += builder->base.thread;
	/* thread_window_samples() reserves exactly; grow in big steps. */
	sample_vec_reserve(&profile->samples, first + window->count);
	thread_window_samples(&own, &profile->samples);

	samples = profile->samples.items;
	for (size_t i = first; i < profile->samples.count; i++) {
		samples[i].stack += builder->base.stack;
		if (samples[i].state >= STATE_COUNT)
			samples[i].state = STATE_OTHER;
	}
	if (first == profile->samples.count)
		return;
	run = &profile->runs.items[profile_sample_run(profile,
						      &samples[first]) -
				   profile->runs.items];
	run->last_ns = MAX(run->last_ns,
			   samples[profile->samples.count - 1].time_ns);
}

/*
 * One function for each name in a module.  Its first line is no part of
 * that: parts of a function (cold code, inlined copies) tell other lines.
 */
static uint32_t function_id(struct profile_builder *builder,
			    const struct source_location *from,
			    uint32_t module, uint8_t status)
{
	struct profile *profile = builder->profile;
	const char *name = from->function ? from->function : "";
	const struct function_key key = {
		.name = intern_string(&profile->strings, name, NULL),
		.module = module,
	};
	struct function *function;
	bool is_new;
	uint32_t id;

	id = intern_add(&builder->function_keys, &key, sizeof(key), &is_new);
	if (!is_new)
		return id;
	function = function_vec_add(&profile->functions);
	function->name = intern_get(&profile->strings, key.name, NULL);
	function->linkage_name = builder_keep(builder, from->linkage_name);
	function->file = builder_keep(builder, from->file);
	function->line = from->function_line;
	function->module = module;
	function->status = status;
	return id;
}

static uint32_t location_id(struct profile_builder *builder,
			    const struct source_location *from,
			    uint32_t module, uint8_t status)
{
	struct profile *profile = builder->profile;
	const struct location location = {
		.function = function_id(builder, from, module, status),
		.file = !from->file ? ID_NONE :
			intern_string(&profile->strings, from->file, NULL),
		.line = from->line,
	};

	return intern_add(&profile->locations, &location, sizeof(location),
			  NULL);
}

static void name_frame(struct profile_builder *builder, uint32_t id,
		       const struct source_location *chain, size_t count,
		       uint8_t status)
{
	struct profile *profile = builder->profile;
	struct profile_frame *frame = &profile->frames.items[id];

	frame->first = profile->chain.count;
	frame->count = count;
	frame->status = status;
	for (size_t i = 0; i < count; i++)
		u32_vec_push(&profile->chain,
			     location_id(builder, &chain[i],
					 frame->frame.module, status));
}

static void build_symbol(struct sample_sink *sink, const struct symbol *symbol)
{
	struct profile_builder *builder = builder_of(sink);
	const struct profile *profile = builder->profile;

	if (symbol->frame >= profile->frames.count - builder->base.frame) {
		builder_fail(builder, "frame", symbol->frame);
		return;
	}
	if (symbol->count)
		name_frame(builder, builder->base.frame + symbol->frame,
			   symbol->chain, symbol->count, symbol->status);
}

static void build_flush(struct sample_sink *sink)
{
}

static bool build_failed(const struct sample_sink *sink)
{
	const struct profile_builder *builder =
		container_of(sink, const struct profile_builder, sink);

	return builder->error.kind != ERROR_NONE;
}

static const struct sample_sink_ops builder_ops = {
	.run_begin = build_run_begin,
	.run_end = build_run_end,
	.process = build_process,
	.process_end = build_process_end,
	.thread = build_thread,
	.thread_end = build_thread_end,
	.module = build_module,
	.frame = build_frame,
	.stack = build_stack,
	.window = build_window,
	.symbol = build_symbol,
	.metric = builder_metric,
	.values = builder_values,
	.collector = builder_collector,
	.region = builder_region,
	.region_calls = builder_region_calls,
	.region_total = builder_region_total,
	.region_losses = builder_region_losses,
	.region_label = builder_region_label,
	.run_note = builder_run_note,
	.flush = build_flush,
	.failed = build_failed,
};

struct profile_builder *profile_builder_new(void)
{
	struct profile_builder *builder = mem_alloc(sizeof(*builder));

	builder->sink.ops = &builder_ops;
	builder->profile = mem_alloc(sizeof(*builder->profile));
	return builder;
}

void profile_builder_free(struct profile_builder *builder)
{
	if (!builder)
		return;
	profile_free(builder->profile);
	u32_vec_release(&builder->module_ids);
	intern_release(&builder->module_keys);
	intern_release(&builder->function_keys);
	free(builder);
}

void profile_builder_file(struct profile_builder *builder, const char *path,
			  const struct recording_info *info)
{
	struct profile *profile = builder->profile;
	struct profile_file *file = profile_file_vec_add(&profile->files);

	file->path = builder_keep_name(builder, path);
	file->info = *info;
	file->info.host = builder_keep_name(builder, info->host);
	file->info.kernel = builder_keep_name(builder, info->kernel);
	file->info.machine = builder_keep_name(builder, info->machine);
	file->info.cpu_model = builder_keep_name(builder, info->cpu_model);
	file->info.cprof_version = builder_keep_name(builder,
						     info->cprof_version);
	builder->module_ids.count = 0;
	builder->base = (struct bases){
		.run = profile->runs.count,
		.process = profile->processes.count,
		.thread = profile->threads.count,
		.frame = profile->frames.count,
		.stack = profile->stacks.count,
		.metric = profile->metrics.count,
		.region = profile->regions.count,
	};
}

void profile_builder_note(struct profile_builder *builder, bool partial,
			  uint64_t lost_bytes, uint64_t skipped_chunks)
{
	struct profile_file_vec *files = &builder->profile->files;
	struct profile_file *file = &files->items[files->count - 1];

	file->partial = partial;
	file->lost_bytes = lost_bytes;
	file->skipped_chunks = skipped_chunks;
}

struct sample_sink *profile_builder_sink(struct profile_builder *builder)
{
	return &builder->sink;
}

int profile_builder_error(const struct profile_builder *builder,
			  struct error *err)
{
	if (builder->error.kind == ERROR_NONE)
		return 0;
	return error_set(err, builder->error.kind, "%s", builder->error.text);
}

static int compare_nameless(const void *a, const void *b)
{
	const struct nameless_frame *x = a;
	const struct nameless_frame *y = b;

	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

static bool is_poor(const struct profile *profile,
		    const struct profile_frame *frame)
{
	const uint32_t inner = profile->chain.items[frame->first];

	return frame->status != SYMBOL_OK ||
	       !profile_location(profile, inner)->line;
}

void profile_builder_nameless(const struct profile_builder *builder, bool poor,
			      struct nameless_vec *out)
{
	const struct profile *profile = builder->profile;

	for (uint32_t id = builder->base.frame; id < profile->frames.count;
	     id++) {
		const struct profile_frame *frame = &profile->frames.items[id];

		if ((frame->count && !(poor && is_poor(profile, frame))) ||
		    profile->modules.items[frame->frame.module].module.kind ==
		    MODULE_SPECIAL)
			continue;
		nameless_vec_push(out, (struct nameless_frame){
			.frame = id - builder->base.frame,
			.module = frame->frame.module,
			.address = frame->frame.address,
		});
	}
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items),
		      compare_nameless);
}

const struct module *
profile_builder_module(const struct profile_builder *builder, uint32_t id)
{
	return &builder->profile->modules.items[id].module;
}

bool profile_builder_is_partial(const struct profile_builder *builder)
{
	const struct profile_file_vec *files = &builder->profile->files;

	return files->count && files->items[files->count - 1].partial;
}

/* "[libc.so.6+0x1234]"; "[vdso]" has its brackets already. */
static void add_place_in_module(struct strbuf *out, const char *module,
				uint64_t address)
{
	size_t len = strlen(module);

	if (len > 2 && module[0] == '[' && module[len - 1] == ']') {
		module++;
		len -= 2;
	}
	strbuf_add_char(out, '[');
	strbuf_add_bytes(out, module, len);
	strbuf_addf(out, "+0x%" PRIx64 "]", address);
}

/* A frame without a symbol is a function of its own. */
static void name_by_address(struct profile_builder *builder, uint32_t id)
{
	const struct profile *profile = builder->profile;
	const struct frame *frame = &profile->frames.items[id].frame;
	const struct profile_module *module =
		&profile->modules.items[frame->module];
	struct source_location location = { .file = NULL };
	struct strbuf name = STRBUF_INIT;
	uint8_t status = SYMBOL_NONE;

	if (module->module.kind == MODULE_SPECIAL) {
		strbuf_add(&name, special_frame_name(frame->address));
		status = SYMBOL_OK;
	} else {
		add_place_in_module(&name, module->name, frame->address);
	}
	location.function = strbuf_text(&name);
	name_frame(builder, id, &location, 1, status);
	strbuf_release(&name);
}

struct profile *profile_builder_finish(struct profile_builder *builder)
{
	struct profile *profile = builder->profile;

	for (uint32_t id = 0; id < profile->frames.count; id++) {
		if (!profile->frames.items[id].count)
			name_by_address(builder, id);
	}
	builder_finish_metrics(builder);
	builder_finish_regions(builder);
	builder->profile = NULL;
	return profile;
}
