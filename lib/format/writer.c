/* SPDX-License-Identifier: MIT */
#include "format/writer.h"

#include "base/hash.h"
#include "format/chunk_info.h"
#include "format/chunk_metric.h"
#include "format/chunk_module.h"
#include "format/chunk_process.h"
#include "format/chunk_run.h"
#include "format/chunk_stack.h"
#include "format/writer_state.h"

#include <assert.h>
#include <stdlib.h>

enum {
	/* About so many bytes wait in memory for a flush. */
	PENDING_BYTES_MAX = 64 * 1024,
	STRING_CHUNK_BYTES = 256 * 1024
};

void writer_chunk(struct profile_writer *writer, uint32_t type,
		  uint8_t flags)
{
	if (!writer->failed &&
	    chunk_output_write(writer->output, type, flags, &writer->payload,
			       &writer->error))
		writer->failed = true;
	byte_writer_clear(&writer->payload);
}

static void flush_strings(struct profile_writer *writer)
{
	while (writer->strings_written < writer->strings.count) {
		writer->strings_written +=
			string_chunk_encode(&writer->payload, &writer->strings,
					    writer->strings_written,
					    STRING_CHUNK_BYTES);
		writer_chunk(writer, CHUNK_STRS, CHUNK_CRITICAL);
	}
}

/* May who does not know it do without? */
static bool is_skippable(uint32_t type)
{
	static const uint32_t types[] = {
		CHUNK_SYMB, CHUNK_METR, CHUNK_COLL, CHUNK_REGD, CHUNK_REGT,
		CHUNK_REGL, CHUNK_REGE, CHUNK_RUNN
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i] == type)
			return true;
	}
	return false;
}

/* Definitions say the id of the first row, ends do not. */
void writer_flush_rows(struct profile_writer *writer, struct rows *rows,
		       uint32_t type, bool definitions)
{
	if (!rows->count)
		return;
	if (definitions)
		write_uvarint(&writer->payload, rows->first);
	write_uvarint(&writer->payload, rows->count);
	write_bytes(&writer->payload, rows->bytes.data, rows->bytes.len);
	writer_chunk(writer, type, is_skippable(type) ? 0 : CHUNK_CRITICAL);
	byte_writer_clear(&rows->bytes);
	rows->first += rows->count;
	rows->count = 0;
}

static void flush_stacks(struct profile_writer *writer)
{
	if (writer->frames.count) {
		frame_chunk_encode(&writer->payload, writer->totals.frames -
				   writer->frames.count, writer->frames.items,
				   writer->frames.count);
		writer_chunk(writer, CHUNK_FRAM, CHUNK_CRITICAL);
		writer->frames.count = 0;
	}
	if (writer->stacks.count) {
		stack_chunk_encode(&writer->payload, writer->totals.stacks -
				   writer->stacks.count, writer->stacks.items,
				   writer->stacks.count);
		writer_chunk(writer, CHUNK_STAK, CHUNK_CRITICAL);
		writer->stacks.count = 0;
	}
}

/* In an order in which all is defined before it is used. */
static void flush_all(struct profile_writer *writer)
{
	flush_strings(writer);
	writer_flush_rows(writer, &writer->processes, CHUNK_PROC, true);
	writer_flush_rows(writer, &writer->threads, CHUNK_THRD, true);
	writer_flush_rows(writer, &writer->modules, CHUNK_MODU, true);
	flush_stacks(writer);
	if (writer->windows.windows.count) {
		window_chunk_encode(&writer->payload, &writer->windows);
		writer_chunk(writer, CHUNK_WIND, CHUNK_CRITICAL);
		window_batch_clear(&writer->windows);
	}
	writer_flush_rows(writer, &writer->metrics, CHUNK_METR, true);
	if (writer->values.count) {
		value_chunk_encode(&writer->payload, &writer->values);
		writer_chunk(writer, CHUNK_METV, 0);
		writer->values.count = 0;
	}
	writer_flush_regions(writer);
	writer_flush_rows(writer, &writer->thread_ends, CHUNK_THRE, false);
	writer_flush_rows(writer, &writer->process_ends, CHUNK_PRCE, false);
	writer_flush_rows(writer, &writer->symbols, CHUNK_SYMB, false);
	writer_flush_rows(writer, &writer->collectors, CHUNK_COLL, false);
	writer->last_symbol_frame = 0;
	writer->pending_bytes = 0;
}

void writer_pending(struct profile_writer *writer, size_t bytes)
{
	writer->pending_bytes += bytes;
	if (writer->pending_bytes >= PENDING_BYTES_MAX)
		flush_all(writer);
}

/* The run that goes on goes into the summary. */
static void close_run(struct profile_writer *writer, const struct run_end *end)
{
	if (!writer->run_open)
		return;
	summary_runs_add(&writer->runs, writer->totals.runs - 1,
			 &writer->run_begin, end);
	writer->run_open = false;
}

static void sink_run_begin(struct sample_sink *sink,
			   const struct run_begin *begin)
{
	struct profile_writer *writer = writer_of(sink);

	close_run(writer, NULL);
	flush_all(writer);
	byte_writer_clear(&writer->run_begin);
	run_begin_encode(&writer->run_begin, writer->totals.runs++, begin);
	writer->run_open = true;
	write_bytes(&writer->payload, writer->run_begin.data,
		    writer->run_begin.len);
	writer_chunk(writer, CHUNK_RUNB, CHUNK_CRITICAL);
}

static void sink_run_end(struct sample_sink *sink, const struct run_end *end)
{
	struct profile_writer *writer = writer_of(sink);

	assert(writer->run_open);
	flush_all(writer);
	run_end_encode(&writer->payload, writer->totals.runs - 1, end);
	writer_chunk(writer, CHUNK_RUNE, CHUNK_CRITICAL);
	close_run(writer, end);
}

void writer_row_done(struct profile_writer *writer, struct rows *rows,
		     size_t before)
{
	rows->count++;
	writer_pending(writer, rows->bytes.len - before);
}

static void sink_process(struct sample_sink *sink,
			 const struct process *process)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->processes;
	size_t before = rows->bytes.len;

	assert(process->run < writer->totals.runs);
	assert(process->parent == ID_NONE ||
	       process->parent < writer->totals.processes);
	writer->totals.processes++;
	region_sums_process(&writer->region_sums, process->run);
	process_encode(&rows->bytes, process,
		       profile_string_id(&writer->strings, process->name),
		       profile_string_id(&writer->strings, process->exe));
	writer_row_done(writer, rows, before);
}

static void sink_process_end(struct sample_sink *sink,
			     const struct process_end *end)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->process_ends;
	size_t before = rows->bytes.len;

	assert(end->process < writer->totals.processes);
	process_end_encode(&rows->bytes, end);
	writer_row_done(writer, rows, before);
}

static void sink_thread(struct sample_sink *sink, const struct thread *thread)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->threads;
	size_t before = rows->bytes.len;

	assert(thread->process < writer->totals.processes);
	writer->totals.threads++;
	thread_encode(&rows->bytes, thread,
		      profile_string_id(&writer->strings, thread->name));
	writer_row_done(writer, rows, before);
}

static void sink_thread_end(struct sample_sink *sink,
			    const struct thread_end *end)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->thread_ends;
	size_t before = rows->bytes.len;

	assert(end->thread < writer->totals.threads);
	thread_end_encode(&rows->bytes, end,
			  profile_string_id(&writer->strings, end->name));
	writer_row_done(writer, rows, before);
}

static void sink_module(struct sample_sink *sink, const struct module *module)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->modules;
	size_t before = rows->bytes.len;

	assert(writer->totals.modules || module->kind == MODULE_SPECIAL);
	assert(module->process == ID_NONE ||
	       module->process < writer->totals.processes);
	writer->totals.modules++;
	module_encode(&rows->bytes, module,
		      profile_string_id(&writer->strings, module->path));
	writer_row_done(writer, rows, before);
}

static void sink_frame(struct sample_sink *sink, const struct frame *frame)
{
	struct profile_writer *writer = writer_of(sink);

	assert(frame->module < writer->totals.modules);
	writer->totals.frames++;
	frame_vec_push(&writer->frames, *frame);
	writer_pending(writer, 5);
}

static void sink_stack(struct sample_sink *sink, const struct stack *stack)
{
	struct profile_writer *writer = writer_of(sink);

	assert(stack->frame < writer->totals.frames);
	assert(stack->parent == ID_NONE ||
	       stack->parent < writer->totals.stacks);
	writer->totals.stacks++;
	stack_vec_push(&writer->stacks, *stack);
	writer_pending(writer, 4);
}

static void add_window(struct profile_writer *writer,
		       const struct thread_window *window)
{
	uint64_t wall_ns = 0;

	for (size_t i = 0; i < window->count; i++) {
		assert(window->intervals[i].stack < writer->totals.stacks);
		wall_ns += window->intervals[i].wall_ns;
	}
	/* A difference that went below zero would make a bad file. */
	assert(window->start_ns + wall_ns < WINDOW_TIME_MAX);
	assert(window->cpu_ns < WINDOW_TIME_MAX);
	assert(window->runqueue_ns < WINDOW_TIME_MAX);
	writer->totals.wall_ns += wall_ns;
	writer->totals.samples += window->count;
	writer->totals.cpu_ns += window->cpu_ns;
	window_batch_add(&writer->windows, window);
	writer_pending(writer, 16 + 4 * window->count);
}

/* A part of a window that is too long for a chunk, with its CPU time. */
static void add_window_part(struct profile_writer *writer,
			    const struct thread_window *window,
			    const struct sample *samples, size_t from,
			    size_t count)
{
	struct thread_window part = *window;

	part.intervals += from;
	part.count = count;
	part.cpu_ns = 0;
	for (size_t i = from; i < from + count; i++)
		part.cpu_ns += samples[i].cpu_ns;
	part.start_ns = samples[from].time_ns - samples[from].length_ns;
	if (from)
		part.runqueue_ns = 0;
	add_window(writer, &part);
}

static void sink_window(struct sample_sink *sink,
			const struct thread_window *window)
{
	struct profile_writer *writer = writer_of(sink);
	struct sample_vec samples = VEC_INIT;

	assert(window->thread < writer->totals.threads);
	if (window->count <= WINDOW_INTERVALS_MAX) {
		add_window(writer, window);
		return;
	}
	thread_window_samples(window, &samples);
	for (size_t from = 0; from < window->count;
	     from += WINDOW_INTERVALS_MAX)
		add_window_part(writer, window, samples.items, from,
				MIN(window->count - from,
				    (size_t)WINDOW_INTERVALS_MAX));
	sample_vec_release(&samples);
}

static void sink_symbol(struct sample_sink *sink, const struct symbol *symbol)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->symbols;
	size_t before = rows->bytes.len;

	assert(symbol->frame < writer->totals.frames && symbol->count);
	writer->totals.symbols++;
	symbol_encode(&rows->bytes, symbol, writer->last_symbol_frame,
		      &writer->strings);
	writer->last_symbol_frame = symbol->frame;
	writer_row_done(writer, rows, before);
}

static void sink_metric(struct sample_sink *sink, const struct metric *metric)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->metrics;
	size_t before = rows->bytes.len;

	assert(metric->owner < (metric->scope == METRIC_OF_PROCESS ?
				writer->totals.processes :
				metric->scope == METRIC_OF_THREAD ?
				writer->totals.threads : writer->totals.runs));
	metric_encode(&rows->bytes, metric,
		      profile_string_id(&writer->strings, metric->name),
		      profile_string_id(&writer->strings, metric->source));
	writer_row_done(writer, rows, before);
}

static void sink_values(struct sample_sink *sink,
			const struct metric_value *values, size_t count)
{
	struct profile_writer *writer = writer_of(sink);
	const struct rows *metrics = &writer->metrics;

	for (size_t i = 0; i < count; i++) {
		assert(values[i].metric < metrics->first + metrics->count);
		assert(values[i].time_ns < WINDOW_TIME_MAX);
		metric_value_vec_push(&writer->values, values[i]);
		writer_pending(writer, 8);
	}
}

static void sink_collector(struct sample_sink *sink,
			   const struct collector_report *report)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->collectors;
	size_t before = rows->bytes.len;

	assert(report->run < writer->totals.runs);
	collector_encode(&rows->bytes, report,
			 profile_string_id(&writer->strings, report->name),
			 profile_string_id(&writer->strings, report->note));
	writer_row_done(writer, rows, before);
}

static void sink_flush(struct sample_sink *sink)
{
	flush_all(writer_of(sink));
}

static bool sink_failed(const struct sample_sink *sink)
{
	return writer_of(sink)->failed;
}

static const struct sample_sink_ops writer_ops = {
	.run_begin = sink_run_begin,
	.run_end = sink_run_end,
	.process = sink_process,
	.process_end = sink_process_end,
	.thread = sink_thread,
	.thread_end = sink_thread_end,
	.module = sink_module,
	.frame = sink_frame,
	.stack = sink_stack,
	.window = sink_window,
	.symbol = sink_symbol,
	.metric = sink_metric,
	.values = sink_values,
	.collector = sink_collector,
	.region = writer_region,
	.region_calls = writer_region_calls,
	.region_total = writer_region_total,
	.region_losses = writer_region_losses,
	.region_label = writer_region_label,
	.run_note = writer_run_note,
	.flush = sink_flush,
	.failed = sink_failed,
};

/*
 * The same recording always makes the same file, so the session id is not
 * random: host and nanosecond tell two recordings apart well enough.
 */
static int begin_file(struct profile_writer *writer,
		      const struct recording_info *info, struct error *err)
{
	struct profile_header header = {
		.major = PROFILE_MAJOR,
		.minor = PROFILE_MINOR,
		.start_realtime_ns = info->start_realtime_ns,
	};
	struct byte_writer *payload = &writer->payload;

	info_chunk_encode(payload, info);
	header.session = hash_u64(hash_bytes(payload->data, payload->len));
	if (chunk_output_open(&writer->output, writer->file, &header, err))
		return -1;
	writer_chunk(writer, CHUNK_INFO, CHUNK_CRITICAL);
	if (writer->failed)
		return error_set(err, writer->error.kind, "%s",
				 writer->error.text);
	return 0;
}

int profile_writer_open(struct profile_writer **out, const char *path,
			enum profile_writer_mode mode,
			const struct recording_info *info, struct error *err)
{
	struct profile_writer *writer = mem_alloc(sizeof(*writer));

	*out = NULL;
	writer->sink.ops = &writer_ops;
	if (partial_file_open(&writer->file, path, mode, err))
		goto fail;
	if (begin_file(writer, info, err)) {
		partial_file_discard(writer->file);
		goto fail;
	}
	*out = writer;
	return 0;
fail:
	profile_writer_close(writer);
	return -1;
}

void profile_writer_identity(const struct profile_writer *writer,
			     uint64_t *device, uint64_t *inode)
{
	partial_file_identity(writer->file, device, inode);
}

struct sample_sink *profile_writer_sink(struct profile_writer *writer)
{
	return &writer->sink;
}

static void write_ending(struct profile_writer *writer)
{
	const struct index_vec *index = chunk_output_index(writer->output);
	struct profile_tail tail = { .index_offset = 0 };

	tail.summary_offset = partial_file_bytes(writer->file);
	writer->totals.chunks = index->count;
	writer->totals.strings = writer->strings.count;
	summary_chunk_encode(&writer->payload, &writer->totals, &writer->runs);
	region_sums_encode(&writer->payload, &writer->region_sums,
			   &writer->strings);
	writer_chunk(writer, CHUNK_SUMM, 0);

	if (index->count <= INDEX_ENTRIES_MAX) {
		tail.index_offset = partial_file_bytes(writer->file);
		index_chunk_encode(&writer->payload, index);
		writer_chunk(writer, CHUNK_INDX, 0);
	}
	tail.file_bytes = partial_file_bytes(writer->file) +
		CHUNK_HEADER_BYTES + TAIL_PAYLOAD_BYTES;
	tail_chunk_encode(&writer->payload, &tail);
	writer_chunk(writer, CHUNK_TAIL, CHUNK_CRITICAL);
}

int profile_writer_finish(struct profile_writer *writer, struct error *err)
{
	close_run(writer, NULL);
	flush_all(writer);
	if (!writer->failed)
		write_ending(writer);
	if (writer->failed)
		return error_set(err, writer->error.kind, "%s",
				 writer->error.text);
	return partial_file_commit(writer->file, err);
}

void profile_writer_discard(struct profile_writer *writer)
{
	partial_file_discard(writer->file);
	writer->failed = true;
}

static void release_rows(struct profile_writer *writer)
{
	byte_writer_release(&writer->processes.bytes);
	byte_writer_release(&writer->process_ends.bytes);
	byte_writer_release(&writer->threads.bytes);
	byte_writer_release(&writer->thread_ends.bytes);
	byte_writer_release(&writer->modules.bytes);
	byte_writer_release(&writer->symbols.bytes);
	byte_writer_release(&writer->metrics.bytes);
	byte_writer_release(&writer->collectors.bytes);
	metric_value_vec_release(&writer->values);
	frame_vec_release(&writer->frames);
	stack_vec_release(&writer->stacks);
	window_batch_release(&writer->windows);
	writer_release_regions(writer);
}

void profile_writer_close(struct profile_writer *writer)
{
	if (!writer)
		return;
	if (writer->output && !writer->failed)
		flush_all(writer);
	release_rows(writer);
	byte_writer_release(&writer->payload);
	byte_writer_release(&writer->run_begin);
	byte_writer_release(&writer->runs.bytes);
	intern_release(&writer->strings);
	chunk_output_close(writer->output);
	partial_file_close(writer->file);
	free(writer);
}
