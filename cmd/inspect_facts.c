/* SPDX-License-Identifier: MIT */
#include "inspect_facts.h"

#include "format/chunk_summary.h"
#include "format/replay.h"

#include <stdlib.h>

/* What a stack is, as far as quality goes. */
enum stack_kind { STACK_GOOD, STACK_TRUNCATED, STACK_NONE, STACK_BETWEEN };

VEC_DEFINE(kind_vec, uint8_t);

/* Listens to a replay. */
struct collector {
	struct sample_sink sink;
	struct inspect_facts *facts;
	struct kind_vec frames;		/* enum stack_kind, of a frame */
	struct kind_vec stacks;
};

const char *file_state_name(enum file_state state)
{
	static const char *const names[] = {
		[FILE_WHOLE] = "whole",
		[FILE_CUT_OFF] = "cut off",
		[FILE_DAMAGED] = "damaged",
		[FILE_TOO_NEW] = "too new",
	};

	return names[state];
}

static struct collector *collector_of(struct sample_sink *sink)
{
	return container_of(sink, struct collector, sink);
}

static struct inspect_facts *facts_of(struct sample_sink *sink)
{
	return collector_of(sink)->facts;
}

static void on_run_begin(struct sample_sink *sink,
			 const struct run_begin *begin)
{
	struct inspect_facts *facts = facts_of(sink);
	struct summary_run *run = run_fact_vec_add(&facts->runs);
	const char **argv = arena_alloc(&facts->arena, (begin->argc + 1) *
					sizeof(*argv));
	struct label *labels = arena_alloc(&facts->arena,
					   (begin->label_count + 1) *
					   sizeof(*labels));

	for (size_t i = 0; i < begin->argc; i++)
		argv[i] = arena_strdup(&facts->arena, begin->argv[i]);
	for (size_t i = 0; i < begin->label_count; i++) {
		labels[i].key = arena_strdup(&facts->arena,
					     begin->labels[i].key);
		labels[i].value = arena_strdup(&facts->arena,
					       begin->labels[i].value);
	}
	run->begin = *begin;
	run->begin.argv = argv;
	run->begin.labels = labels;
	run->begin.name = arena_strdup(&facts->arena, begin->name);
	run->begin.version = arena_strdup(&facts->arena, begin->version);
}

static void on_run_end(struct sample_sink *sink, const struct run_end *end)
{
	struct inspect_facts *facts = facts_of(sink);
	struct summary_run *run = &facts->runs.items[facts->runs.count - 1];

	run->ended = true;
	run->end = *end;
	losses_add(&facts->losses, &end->losses);
}

static void on_process(struct sample_sink *sink, const struct process *process)
{
	process_fact_vec_add(&facts_of(sink)->processes)->process = *process;
}

static void on_process_end(struct sample_sink *sink,
			   const struct process_end *end)
{
	struct process_fact *process =
		&facts_of(sink)->processes.items[end->process];

	process->ended = true;
	process->end = *end;
}

static void on_thread(struct sample_sink *sink, const struct thread *thread)
{
	struct inspect_facts *facts = facts_of(sink);

	id_vec_push(&facts->thread_processes, thread->process);
	facts->processes.items[thread->process].threads++;
}

static void on_module(struct sample_sink *sink,
		      const struct module *module UNUSED)
{
	facts_of(sink)->modules++;
}

static void on_frame(struct sample_sink *sink, const struct frame *frame)
{
	uint8_t kind = STACK_GOOD;

	/* Module 0 is the special one. */
	if (frame->module == 0 && special_frame_truncated(frame->address))
		kind = STACK_TRUNCATED;
	else if (frame->module == 0 && (frame->address == SPECIAL_NO_STACK ||
					frame->address == SPECIAL_LOST))
		kind = STACK_NONE;
	else if (frame->module == 0 &&
		 frame->address == SPECIAL_BETWEEN_SAMPLES)
		kind = STACK_BETWEEN;
	kind_vec_push(&collector_of(sink)->frames, kind);
}

static void on_stack(struct sample_sink *sink, const struct stack *stack)
{
	struct collector *collector = collector_of(sink);
	uint8_t kind = collector->frames.items[stack->frame];

	/* The outermost frame tells. */
	if (stack->parent != ID_NONE)
		kind = collector->stacks.items[stack->parent];
	kind_vec_push(&collector->stacks, kind);
	collector->facts->stacks++;
}

static void on_window(struct sample_sink *sink,
		      const struct thread_window *window)
{
	const struct collector *collector = collector_of(sink);
	struct inspect_facts *facts = collector->facts;
	struct quality_fact *quality = &facts->quality;
	struct process_fact *process = &facts->processes.items[
		facts->thread_processes.items[window->thread]];

	facts->cpu_ns += window->cpu_ns;
	process->cpu_ns += window->cpu_ns;
	for (size_t i = 0; i < window->count; i++) {
		const struct interval *interval = &window->intervals[i];
		uint8_t kind = collector->stacks.items[interval->stack];

		facts->wall_ns += interval->wall_ns;
		/* Time that nobody saw is no sample. */
		if (kind == STACK_BETWEEN)
			continue;
		process->samples++;
		quality->samples++;
		quality->on_cpu += interval->state == STATE_RUNNING;
		quality->truncated += kind == STACK_TRUNCATED;
		quality->unreadable += kind == STACK_NONE;
		quality->late += (interval->flags & SAMPLE_LATE) != 0;
		quality->moved += (interval->flags & SAMPLE_MOVED) != 0;
		quality->unstopped += (interval->flags & SAMPLE_UNSTOPPED) != 0;
	}
}

static void on_symbol(struct sample_sink *sink, const struct symbol *symbol)
{
	struct quality_fact *quality = &facts_of(sink)->quality;

	quality->symbols++;
	quality->nameless += symbol->status == SYMBOL_NONE ||
		symbol->status == SYMBOL_REPLACED;
}

static const struct sample_sink_ops collector_ops = {
	.run_begin = on_run_begin,
	.run_end = on_run_end,
	.process = on_process,
	.process_end = on_process_end,
	.thread = on_thread,
	.module = on_module,
	.frame = on_frame,
	.stack = on_stack,
	.window = on_window,
	.symbol = on_symbol,
};

static struct type_fact *type_fact_of(struct type_fact_vec *types,
				      uint32_t type)
{
	struct type_fact *fact;

	for (size_t i = 0; i < types->count; i++)
		if (types->items[i].type == type)
			return &types->items[i];
	fact = type_fact_vec_add(types);
	fact->type = type;
	return fact;
}

static void add_chunk(struct inspect_facts *facts, const struct chunk *chunk)
{
	struct type_fact *type = type_fact_of(&facts->types, chunk->type);
	uint64_t stored = CHUNK_HEADER_BYTES + chunk->stored_bytes;

	type->count++;
	type->stored_bytes += stored;
	type->payload_bytes += chunk->stored_bytes;
	type->raw_bytes += chunk->payload_bytes;
	chunk_fact_vec_push(&facts->chunks, (struct chunk_fact){
		.type = chunk->type, .version = chunk->version,
		.flags = chunk->flags, .sequence = chunk->sequence,
		.offset = chunk->offset, .stored_bytes = stored,
		.raw_bytes = chunk->payload_bytes });
}

/* The index must tell of the chunks as they are. */
static int check_index(const struct inspect_facts *facts,
		       const struct chunk *chunk, struct error *err)
{
	struct byte_reader in = byte_reader_of(chunk->payload,
					       chunk->payload_bytes);
	struct index_vec index = VEC_INIT;
	int ret = index_chunk_decode(&in, &index, err);

	if (!ret && index.count != facts->chunks.count)
		ret = error_set(err, ERROR_FORMAT,
				"the index tells of %zu chunks, there are %zu",
				index.count, facts->chunks.count);
	for (size_t i = 0; i < index.count && !ret; i++)
		if (index.items[i].type != facts->chunks.items[i].type ||
		    index.items[i].bytes !=
		    facts->chunks.items[i].stored_bytes)
			ret = error_set(err, ERROR_FORMAT,
					"the index is wrong about chunk %zu",
					i);
	index_vec_release(&index);
	return ret ? chunk_error_context(chunk, err) : 0;
}

/* Look at every chunk that is whole. */
static int collect_chunks(struct inspect_facts *facts, struct error *err)
{
	struct error index = ERROR_INIT;
	struct chunk chunk;
	int more;

	while ((more = profile_reader_next(facts->reader, &chunk, err)) > 0) {
		if (chunk.type == CHUNK_INDX && facts->state == FILE_WHOLE &&
		    check_index(facts, &chunk, &index)) {
			facts->state = FILE_DAMAGED;
			facts->why = index;
		}
		add_chunk(facts, &chunk);
	}
	return more;
}

/* Is it sound?  0 with the state of the file, -1 when it cannot be read. */
static int judge(struct inspect_facts *facts, const char *path,
		 struct error *err)
{
	static const struct sample_sink_ops nobody = { .run_begin = NULL };
	struct sample_sink deaf = { .ops = &nobody };
	struct profile_reader *reader;
	struct error why = ERROR_INIT;
	int ret;

	ret = profile_reader_open(&reader, path, READER_STRICT, &why);
	if (ret && why.kind != ERROR_FORMAT)
		return error_set(err, why.kind, "%s", why.text);
	if (!ret)
		ret = profile_replay(reader, &deaf, NULL, &why);
	if (ret && why.kind == ERROR_SYSTEM) {
		profile_reader_close(reader);
		return error_set(err, why.kind, "%s", why.text);
	}
	if (!ret && profile_reader_is_partial(reader)) {
		facts->state = FILE_CUT_OFF;
		facts->lost_bytes = profile_reader_lost_bytes(reader);
	} else if (ret) {
		facts->state = why.kind == ERROR_UNSUPPORTED ? FILE_TOO_NEW :
			FILE_DAMAGED;
		facts->why = why;
	}
	profile_reader_close(reader);
	return 0;
}

static int collect(struct inspect_facts *facts, struct error *err)
{
	struct collector collector = {
		.sink = { .ops = &collector_ops }, .facts = facts,
	};
	struct replay_result result = { .chunks = 0 };
	int ret = collect_chunks(facts, err);

	if (!ret)
		ret = profile_replay(facts->reader, &collector.sink, &result,
				     err);
	facts->damage = *profile_reader_damage(facts->reader);
	facts->definitions_lost = result.definitions_lost;
	facts->quality.frames = collector.frames.count;
	kind_vec_release(&collector.frames);
	kind_vec_release(&collector.stacks);
	return ret;
}

int inspect_facts_init(struct inspect_facts *facts, const char *path,
		       struct error *err)
{
	enum profile_reader_mode mode;
	struct error foreign;

	*facts = (struct inspect_facts){ .state = FILE_WHOLE };
	if (judge(facts, path, err))
		return -1;
	mode = facts->state == FILE_DAMAGED || facts->state == FILE_TOO_NEW ?
		READER_SALVAGE : READER_STRICT;
	/* What has not one whole chunk is no profile. */
	foreign = facts->why;
	if (profile_reader_open(&facts->reader, path, mode, err))
		return foreign.kind == ERROR_FORMAT ?
			error_set(err, foreign.kind, "%s", foreign.text) : -1;
	facts->header = *profile_reader_header(facts->reader);
	facts->info = *profile_reader_info(facts->reader);
	facts->file_bytes = profile_reader_file_bytes(facts->reader);
	return collect(facts, err);
}

void inspect_facts_release(struct inspect_facts *facts)
{
	profile_reader_close(facts->reader);
	chunk_fact_vec_release(&facts->chunks);
	type_fact_vec_release(&facts->types);
	run_fact_vec_release(&facts->runs);
	process_fact_vec_release(&facts->processes);
	id_vec_release(&facts->thread_processes);
	arena_release(&facts->arena);
}
