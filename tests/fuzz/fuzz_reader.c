/* SPDX-License-Identifier: MIT */
/*
 * The reader on any bytes.  What it tells must be sound in every mode; a
 * strict and a salvaging reader must agree about a file that is whole; and
 * what was read can be written and read again.
 *
 * A mutation leaves sums and numbers right most of the time: else nothing
 * behind the first checksum would ever be tried.
 */
#include "base/crc32c.h"
#include "format/chunk_header.h"
#include "format/replay.h"
#include "format/summary.h"
#include "profile/builder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max,
			       unsigned int seed);

/* Holds the reader to what replay.h promises, and passes it on. */
struct auditor {
	struct sample_sink sink;
	struct sample_sink *next;
	uint32_t runs, processes, threads, modules, frames, stacks, metrics;
	uint32_t regions;
	uint64_t samples;
};

static struct auditor *auditor_of(struct sample_sink *sink)
{
	return container_of(sink, struct auditor, sink);
}

static size_t touch(const char *text)
{
	assert(text);
	return strlen(text);
}

static void on_run_begin(struct sample_sink *sink,
			 const struct run_begin *begin)
{
	struct auditor *auditor = auditor_of(sink);
	size_t bytes = touch(begin->name) + touch(begin->version);

	for (size_t i = 0; i < begin->argc; i++)
		bytes += touch(begin->argv[i]);
	for (size_t i = 0; i < begin->label_count; i++)
		bytes += touch(begin->labels[i].key) +
			touch(begin->labels[i].value);
	assert(bytes <= CHUNK_RAW_MAX);
	auditor->runs++;
	auditor->next->ops->run_begin(auditor->next, begin);
}

static void on_run_end(struct sample_sink *sink, const struct run_end *end)
{
	struct auditor *auditor = auditor_of(sink);

	assert(auditor->runs);
	auditor->next->ops->run_end(auditor->next, end);
}

static void on_process(struct sample_sink *sink,
		       const struct process *process)
{
	struct auditor *auditor = auditor_of(sink);

	assert(process->run < auditor->runs);
	assert(process->parent == ID_NONE ||
	       process->parent < auditor->processes);
	touch(process->name);
	touch(process->exe);
	auditor->processes++;
	auditor->next->ops->process(auditor->next, process);
}

static void on_process_end(struct sample_sink *sink,
			   const struct process_end *end)
{
	struct auditor *auditor = auditor_of(sink);

	assert(end->process < auditor->processes);
	auditor->next->ops->process_end(auditor->next, end);
}

static void on_thread(struct sample_sink *sink, const struct thread *thread)
{
	struct auditor *auditor = auditor_of(sink);

	assert(thread->process < auditor->processes);
	touch(thread->name);
	auditor->threads++;
	auditor->next->ops->thread(auditor->next, thread);
}

static void on_thread_end(struct sample_sink *sink,
			  const struct thread_end *end)
{
	struct auditor *auditor = auditor_of(sink);

	assert(end->thread < auditor->threads);
	touch(end->name);
	auditor->next->ops->thread_end(auditor->next, end);
}

static void on_module(struct sample_sink *sink, const struct module *module)
{
	struct auditor *auditor = auditor_of(sink);

	assert(module->kind <= MODULE_UNKNOWN);
	assert(auditor->modules || module->kind == MODULE_SPECIAL);
	assert(module->build_id_len <= BUILD_ID_MAX);
	assert(module->process == ID_NONE ||
	       module->process < auditor->processes);
	touch(module->path);
	auditor->modules++;
	auditor->next->ops->module(auditor->next, module);
}

static void on_frame(struct sample_sink *sink, const struct frame *frame)
{
	struct auditor *auditor = auditor_of(sink);

	assert(frame->module < auditor->modules);
	auditor->frames++;
	auditor->next->ops->frame(auditor->next, frame);
}

static void on_stack(struct sample_sink *sink, const struct stack *stack)
{
	struct auditor *auditor = auditor_of(sink);

	assert(stack->frame < auditor->frames);
	assert(stack->parent == ID_NONE || stack->parent < auditor->stacks);
	auditor->stacks++;
	auditor->next->ops->stack(auditor->next, stack);
}

static void on_window(struct sample_sink *sink,
		      const struct thread_window *window)
{
	struct auditor *auditor = auditor_of(sink);
	uint64_t end_ns = window->start_ns;

	assert(window->thread < auditor->threads);
	assert(window->cpu_ns < UINT64_C(1) << 62);
	for (size_t i = 0; i < window->count; i++) {
		const struct interval *interval = &window->intervals[i];

		assert(interval->stack < auditor->stacks);
		assert(interval->state < STATE_COUNT);
		assert(!__builtin_add_overflow(end_ns, interval->wall_ns,
					       &end_ns));
	}
	assert(end_ns < UINT64_C(1) << 62);
	auditor->samples += window->count;
	auditor->next->ops->window(auditor->next, window);
}

static void on_symbol(struct sample_sink *sink, const struct symbol *symbol)
{
	struct auditor *auditor = auditor_of(sink);

	assert(symbol->frame < auditor->frames && symbol->count);
	assert(symbol->status <= SYMBOL_REPLACED);
	for (size_t i = 0; i < symbol->count; i++) {
		touch(symbol->chain[i].function);
		if (symbol->chain[i].linkage_name)
			touch(symbol->chain[i].linkage_name);
		if (symbol->chain[i].file)
			touch(symbol->chain[i].file);
	}
	auditor->next->ops->symbol(auditor->next, symbol);
}

static void on_metric(struct sample_sink *sink, const struct metric *metric)
{
	struct auditor *auditor = auditor_of(sink);

	touch(metric->name);
	touch(metric->source);
	assert(metric->kind < METRIC_KIND_COUNT);
	assert(metric->unit < METRIC_UNIT_COUNT);
	assert(metric->scope < METRIC_SCOPE_COUNT);
	assert(metric->owner < (metric->scope == METRIC_OF_PROCESS ?
				auditor->processes :
				metric->scope == METRIC_OF_THREAD ?
				auditor->threads : auditor->runs));
	auditor->metrics++;
	auditor->next->ops->metric(auditor->next, metric);
}

static void on_values(struct sample_sink *sink,
		      const struct metric_value *values, size_t count)
{
	struct auditor *auditor = auditor_of(sink);

	for (size_t i = 0; i < count; i++) {
		assert(values[i].metric < auditor->metrics);
		assert(values[i].time_ns < UINT64_C(1) << 62);
	}
	auditor->next->ops->values(auditor->next, values, count);
}

static void on_collector(struct sample_sink *sink,
			 const struct collector_report *report)
{
	struct auditor *auditor = auditor_of(sink);

	assert(report->run < auditor->runs);
	touch(report->name);
	touch(report->note);
	auditor->next->ops->collector(auditor->next, report);
}

static void on_region(struct sample_sink *sink, const struct region *region)
{
	struct auditor *auditor = auditor_of(sink);

	touch(region->name);
	assert(region->kind <= REGION_EVENT);
	assert(region->process < auditor->processes);
	assert(region->parent == ID_NONE ||
	       region->parent < auditor->regions);
	auditor->regions++;
	auditor->next->ops->region(auditor->next, region);
}

static void on_region_calls(struct sample_sink *sink,
			    const struct region_window *window)
{
	struct auditor *auditor = auditor_of(sink);

	assert(window->thread < auditor->threads);
	for (size_t i = 0; i < window->count; i++) {
		const struct region_call *call = &window->calls[i];

		assert(call->region < auditor->regions);
		assert(call->start_ns <= call->end_ns);
		assert(call->end_ns < UINT64_C(1) << 62);
	}
	auditor->next->ops->region_calls(auditor->next, window);
}

static void on_region_total(struct sample_sink *sink,
			    const struct region_total *total)
{
	struct auditor *auditor = auditor_of(sink);

	assert(total->region < auditor->regions);
	auditor->next->ops->region_total(auditor->next, total);
}

static void on_region_losses(struct sample_sink *sink,
			     const struct region_losses *losses)
{
	struct auditor *auditor = auditor_of(sink);

	assert(losses->process < auditor->processes);
	auditor->next->ops->region_losses(auditor->next, losses);
}

static void on_region_label(struct sample_sink *sink,
			    const struct region_label *label)
{
	struct auditor *auditor = auditor_of(sink);

	assert(label->region < auditor->regions);
	touch(label->key);
	touch(label->value);
	auditor->next->ops->region_label(auditor->next, label);
}

static void on_run_note(struct sample_sink *sink, const struct run_note *note)
{
	struct auditor *auditor = auditor_of(sink);

	assert(note->run < auditor->runs);
	touch(note->key);
	touch(note->value);
	auditor->next->ops->run_note(auditor->next, note);
}

static const struct sample_sink_ops auditor_ops = {
	.run_begin = on_run_begin,
	.run_end = on_run_end,
	.process = on_process,
	.process_end = on_process_end,
	.thread = on_thread,
	.thread_end = on_thread_end,
	.module = on_module,
	.frame = on_frame,
	.stack = on_stack,
	.window = on_window,
	.symbol = on_symbol,
	.metric = on_metric,
	.values = on_values,
	.collector = on_collector,
	.region = on_region,
	.region_calls = on_region_calls,
	.region_total = on_region_total,
	.region_losses = on_region_losses,
	.region_label = on_region_label,
	.run_note = on_run_note,
};

struct verdict {
	int ret;
	bool partial;
	uint64_t samples;
};

/* Read the bytes into a profile; all sound bytes make one. */
static struct verdict read_profile(const uint8_t *data, size_t len,
				   enum profile_reader_mode mode)
{
	struct profile_builder *builder = profile_builder_new();
	struct auditor auditor = {
		.sink = { .ops = &auditor_ops },
		.next = profile_builder_sink(builder),
	};
	struct verdict verdict = { .ret = -1 };
	struct replay_result result = { .chunks = 0 };
	struct profile_reader *reader;
	struct error err = ERROR_INIT;

	verdict.ret = profile_reader_open_memory(&reader, data, len, mode,
						 &err);
	if (!verdict.ret) {
		profile_builder_file(builder, "fuzz.prof",
				     profile_reader_info(reader));
		verdict.ret = profile_replay(reader, &auditor.sink, &result,
					     &err);
		assert(result.samples == auditor.samples);
		assert(mode == READER_STRICT || !verdict.ret);
		assert(profile_builder_error(builder, &err) == 0);
		verdict.partial = profile_reader_is_partial(reader);
		verdict.samples = result.samples;
	}
	if (verdict.ret)
		assert(err.kind == ERROR_FORMAT ||
		       err.kind == ERROR_UNSUPPORTED);
	profile_reader_close(reader);
	profile_free(profile_builder_finish(builder));
	profile_builder_free(builder);
	return verdict;
}

static void read_summary(const uint8_t *data, size_t len)
{
	struct profile_reader *reader;
	struct profile_summary summary;
	struct arena arena = ARENA_INIT;

	if (profile_reader_open_memory(&reader, data, len, READER_STRICT,
				       NULL))
		return;
	assert(profile_summary_read(reader, &arena, &summary, NULL) >= 0);
	arena_release(&arena);
	profile_reader_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct verdict strict = read_profile(data, len, READER_STRICT);
	struct verdict salvage = read_profile(data, len, READER_SALVAGE);

	read_summary(data, len);
	/* What was read before the error is not less than all of it. */
	assert(salvage.ret || salvage.samples >= strict.samples);
	if (!strict.ret)
		assert(salvage.samples == strict.samples &&
		       salvage.partial == strict.partial);
	return 0;
}

/* Chunks of a file being put together anew. */
struct mutation {
	uint8_t *out;
	size_t len;
	size_t max;
	unsigned int seed;
};

static unsigned int pick(struct mutation *mutation, unsigned int limit)
{
	mutation->seed = mutation->seed * 1103515245 + 12345;
	return (mutation->seed >> 16) % limit;
}

/* Another payload for the chunk, not compressed; `raw` has room for any. */
static size_t mutate_payload(struct chunk_header *header, uint8_t *raw,
			     const uint8_t *payload, size_t len)
{
	size_t got = 0;

	if (header->flags & CHUNK_ZSTD)
		got = ZSTD_decompress(raw, CHUNK_RAW_MAX, payload, len);
	if (got && !ZSTD_isError(got)) {
		header->flags &= ~CHUNK_ZSTD;
		len = got;
	} else {
		memcpy(raw, payload, len);
	}
	return LLVMFuzzerMutate(raw, len, MIN(len + 64,
					      (size_t)CHUNK_RAW_MAX));
}

/* Add a chunk with sums that are right. */
static void add_chunk(struct mutation *mutation, struct chunk_header *header,
		      const uint8_t *payload, size_t len)
{
	struct byte_writer bytes = BYTE_WRITER_INIT;

	if (mutation->max - mutation->len < CHUNK_HEADER_BYTES + len)
		return;
	header->stored_bytes = len;
	if (!(header->flags & CHUNK_ZSTD))
		header->raw_bytes = len;
	header->payload_crc = crc32c(0, payload, len);
	chunk_header_encode(&bytes, header);
	write_bytes(&bytes, payload, len);
	memcpy(mutation->out + mutation->len, bytes.data, bytes.len);
	mutation->len += bytes.len;
	byte_writer_release(&bytes);
}

/* Copy the chunks; drop, double and change some. */
static void mutate_chunks(struct mutation *mutation, const uint8_t *data,
			  size_t len)
{
	uint8_t *raw = malloc(CHUNK_RAW_MAX);
	uint32_t sequence = 0;
	size_t at = PROFILE_HEADER_BYTES;

	while (len - at >= CHUNK_HEADER_BYTES) {
		struct chunk_header header;
		const uint8_t *payload = data + at + CHUNK_HEADER_BYTES;
		unsigned int what = pick(mutation, 24);

		if (chunk_header_decode(data + at, &header) ||
		    header.stored_bytes > len - at - CHUNK_HEADER_BYTES)
			break;
		at += CHUNK_HEADER_BYTES + header.stored_bytes;
		if (what == 0)
			continue;
		header.sequence = sequence++;
		if (what == 1)
			header.sequence += pick(mutation, 3);
		if (what < 2 || what >= 5)
			add_chunk(mutation, &header, payload,
				  header.stored_bytes);
		else
			add_chunk(mutation, &header, raw,
				  mutate_payload(&header, raw, payload,
						 header.stored_bytes));
	}
	free(raw);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max,
			       unsigned int seed)
{
	struct mutation mutation = { .max = max, .seed = seed };

	/* Sums that are wrong are worth a try, too. */
	if (len < PROFILE_HEADER_BYTES || max < PROFILE_HEADER_BYTES ||
	    pick(&mutation, 10) == 0)
		return LLVMFuzzerMutate(data, len, max);
	mutation.out = malloc(max);
	memcpy(mutation.out, data, PROFILE_HEADER_BYTES);
	mutation.len = PROFILE_HEADER_BYTES;
	mutate_chunks(&mutation, data, len);
	memcpy(data, mutation.out, mutation.len);
	free(mutation.out);
	return mutation.len;
}
