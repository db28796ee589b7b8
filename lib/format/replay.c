/* SPDX-License-Identifier: MIT */
#include "format/replay.h"

#include "format/chunk_process.h"
#include "format/chunk_run.h"
#include "format/chunk_stack.h"
#include "format/chunk_summary.h"
#include "format/reader_strings.h"
#include "format/replay_state.h"

#include <inttypes.h>

enum {
	/*
	 * A hostile file must not make us invent definitions for ever.  What
	 * was lost took a byte at least, so there is also the file's size.
	 */
	LOST_MAX = 1 << 20
};

static const char *const kind_names[KIND_COUNT] = {
	"run", "process", "thread", "module", "frame", "stack", "metric",
	"region"
};

static void tell_run(struct replay *replay, const struct run_begin *begin)
{
	replay->counts[KIND_RUN]++;
	TELL(replay, run_begin, begin);
}

static void tell_process(struct replay *replay, const struct process *process)
{
	replay->counts[KIND_PROCESS]++;
	TELL(replay, process, process);
}

static void tell_thread(struct replay *replay, const struct thread *thread)
{
	replay->counts[KIND_THREAD]++;
	TELL(replay, thread, thread);
}

static void tell_module(struct replay *replay, const struct module *module)
{
	/* When salvaging, module 0 has been told already. */
	if (replay->counts[KIND_MODULE]++ || !replay->salvage)
		TELL(replay, module, module);
}

static void tell_frame(struct replay *replay, const struct frame *frame)
{
	replay->counts[KIND_FRAME]++;
	TELL(replay, frame, frame);
}

/* `stack->frame` is the file's. */
static void tell_stack(struct replay *replay, const struct stack *stack)
{
	struct stack told = {
		.parent = stack->parent,
		.frame = stack->frame + replay->frame_shift,
	};

	replay->counts[KIND_STACK]++;
	TELL(replay, stack, &told);
}

/* Before anything else of a file that has lost we do not know what. */
static void tell_lost_frame(struct replay *replay)
{
	const struct module special = {
		.kind = MODULE_SPECIAL, .process = ID_NONE, .path = "[special]",
	};
	const struct frame lost = { .module = 0, .address = SPECIAL_LOST };

	TELL(replay, module, &special);
	TELL(replay, frame, &lost);
	replay->frame_shift = 1;
}

static void tell_lost(struct replay *replay, enum kind kind);

/* An id of `kind` for a lost definition to refer to. */
static uint32_t any_id(struct replay *replay, enum kind kind)
{
	if (!replay->counts[kind])
		tell_lost(replay, kind);
	return replay->counts[kind] - 1;
}

/* Define the next id of `kind` with what says that it was lost. */
static void tell_lost(struct replay *replay, enum kind kind)
{
	const char *name = "[lost]";

	replay->result.definitions_lost++;
	switch (kind) {
	case KIND_RUN:
		tell_run(replay, &(struct run_begin){
			.name = name, .version = "" });
		break;
	case KIND_PROCESS:
		tell_process(replay, &(struct process){
			.run = any_id(replay, KIND_RUN), .parent = ID_NONE,
			.name = name, .exe = name });
		break;
	case KIND_THREAD:
		tell_thread(replay, &(struct thread){
			.process = any_id(replay, KIND_PROCESS),
			.name = name });
		break;
	case KIND_MODULE:
		tell_module(replay, &(struct module){
			.kind = MODULE_UNKNOWN, .process = ID_NONE,
			.path = name });
		break;
	case KIND_FRAME:
		tell_frame(replay, &(struct frame){
			.module = 0, .address = SPECIAL_LOST });
		break;
	case KIND_METRIC:
		replay_tell_metric(replay, &(struct metric){
			.name = name, .source = name,
			.scope = METRIC_OF_RUN,
			.owner = any_id(replay, KIND_RUN) });
		break;
	case KIND_REGION:
		replay_tell_region(replay, &(struct region){
			.process = any_id(replay, KIND_PROCESS),
			.parent = ID_NONE, .name = name });
		break;
	default:
		/* The sink's frame 0. */
		tell_stack(replay, &(struct stack){
			.parent = ID_NONE, .frame = -1 });
	}
}

/* Invent definitions until `count` are there; -1 when that is too many. */
static int fill_up(struct replay *replay, enum kind kind, uint64_t count)
{
	uint64_t max = MIN(profile_reader_file_bytes(replay->reader),
			   (uint64_t)LOST_MAX);

	if (!replay->salvage || count - replay->counts[kind] +
	    replay->result.definitions_lost > max)
		return -1;
	while (replay->counts[kind] < count)
		tell_lost(replay, kind);
	return 0;
}

int replay_need(struct replay *replay, enum kind kind, uint32_t id,
		struct error *err)
{
	if (id < replay->counts[kind] ||
	    fill_up(replay, kind, (uint64_t)id + 1) == 0)
		return 0;
	return error_set(err, ERROR_FORMAT, "%s %" PRIu32 " is not defined",
			 kind_names[kind], id);
}

static int need_unless_none(struct replay *replay, enum kind kind,
			    uint32_t id, struct error *err)
{
	return id == ID_NONE ? 0 : replay_need(replay, kind, id, err);
}

int replay_need_next(struct replay *replay, enum kind kind, uint32_t first,
		     struct error *err)
{
	uint32_t next = replay->counts[kind];

	if (first == next ||
	    (first > next && fill_up(replay, kind, first) == 0))
		return 0;
	return error_set(err, ERROR_FORMAT,
			 "begins with %s %" PRIu32 ", %" PRIu32 " is the next",
			 kind_names[kind], first, next);
}

int replay_finish(struct replay *replay, struct byte_reader *in,
		  struct error *err)
{
	return chunk_finish(in, replay->strings, err);
}

static int play_strings(struct replay *replay, struct byte_reader *in,
			struct error *err)
{
	return string_chunk_decode(in, replay->strings, err);
}

static int play_run_begin(struct replay *replay, struct byte_reader *in,
			  struct error *err)
{
	struct arena arena = ARENA_INIT;
	struct run_begin begin;
	uint32_t run;
	int ret = -1;

	run_begin_decode(in, &arena, &run, &begin);
	if (in->failed) {
		error_set(err, ERROR_FORMAT, "bytes are missing or wrong");
	} else if (replay_need_next(replay, KIND_RUN, run, err) == 0) {
		tell_run(replay, &begin);
		ret = 0;
	}
	arena_release(&arena);
	return ret;
}

static int play_run_end(struct replay *replay, struct byte_reader *in,
			struct error *err)
{
	struct run_end end;
	uint32_t run;

	run_end_decode(in, &run, &end);
	if (in->failed)
		return error_set(err, ERROR_FORMAT,
				 "bytes are missing or wrong");
	if (replay_need(replay, KIND_RUN, run, err))
		return -1;
	if (run != replay->counts[KIND_RUN] - 1)
		return error_set(err, ERROR_FORMAT,
				 "run %" PRIu32 " ends, run %" PRIu32
				 " goes on",
				 run, replay->counts[KIND_RUN] - 1);
	TELL(replay, run_end, &end);
	return 0;
}

static int play_processes(struct replay *replay, struct byte_reader *in,
			  struct error *err)
{
	uint32_t first = read_uvarint32(in);
	uint64_t count = read_uvarint(in);
	struct process process;

	if (replay_need_next(replay, KIND_PROCESS, first, err))
		return -1;
	for (; count && process_decode(in, replay->strings, &process);
	     count--) {
		if (replay_need(replay, KIND_RUN, process.run, err))
			return -1;
		if (process.parent != ID_NONE &&
		    process.parent >= replay->counts[KIND_PROCESS])
			return error_set(err, ERROR_FORMAT,
					 "the parent of process %" PRIu32
					 " comes later",
					 replay->counts[KIND_PROCESS]);
		tell_process(replay, &process);
	}
	return replay_finish(replay, in, err);
}

static int play_process_ends(struct replay *replay, struct byte_reader *in,
			     struct error *err)
{
	uint64_t count = read_uvarint(in);
	struct process_end end;

	for (; count && process_end_decode(in, &end); count--) {
		if (replay_need(replay, KIND_PROCESS, end.process, err))
			return -1;
		TELL(replay, process_end, &end);
	}
	return replay_finish(replay, in, err);
}

static int play_threads(struct replay *replay, struct byte_reader *in,
			struct error *err)
{
	uint32_t first = read_uvarint32(in);
	uint64_t count = read_uvarint(in);
	struct thread thread;

	if (replay_need_next(replay, KIND_THREAD, first, err))
		return -1;
	for (; count && thread_decode(in, replay->strings, &thread); count--) {
		if (replay_need(replay, KIND_PROCESS, thread.process, err))
			return -1;
		tell_thread(replay, &thread);
	}
	return replay_finish(replay, in, err);
}

static int play_thread_ends(struct replay *replay, struct byte_reader *in,
			    struct error *err)
{
	uint64_t count = read_uvarint(in);
	struct thread_end end;

	for (; count && thread_end_decode(in, replay->strings, &end);
	     count--) {
		if (replay_need(replay, KIND_THREAD, end.thread, err))
			return -1;
		TELL(replay, thread_end, &end);
	}
	return replay_finish(replay, in, err);
}

static int play_modules(struct replay *replay, struct byte_reader *in,
			struct error *err)
{
	uint32_t first = read_uvarint32(in);
	uint64_t count = read_uvarint(in);
	struct module module;

	if (replay_need_next(replay, KIND_MODULE, first, err))
		return -1;
	for (; count && module_decode(in, replay->strings, &module); count--) {
		if (need_unless_none(replay, KIND_PROCESS, module.process,
				     err))
			return -1;
		if (!replay->counts[KIND_MODULE] &&
		    module.kind != MODULE_SPECIAL)
			return error_set(err, ERROR_FORMAT,
					 "module 0 is not the special one");
		tell_module(replay, &module);
	}
	return replay_finish(replay, in, err);
}

static int play_frames(struct replay *replay, struct byte_reader *in,
		       struct error *err)
{
	uint32_t first;

	if (frame_chunk_decode(in, &first, &replay->frames, err) ||
	    replay_need_next(replay, KIND_FRAME, first, err))
		return -1;
	for (size_t i = 0; i < replay->frames.count; i++) {
		const struct frame *frame = &replay->frames.items[i];

		if (replay_need(replay, KIND_MODULE, frame->module, err))
			return -1;
		tell_frame(replay, frame);
	}
	return 0;
}

static int play_stacks(struct replay *replay, struct byte_reader *in,
		       struct error *err)
{
	uint32_t first;

	if (stack_chunk_decode(in, &first, &replay->stacks, err) ||
	    replay_need_next(replay, KIND_STACK, first, err))
		return -1;
	for (size_t i = 0; i < replay->stacks.count; i++) {
		const struct stack *stack = &replay->stacks.items[i];

		if (replay_need(replay, KIND_FRAME, stack->frame, err))
			return -1;
		tell_stack(replay, stack);
	}
	return 0;
}

static int play_window(struct replay *replay,
		       const struct thread_window *window, struct error *err)
{
	uint32_t last = 0;

	for (size_t i = 0; i < window->count; i++) {
		last = MAX(last, window->intervals[i].stack);
		replay->totals.wall_ns += window->intervals[i].wall_ns;
	}
	if (replay_need(replay, KIND_THREAD, window->thread, err) ||
	    (window->count && replay_need(replay, KIND_STACK, last, err)))
		return -1;
	replay->totals.cpu_ns += window->cpu_ns;
	replay->result.samples += window->count;
	TELL(replay, window, window);
	return 0;
}

static int play_windows(struct replay *replay, struct byte_reader *in,
			struct error *err)
{
	if (window_chunk_decode(in, &replay->windows, err))
		return -1;
	for (size_t i = 0; i < replay->windows.windows.count; i++)
		if (play_window(replay, &replay->windows.windows.items[i],
				err))
			return -1;
	return 0;
}

static int play_symbols(struct replay *replay, struct byte_reader *in,
			struct error *err)
{
	uint64_t count = read_uvarint(in);
	struct symbol symbol;
	uint32_t previous = 0;

	for (; count && symbol_decode(in, replay->strings, previous,
				      &replay->chain, &symbol); count--) {
		if (replay_need(replay, KIND_FRAME, symbol.frame, err))
			return -1;
		previous = symbol.frame;
		symbol.frame += replay->frame_shift;
		replay->totals.symbols++;
		TELL(replay, symbol, &symbol);
	}
	return replay_finish(replay, in, err);
}

static int check_total(const char *what, uint64_t said, uint64_t there,
		       struct error *err)
{
	if (said == there)
		return 0;
	return error_set(err, ERROR_FORMAT, "the summary says %" PRIu64
			 " %s, but there are %" PRIu64, said, what, there);
}

static int check_totals(const struct replay *replay,
			const struct profile_totals *said, struct error *err)
{
	const uint32_t *counts = replay->counts;

	if (check_total("chunks", said->chunks, replay->result.chunks, err) ||
	    check_total("samples", said->samples, replay->result.samples,
			err) ||
	    check_total("ns of wall time", said->wall_ns,
			replay->totals.wall_ns, err) ||
	    check_total("ns of CPU time", said->cpu_ns, replay->totals.cpu_ns,
			err) ||
	    check_total("runs", said->runs, counts[KIND_RUN], err) ||
	    check_total("processes", said->processes, counts[KIND_PROCESS],
			err) ||
	    check_total("threads", said->threads, counts[KIND_THREAD], err) ||
	    check_total("modules", said->modules, counts[KIND_MODULE], err) ||
	    check_total("frames", said->frames, counts[KIND_FRAME], err) ||
	    check_total("stacks", said->stacks, counts[KIND_STACK], err) ||
	    check_total("strings", said->strings,
			replay->strings->texts.count, err) ||
	    check_total("symbols", said->symbols, replay->totals.symbols,
			err))
		return -1;
	return 0;
}

static int play_summary(struct replay *replay, struct byte_reader *in,
			struct error *err)
{
	struct profile_summary summary;
	struct arena arena = ARENA_INIT;
	int ret = summary_chunk_decode(in, &arena, &summary, err);

	if (!ret && !replay->salvage)
		ret = check_totals(replay, &summary.totals, err);
	arena_release(&arena);
	return ret;
}

/* Read elsewhere: by the reader, and by who wants to see the index. */
static int play_nothing(struct replay *replay UNUSED,
			struct byte_reader *in UNUSED,
			struct error *err UNUSED)
{
	return 0;
}

static const struct {
	uint32_t type;
	uint8_t version;	/* the newest one known */
	int (*play)(struct replay *replay, struct byte_reader *in,
		    struct error *err);
} players[] = {
	{ CHUNK_INFO, 1, play_nothing },
	{ CHUNK_STRS, 1, play_strings },
	{ CHUNK_RUNB, 1, play_run_begin },
	{ CHUNK_RUNE, 1, play_run_end },
	{ CHUNK_PROC, 1, play_processes },
	{ CHUNK_PRCE, 1, play_process_ends },
	{ CHUNK_THRD, 1, play_threads },
	{ CHUNK_THRE, 1, play_thread_ends },
	{ CHUNK_MODU, 1, play_modules },
	{ CHUNK_FRAM, 1, play_frames },
	{ CHUNK_STAK, 1, play_stacks },
	{ CHUNK_WIND, 1, play_windows },
	{ CHUNK_SYMB, 1, play_symbols },
	{ CHUNK_METR, 1, replay_metrics },
	{ CHUNK_REGD, 1, replay_regions },
	{ CHUNK_REGC, 1, replay_region_calls },
	{ CHUNK_REGT, 1, replay_region_totals },
	{ CHUNK_REGL, 1, replay_region_labels },
	{ CHUNK_REGE, 1, replay_region_losses },
	{ CHUNK_RUNN, 1, replay_run_notes },
	{ CHUNK_METV, 1, replay_values },
	{ CHUNK_COLL, 1, replay_collectors },
	{ CHUNK_SUMM, 1, play_summary },
	{ CHUNK_INDX, 1, play_nothing },
	{ CHUNK_TAIL, 1, play_nothing },
};

static int play_unknown(struct replay *replay, const struct chunk *chunk,
			struct error *err)
{
	char type[5];

	chunk_type_text(chunk->type, type);
	if (chunk->flags & CHUNK_CRITICAL && !replay->salvage)
		return error_set(err, ERROR_UNSUPPORTED,
				 "a newer cprof is needed to read it (%s, "
				 "version %u)",
				 type, chunk->version);
	replay->result.chunks_skipped++;
	return 0;
}

static int play_chunk(struct replay *replay, const struct chunk *chunk,
		      struct error *err)
{
	struct byte_reader in = byte_reader_of(chunk->payload,
					       chunk->payload_bytes);

	for (size_t i = 0; i < ARRAY_SIZE(players); i++)
		if (players[i].type == chunk->type &&
		    players[i].version == chunk->version)
			return players[i].play(replay, &in, err);
	return play_unknown(replay, chunk, err);
}

static int play_all(struct replay *replay, struct error *err)
{
	struct chunk chunk;
	int more;

	while ((more = profile_reader_next(replay->reader, &chunk, err)) > 0) {
		if (play_chunk(replay, &chunk, err)) {
			if (!replay->salvage)
				return chunk_error_context(&chunk, err);
			replay->result.chunks_dropped++;
		}
		replay->result.chunks++;
	}
	return more;
}

int profile_replay(struct profile_reader *reader, struct sample_sink *sink,
		   struct replay_result *result, struct error *err)
{
	struct replay replay = {
		.reader = reader,
		.sink = sink,
		.strings = profile_reader_strings(reader),
		.salvage = profile_reader_mode(reader) == READER_SALVAGE,
	};
	struct error why = ERROR_INIT;
	int ret;

	profile_reader_rewind(reader);
	if (replay.salvage)
		tell_lost_frame(&replay);
	ret = play_all(&replay, &why);
	if (ret)
		error_set(err, why.kind, "%s", why.text);
	replay.result.definitions_lost += replay.strings->lost;
	if (result)
		*result = replay.result;

	frame_vec_release(&replay.frames);
	stack_vec_release(&replay.stacks);
	window_batch_release(&replay.windows);
	location_vec_release(&replay.chain);
	metric_value_vec_release(&replay.values);
	return ret;
}
