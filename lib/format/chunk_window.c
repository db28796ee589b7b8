/* SPDX-License-Identifier: MIT */
#include "format/chunk_window.h"

#include <inttypes.h>

enum {
	WINDOW_MIN_BYTES = 6,	/* six columns */
	INTERVAL_MIN_BYTES = 2,	/* two; the states are runs */
	WINDOW_UNIT_NS = 1000	/* what samplers round lengths to */
};

void window_batch_add(struct window_batch *batch,
		      const struct thread_window *window)
{
	struct interval_vec *all = &batch->intervals;

	window_vec_push(&batch->windows, *window);
	if (!window->count)
		return;
	interval_vec_reserve(all, all->count + window->count);
	memcpy(all->items + all->count, window->intervals,
	       window->count * sizeof(*window->intervals));
	all->count += window->count;
}

void window_batch_link(struct window_batch *batch)
{
	const struct interval *next = batch->intervals.items;

	for (size_t i = 0; i < batch->windows.count; i++) {
		batch->windows.items[i].intervals = next;
		next += batch->windows.items[i].count;
	}
}

void window_batch_clear(struct window_batch *batch)
{
	batch->windows.count = 0;
	batch->intervals.count = 0;
}

void window_batch_release(struct window_batch *batch)
{
	window_vec_release(&batch->windows);
	interval_vec_release(&batch->intervals);
}

static uint64_t unit_of(const struct interval *intervals, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (intervals[i].wall_ns % WINDOW_UNIT_NS)
			return 1;
	return WINDOW_UNIT_NS;
}

static void encode_windows(struct byte_writer *out,
			   const struct window_batch *batch)
{
	const struct interval *intervals = batch->intervals.items;
	const struct window_vec *all = &batch->windows;
	uint64_t previous_ns = 0;

	for (size_t i = 0; i < all->count; i++)
		write_uvarint(out, all->items[i].thread);
	for (size_t i = 0; i < all->count; i++)
		write_uvarint(out, all->items[i].count);
	for (size_t i = 0; i < all->count; i++) {
		write_uvarint(out, unit_of(intervals, all->items[i].count));
		intervals += all->items[i].count;
	}
	for (size_t i = 0; i < all->count; i++) {
		write_svarint(out, all->items[i].start_ns - previous_ns);
		previous_ns = all->items[i].start_ns;
	}
	for (size_t i = 0; i < all->count; i++)
		write_uvarint(out, all->items[i].cpu_ns);
	for (size_t i = 0; i < all->count; i++)
		write_uvarint(out, all->items[i].runqueue_ns);
}

static void encode_states(struct byte_writer *out,
			  const struct interval_vec *all)
{
	size_t end;

	for (size_t start = 0; start < all->count; start = end) {
		const struct interval *first = &all->items[start];

		end = start + 1;
		while (end < all->count &&
		       all->items[end].state == first->state &&
		       all->items[end].flags == first->flags)
			end++;
		write_uvarint(out, end - start);
		write_u8(out, first->state);
		write_u8(out, first->flags);
	}
}

/*
 * WIND chunk, version 1: windows of threads, about a second each, and the
 * intervals in them, which follow each other without a gap.  An interval
 * and what was seen at its end is a sample.
 *
 *	uvarint  number of windows
 *	uvarint  number of intervals in all windows
 *	columns  for each window:
 *	uvarint  thread id
 *	uvarint  number of its intervals
 *	uvarint  unit of its intervals' lengths, ns
 *	svarint  start, ns on the recording's clock, minus the start of the
 *	         window before (0 at first)
 *	uvarint  CPU time in the window, the kernel's account, ns
 *	uvarint  time spent waiting for a CPU, ns
 *	columns  for each interval of all windows:
 *	uvarint  length, in units
 *	svarint  stack id minus that of the interval before (0 at first)
 *	then runs of intervals until all have their state:
 *	uvarint  number of intervals, at least 1
 *	u8       state, see below
 *	u8       flags: 1 the stop came late, 2 read without a stop,
 *	         4 it lost the CPU in user code, 8 it met a system call too
 *	         early, and has the stack of a look near it
 */
void window_chunk_encode(struct byte_writer *out,
			 const struct window_batch *batch)
{
	const struct interval_vec *all = &batch->intervals;
	const struct interval *interval = all->items;
	uint32_t previous = 0;

	write_uvarint(out, batch->windows.count);
	write_uvarint(out, all->count);
	encode_windows(out, batch);
	for (size_t i = 0; i < batch->windows.count; i++) {
		size_t count = batch->windows.items[i].count;
		uint64_t unit = unit_of(interval, count);

		for (size_t j = 0; j < count; j++, interval++)
			write_uvarint(out, interval->wall_ns / unit);
	}
	for (size_t i = 0; i < all->count; i++) {
		write_svarint(out, (int64_t)all->items[i].stack - previous);
		previous = all->items[i].stack;
	}
	encode_states(out, all);
}

static int decode_counts(struct byte_reader *in, struct window_batch *out,
			 struct error *err)
{
	uint64_t windows = read_uvarint(in);
	uint64_t intervals = read_uvarint(in);
	size_t left = byte_reader_left(in);

	if (windows > left / WINDOW_MIN_BYTES ||
	    intervals > left / INTERVAL_MIN_BYTES)
		return error_set(err, ERROR_FORMAT,
				 "%" PRIu64 " windows and %" PRIu64
				 " intervals cannot fit in %zu bytes",
				 windows, intervals, left);
	window_vec_reserve(&out->windows, windows);
	interval_vec_reserve(&out->intervals, intervals);
	out->windows.count = windows;
	out->intervals.count = intervals;
	return 0;
}

/* A time or weight of a sound file. */
static uint64_t read_time(struct byte_reader *in)
{
	uint64_t value = read_uvarint(in);

	if (value < WINDOW_TIME_MAX)
		return value;
	byte_reader_fail(in);
	return 0;
}

/* Decode the columns of windows; `units` has room for one of each. */
static int decode_windows(struct byte_reader *in, struct window_batch *out,
			  uint64_t *units, struct error *err)
{
	struct thread_window *windows = out->windows.items;
	size_t count = out->windows.count;
	uint64_t start_ns = 0, total = 0;

	for (size_t i = 0; i < count; i++)
		windows[i].thread = read_uvarint32(in);
	for (size_t i = 0; i < count; i++) {
		windows[i].count = read_uvarint32(in);
		total += windows[i].count;
	}
	for (size_t i = 0; i < count; i++)
		units[i] = read_time(in);
	for (size_t i = 0; i < count; i++) {
		if (__builtin_add_overflow(start_ns, read_svarint(in),
					   &start_ns) ||
		    start_ns >= WINDOW_TIME_MAX)
			byte_reader_fail(in);
		windows[i].start_ns = start_ns;
	}
	for (size_t i = 0; i < count; i++)
		windows[i].cpu_ns = read_time(in);
	for (size_t i = 0; i < count; i++)
		windows[i].runqueue_ns = read_time(in);
	if (total != out->intervals.count)
		return error_set(err, ERROR_FORMAT,
				 "windows of %" PRIu64 " intervals, "
				 "but %zu intervals",
				 total, out->intervals.count);
	return 0;
}

static void decode_lengths(struct byte_reader *in, struct window_batch *out,
			   const uint64_t *units)
{
	struct interval *interval = out->intervals.items;

	for (size_t i = 0; i < out->windows.count && !in->failed; i++) {
		const struct thread_window *window = &out->windows.items[i];
		uint64_t end_ns = window->start_ns;

		for (size_t j = 0; j < window->count; j++, interval++) {
			if (__builtin_mul_overflow(read_uvarint(in), units[i],
						   &interval->wall_ns) ||
			    __builtin_add_overflow(end_ns, interval->wall_ns,
						   &end_ns))
				byte_reader_fail(in);
		}
		if (end_ns >= WINDOW_TIME_MAX)
			byte_reader_fail(in);
	}
}

static void decode_stacks(struct byte_reader *in, struct interval_vec *all)
{
	uint32_t stack = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (__builtin_add_overflow(read_svarint(in), stack, &stack))
			byte_reader_fail(in);
		all->items[i].stack = stack;
	}
}

static void decode_states(struct byte_reader *in, struct interval_vec *all)
{
	size_t i = 0;

	while (i < all->count && !in->failed) {
		uint64_t run = read_uvarint(in);
		uint8_t state = read_u8(in);
		uint8_t flags = read_u8(in);

		if (!run || run > all->count - i)
			byte_reader_fail(in);
		if (state >= STATE_COUNT)
			state = STATE_OTHER;
		for (; run && !in->failed; run--, i++) {
			all->items[i].state = state;
			all->items[i].flags = flags;
		}
	}
}

int window_chunk_decode(struct byte_reader *in, struct window_batch *out,
			struct error *err)
{
	uint64_t *units = NULL;
	int ret = -1;

	window_batch_clear(out);
	if (decode_counts(in, out, err))
		return -1;
	units = mem_calloc(out->windows.count + 1, sizeof(*units));
	if (decode_windows(in, out, units, err))
		goto out;
	decode_lengths(in, out, units);
	decode_stacks(in, &out->intervals);
	decode_states(in, &out->intervals);
	ret = byte_reader_finish(in, err);
out:
	free(units);
	if (ret)
		window_batch_clear(out);
	else
		window_batch_link(out);
	return ret;
}
