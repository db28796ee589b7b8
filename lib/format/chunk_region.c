/* SPDX-License-Identifier: MIT */
#include "format/chunk_region.h"

#include "format/chunk_window.h"

#include <inttypes.h>

enum {
	REGION_WINDOW_MIN_BYTES = 2,	/* two columns */
	REGION_CALL_MIN_BYTES = 3	/* three; the flags are runs */
};

/*
 * REGD chunk, version 1: regions, each in the tree of its process.
 *
 *	uvarint  id of the first region; the others follow
 *	uvarint  number of regions, then each:
 *	uvarint  process id
 *	uvarint  region id of the one that it lies in + 1, or 0
 *	u8       kind: 0 a region, 1 a moment
 *	uvarint  string id of the name
 */
void region_encode(struct byte_writer *out, const struct region *region,
		   uint32_t name_id)
{
	write_uvarint(out, region->process);
	write_uvarint(out, (uint32_t)(region->parent + 1));
	write_u8(out, region->kind);
	write_uvarint(out, name_id);
}

bool region_decode(struct byte_reader *in, struct string_table *strings,
		   struct region *out)
{
	out->process = read_uvarint32(in);
	out->parent = read_uvarint32(in) - 1;
	out->kind = read_u8(in);
	out->name = read_string_id(in, strings);
	if (out->kind > REGION_EVENT)
		out->kind = REGION_SCOPE;
	return !in->failed;
}

/*
 * REGT chunk, version 1: sums over all calls of a region that have ended,
 * as the program counted them.  A later one of a region replaces an earlier.
 *
 *	uvarint  number of regions, then each:
 *	uvarint  region id
 *	uvarint  number of calls
 *	uvarint  their time, ns
 *	uvarint  the longest, ns
 *	uvarint  number of buckets that are not empty, then each:
 *	u8       bucket: 0 is below 64 ns, then four for each power of two
 *	uvarint  number of calls in it
 */
void region_total_encode(struct byte_writer *out,
			 const struct region_total *total)
{
	uint32_t used = 0;

	for (int i = 0; i < REGION_BUCKETS; i++)
		used += total->buckets[i] > 0;
	write_uvarint(out, total->region);
	write_uvarint(out, total->calls);
	write_uvarint(out, total->total_ns);
	write_uvarint(out, total->max_ns);
	write_uvarint(out, used);
	for (int i = 0; i < REGION_BUCKETS; i++) {
		if (!total->buckets[i])
			continue;
		write_u8(out, i);
		write_uvarint(out, total->buckets[i]);
	}
}

bool region_total_decode(struct byte_reader *in, struct region_total *out)
{
	uint64_t used;

	*out = (struct region_total){ .region = read_uvarint32(in) };
	out->calls = read_uvarint(in);
	out->total_ns = read_uvarint(in);
	out->max_ns = read_uvarint(in);
	if (out->total_ns >= WINDOW_TIME_MAX ||
	    out->max_ns >= WINDOW_TIME_MAX)
		byte_reader_fail(in);
	for (used = read_uvarint(in); used && !in->failed; used--) {
		const uint8_t bucket = read_u8(in);

		if (bucket >= REGION_BUCKETS)
			byte_reader_fail(in);
		else
			out->buckets[bucket] = read_uvarint32(in);
	}
	return !in->failed;
}

/*
 * REGL chunk, version 1: labels that the program put on regions.
 *
 *	uvarint  number of labels, then each:
 *	uvarint  region id
 *	uvarint  string id of the key
 *	uvarint  string id of the value
 */
void region_label_encode(struct byte_writer *out, uint32_t region,
			 uint32_t key_id, uint32_t value_id)
{
	write_uvarint(out, region);
	write_uvarint(out, key_id);
	write_uvarint(out, value_id);
}

bool region_label_decode(struct byte_reader *in, struct string_table *strings,
			 struct region_label *out)
{
	out->region = read_uvarint32(in);
	out->key = read_string_id(in, strings);
	out->value = read_string_id(in, strings);
	return !in->failed;
}

/*
 * REGE chunk, version 1: what could not be recorded of a process's regions.
 * A later one of a process replaces an earlier.
 *
 *	uvarint  number of processes, then each:
 *	uvarint  process id
 *	uvarint  events lost: overwritten before they were read
 *	uvarint  calls left out of the REGC chunks; they are in the REGT ones
 *	uvarint  ends without a begin
 *	uvarint  regions left by a jump
 *	uvarint  regions not recorded: too many inside of each other
 *	uvarint  regions not recorded: in a signal handler
 *	uvarint  threads not recorded: too many
 *	uvarint  names not recorded: too many
 *	uvarint  events that cannot be
 */
void region_losses_encode(struct byte_writer *out,
			  const struct region_losses *losses)
{
	write_uvarint(out, losses->process);
	write_uvarint(out, losses->events);
	write_uvarint(out, losses->calls_dropped);
	write_uvarint(out, losses->unbalanced);
	write_uvarint(out, losses->left);
	write_uvarint(out, losses->too_deep);
	write_uvarint(out, losses->nested);
	write_uvarint(out, losses->threads);
	write_uvarint(out, losses->names);
	write_uvarint(out, losses->nonsense);
}

bool region_losses_decode(struct byte_reader *in, struct region_losses *out)
{
	out->process = read_uvarint32(in);
	out->events = read_uvarint(in);
	out->calls_dropped = read_uvarint(in);
	out->unbalanced = read_uvarint(in);
	out->left = read_uvarint(in);
	out->too_deep = read_uvarint(in);
	out->nested = read_uvarint(in);
	out->threads = read_uvarint(in);
	out->names = read_uvarint(in);
	out->nonsense = read_uvarint(in);
	return !in->failed;
}

/*
 * RUNN chunk, version 1: what the program itself says about the run.
 *
 *	uvarint  number of notes, then each:
 *	uvarint  run id
 *	u8       kind: 0 the run's name, 1 its version, 2 a label, 3 a pattern
 *	         of functions that are regions, 4 a module whose marks were not
 *	         read, as a process had too many
 *	uvarint  string id of the label's key
 *	uvarint  string id of the value
 */
void run_note_encode(struct byte_writer *out, const struct run_note *note,
		     uint32_t key_id, uint32_t value_id)
{
	write_uvarint(out, note->run);
	write_u8(out, note->kind);
	write_uvarint(out, key_id);
	write_uvarint(out, value_id);
}

bool run_note_decode(struct byte_reader *in, struct string_table *strings,
		     struct run_note *out)
{
	out->run = read_uvarint32(in);
	out->kind = read_u8(in);
	out->key = read_string_id(in, strings);
	out->value = read_string_id(in, strings);
	return !in->failed;
}

void region_batch_add(struct region_batch *batch,
		      const struct region_window *window)
{
	struct region_call_vec *all = &batch->calls;

	region_window_vec_push(&batch->windows, *window);
	if (!window->count)
		return;
	region_call_vec_reserve(all, all->count + window->count);
	memcpy(all->items + all->count, window->calls,
	       window->count * sizeof(*window->calls));
	all->count += window->count;
}

static void batch_link(struct region_batch *batch)
{
	const struct region_call *next = batch->calls.items;

	for (size_t i = 0; i < batch->windows.count; i++) {
		batch->windows.items[i].calls = next;
		next += batch->windows.items[i].count;
	}
}

void region_batch_clear(struct region_batch *batch)
{
	batch->windows.count = 0;
	batch->calls.count = 0;
}

void region_batch_release(struct region_batch *batch)
{
	region_window_vec_release(&batch->windows);
	region_call_vec_release(&batch->calls);
}

static void encode_flags(struct byte_writer *out,
			 const struct region_call_vec *all)
{
	size_t end;

	for (size_t start = 0; start < all->count; start = end) {
		end = start + 1;
		while (end < all->count &&
		       all->items[end].flags == all->items[start].flags)
			end++;
		write_uvarint(out, end - start);
		write_u8(out, all->items[start].flags);
	}
}

/*
 * REGC chunk, version 1: calls of regions, each thread's in the order of
 * their ends; a moment is a call without length.
 *
 *	uvarint  number of groups, each of one thread
 *	uvarint  number of calls in all groups
 *	columns  for each group:
 *	uvarint  thread id
 *	uvarint  number of its calls
 *	columns  for each call of all groups:
 *	svarint  region id minus that of the call before (0 at first)
 *	svarint  end, ns on the recording's clock, minus the end of the call
 *	         before (0 at first)
 *	uvarint  length, ns
 *	then runs of calls until all have their flags:
 *	uvarint  number of calls, at least 1
 *	u8       flags: 1 the recording or the thread ended first, 2 left by
 *	         a jump
 */
void region_chunk_encode(struct byte_writer *out,
			 const struct region_batch *batch)
{
	const struct region_call_vec *all = &batch->calls;
	uint64_t end_ns = 0;
	uint32_t region = 0;

	write_uvarint(out, batch->windows.count);
	write_uvarint(out, all->count);
	for (size_t i = 0; i < batch->windows.count; i++)
		write_uvarint(out, batch->windows.items[i].thread);
	for (size_t i = 0; i < batch->windows.count; i++)
		write_uvarint(out, batch->windows.items[i].count);
	for (size_t i = 0; i < all->count; i++) {
		write_svarint(out, (int64_t)all->items[i].region - region);
		region = all->items[i].region;
	}
	for (size_t i = 0; i < all->count; i++) {
		write_svarint(out, all->items[i].end_ns - end_ns);
		end_ns = all->items[i].end_ns;
	}
	for (size_t i = 0; i < all->count; i++)
		write_uvarint(out, all->items[i].end_ns -
				   all->items[i].start_ns);
	encode_flags(out, all);
}

static int decode_counts(struct byte_reader *in, struct region_batch *out,
			 struct error *err)
{
	const uint64_t windows = read_uvarint(in);
	const uint64_t calls = read_uvarint(in);
	const size_t left = byte_reader_left(in);

	if (windows > left / REGION_WINDOW_MIN_BYTES ||
	    calls > left / REGION_CALL_MIN_BYTES)
		return error_set(err, ERROR_FORMAT, "%" PRIu64 " groups and %"
				 PRIu64 " calls cannot fit in %zu bytes",
				 windows, calls, left);
	region_window_vec_reserve(&out->windows, windows);
	region_call_vec_reserve(&out->calls, calls + 1);
	out->windows.count = windows;
	out->calls.count = calls;
	return 0;
}

static void decode_windows(struct byte_reader *in, struct region_batch *out)
{
	struct region_window *windows = out->windows.items;
	uint64_t total = 0;

	for (size_t i = 0; i < out->windows.count; i++)
		windows[i].thread = read_uvarint32(in);
	for (size_t i = 0; i < out->windows.count; i++) {
		windows[i].count = read_uvarint32(in);
		total += windows[i].count;
	}
	if (total != out->calls.count)
		byte_reader_fail(in);
}

static void decode_calls(struct byte_reader *in, struct region_call_vec *all)
{
	struct region_call *calls = all->items;
	uint64_t end_ns = 0;
	uint32_t region = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (__builtin_add_overflow(read_svarint(in), region, &region))
			byte_reader_fail(in);
		calls[i].region = region;
	}
	for (size_t i = 0; i < all->count; i++) {
		if (__builtin_add_overflow(end_ns, read_svarint(in),
					   &end_ns) ||
		    end_ns >= WINDOW_TIME_MAX)
			byte_reader_fail(in);
		calls[i].end_ns = end_ns;
	}
	for (size_t i = 0; i < all->count; i++) {
		const uint64_t length_ns = read_uvarint(in);

		if (length_ns > calls[i].end_ns)
			byte_reader_fail(in);
		calls[i].start_ns = calls[i].end_ns - length_ns;
	}
}

static void decode_flags(struct byte_reader *in, struct region_call_vec *all)
{
	size_t i = 0;

	while (i < all->count && !in->failed) {
		uint64_t run = read_uvarint(in);
		const uint8_t flags = read_u8(in);

		if (!run || run > all->count - i)
			byte_reader_fail(in);
		for (; run && !in->failed; run--)
			all->items[i++].flags = flags;
	}
}

int region_chunk_decode(struct byte_reader *in, struct region_batch *out,
			struct error *err)
{
	region_batch_clear(out);
	if (decode_counts(in, out, err)) {
		region_batch_clear(out);
		return -1;
	}
	decode_windows(in, out);
	decode_calls(in, &out->calls);
	decode_flags(in, &out->calls);
	if (byte_reader_finish(in, err)) {
		region_batch_clear(out);
		return -1;
	}
	batch_link(out);
	return 0;
}
