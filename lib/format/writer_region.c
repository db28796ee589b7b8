/* SPDX-License-Identifier: MIT */
#include "format/writer_state.h"

#include "format/chunk_module.h"

#include <assert.h>

enum {
	/* A chunk's payload is limited; a call takes 26 bytes at the most. */
	REGION_CALLS_MAX = 16384
};

void writer_region(struct sample_sink *sink, const struct region *region)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->regions;
	size_t before = rows->bytes.len;
	uint32_t name;

	assert(region->process < writer->totals.processes);
	assert(region->parent == ID_NONE ||
	       region->parent < rows->first + rows->count);
	name = profile_string_id(&writer->strings, region->name);
	region_encode(&rows->bytes, region, name);
	region_sums_region(&writer->region_sums, region, name);
	writer_row_done(writer, rows, before);
}

static void add_calls(struct profile_writer *writer,
		      const struct region_window *window)
{
	if (writer->region_calls.calls.count + window->count >
	    REGION_CALLS_MAX)
		writer_pending(writer, SIZE_MAX / 2);
	region_batch_add(&writer->region_calls, window);
	writer_pending(writer, 4 + 6 * window->count);
}

void writer_region_calls(struct sample_sink *sink,
			 const struct region_window *window)
{
	struct profile_writer *writer = writer_of(sink);
	struct region_window part = *window;
	size_t left = window->count;

	assert(window->thread < writer->totals.threads);
	for (size_t i = 0; i < window->count; i++) {
		assert(window->calls[i].region <
		       writer->regions.first + writer->regions.count);
		assert(window->calls[i].start_ns <= window->calls[i].end_ns &&
		       window->calls[i].end_ns < WINDOW_TIME_MAX);
	}
	for (; left; left -= part.count, part.calls += part.count) {
		part.count = MIN(left, (size_t)REGION_CALLS_MAX);
		add_calls(writer, &part);
	}
}

void writer_region_total(struct sample_sink *sink,
			 const struct region_total *total)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->region_totals;
	size_t before = rows->bytes.len;

	assert(total->region < writer->regions.first + writer->regions.count);
	region_total_encode(&rows->bytes, total);
	region_sums_total(&writer->region_sums, total);
	writer_row_done(writer, rows, before);
}

void writer_region_losses(struct sample_sink *sink,
			  const struct region_losses *losses)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->region_losses;
	size_t before = rows->bytes.len;

	assert(losses->process < writer->totals.processes);
	region_losses_encode(&rows->bytes, losses);
	writer_row_done(writer, rows, before);
}

void writer_region_label(struct sample_sink *sink,
			 const struct region_label *label)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->region_labels;
	size_t before = rows->bytes.len;

	assert(label->region < writer->regions.first + writer->regions.count);
	region_label_encode(&rows->bytes, label->region,
			    profile_string_id(&writer->strings, label->key),
			    profile_string_id(&writer->strings,
					      label->value));
	writer_row_done(writer, rows, before);
}

void writer_run_note(struct sample_sink *sink, const struct run_note *note)
{
	struct profile_writer *writer = writer_of(sink);
	struct rows *rows = &writer->run_notes;
	size_t before = rows->bytes.len;

	assert(note->run < writer->totals.runs);
	region_sums_note(&writer->region_sums, note);
	run_note_encode(&rows->bytes, note,
			profile_string_id(&writer->strings, note->key),
			profile_string_id(&writer->strings, note->value));
	writer_row_done(writer, rows, before);
}

void writer_flush_regions(struct profile_writer *writer)
{
	writer_flush_rows(writer, &writer->regions, CHUNK_REGD, true);
	if (writer->region_calls.windows.count) {
		region_chunk_encode(&writer->payload, &writer->region_calls);
		writer_chunk(writer, CHUNK_REGC, 0);
		region_batch_clear(&writer->region_calls);
	}
	writer_flush_rows(writer, &writer->region_totals, CHUNK_REGT, false);
	writer_flush_rows(writer, &writer->region_labels, CHUNK_REGL, false);
	writer_flush_rows(writer, &writer->region_losses, CHUNK_REGE, false);
	writer_flush_rows(writer, &writer->run_notes, CHUNK_RUNN, false);
}

void writer_release_regions(struct profile_writer *writer)
{
	region_sums_release(&writer->region_sums);
	byte_writer_release(&writer->regions.bytes);
	byte_writer_release(&writer->region_totals.bytes);
	byte_writer_release(&writer->region_labels.bytes);
	byte_writer_release(&writer->region_losses.bytes);
	byte_writer_release(&writer->run_notes.bytes);
	region_batch_release(&writer->region_calls);
}
