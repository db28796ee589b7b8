/* SPDX-License-Identifier: MIT */
#include "format/chunk_run.h"

#include "format/chunk_string.h"

enum {
	/*
	 * A command line may have megabytes (make, xargs); who reads them?
	 * Arguments and labels behind these many bytes are left out, and
	 * "..." stands for them.
	 */
	ARGV_BYTES_MAX = 64 * 1024,
	LABEL_BYTES_MAX = 64 * 1024
};

static size_t stored_bytes(const char *text)
{
	return profile_string_bytes(text) + 4;
}

static void encode_argv(struct byte_writer *out,
			const struct run_begin *begin)
{
	size_t bytes = 0, fit = 0;

	while (fit < begin->argc &&
	       (bytes += stored_bytes(begin->argv[fit])) <= ARGV_BYTES_MAX)
		fit++;
	write_uvarint(out, fit + (fit < begin->argc));
	for (size_t i = 0; i < fit; i++)
		write_string(out, begin->argv[i]);
	if (fit < begin->argc)
		write_string(out, "...");
}

static void encode_labels(struct byte_writer *out,
			  const struct run_begin *begin)
{
	size_t bytes = 0, fit = 0;

	while (fit < begin->label_count &&
	       (bytes += stored_bytes(begin->labels[fit].key) +
			 stored_bytes(begin->labels[fit].value)) <=
	       LABEL_BYTES_MAX)
		fit++;
	write_uvarint(out, fit);
	for (size_t i = 0; i < fit; i++) {
		write_string(out, begin->labels[i].key);
		write_string(out, begin->labels[i].value);
	}
}

/*
 * RUNB chunk, version 1: a run begins.
 *
 *	uvarint  run id: 0, 1, 2, ...
 *	uvarint  start, ns on the recording's clock
 *	uvarint  start, ns since the Unix epoch
 *	string   name
 *	string   version, empty when not given
 *	uvarint  rate that was asked for, Hz
 *	u8       kind: 0 profiled, 1 plain
 *	u8       flags: 1 attached to running processes
 *	uvarint  number of arguments of the command, then each:
 *	string   argument
 *	uvarint  number of labels, then each:
 *	string   key
 *	string   value
 *	uvarint  overhead that was allowed, parts per million; 0: any
 *	u8       level: 1 basic, 2 standard, 3 detailed, 4 comprehensive;
 *	         0: not known
 *	uvarint  series of runs that took turns, 0: none
 *	uvarint  pair in the series: 0, 1, 2, ...
 *	uvarint  place among all runs of the series: 0, 1, 2, ...
 *	more     fields of newer minor versions; skip them
 */
void run_begin_encode(struct byte_writer *out, uint32_t run,
		      const struct run_begin *begin)
{
	write_uvarint(out, run);
	write_uvarint(out, begin->start_ns);
	write_uvarint(out, begin->start_realtime_ns);
	write_string(out, begin->name);
	write_string(out, begin->version);
	write_uvarint(out, begin->rate_hz);
	write_u8(out, begin->kind);
	write_u8(out, begin->flags);
	encode_argv(out, begin);
	encode_labels(out, begin);
	write_uvarint(out, begin->overhead_ppm);
	write_u8(out, begin->level);
	write_uvarint(out, begin->place.series);
	write_uvarint(out, begin->place.pair);
	write_uvarint(out, begin->place.order);
}

/* A count of items, each of which takes at least `min_bytes`. */
static size_t read_count(struct byte_reader *in, size_t min_bytes)
{
	uint64_t count = read_uvarint(in);

	if (count <= byte_reader_left(in) / min_bytes)
		return count;
	byte_reader_fail(in);
	return 0;
}

static void decode_argv(struct byte_reader *in, struct arena *arena,
			struct run_begin *out)
{
	size_t count = read_count(in, 1);
	const char **argv = arena_alloc(arena, (count + 1) * sizeof(*argv));

	for (size_t i = 0; i < count; i++)
		argv[i] = read_string(in, arena);
	out->argv = argv;
	out->argc = count;
}

static void decode_labels(struct byte_reader *in, struct arena *arena,
			  struct run_begin *out)
{
	size_t count = read_count(in, 2);
	struct label *labels = arena_alloc(arena, (count + 1) *
					   sizeof(*labels));

	for (size_t i = 0; i < count; i++) {
		labels[i].key = read_string(in, arena);
		labels[i].value = read_string(in, arena);
	}
	out->labels = labels;
	out->label_count = count;
}

void run_begin_decode(struct byte_reader *in, struct arena *arena,
		      uint32_t *run, struct run_begin *out)
{
	*run = read_uvarint32(in);
	out->start_ns = read_uvarint(in);
	out->start_realtime_ns = read_uvarint(in);
	out->name = read_string(in, arena);
	out->version = read_string(in, arena);
	out->rate_hz = read_uvarint32(in);
	out->kind = read_u8(in);
	out->flags = read_u8(in);
	decode_argv(in, arena, out);
	decode_labels(in, arena, out);
	out->overhead_ppm = read_uvarint32(in);
	out->level = LEVEL_UNKNOWN;
	out->place = (struct run_place){ .series = 0 };
	/* Files from before the first release end here, ... */
	if (in->failed || !byte_reader_left(in))
		return;
	out->level = read_u8(in);
	/* ... or here. */
	if (in->failed || !byte_reader_left(in))
		return;
	out->place.series = read_uvarint(in);
	out->place.pair = read_uvarint32(in);
	out->place.order = read_uvarint32(in);
}

static void encode_losses(struct byte_writer *out, const struct losses *losses)
{
	write_uvarint(out, losses->samples_lost);
	write_uvarint(out, losses->stacks_truncated);
	write_uvarint(out, losses->stacks_unreadable);
	write_uvarint(out, losses->ticks_late);
	write_uvarint(out, losses->ticks_missed);
	write_uvarint(out, losses->calls_restarted);
	write_uvarint(out, losses->threads_missed);
}

static void decode_losses(struct byte_reader *in, struct losses *out)
{
	out->samples_lost = read_uvarint(in);
	out->stacks_truncated = read_uvarint(in);
	out->stacks_unreadable = read_uvarint(in);
	out->ticks_late = read_uvarint(in);
	out->ticks_missed = read_uvarint(in);
	out->calls_restarted = read_uvarint(in);
	out->threads_missed = read_uvarint(in);
}

/*
 * RUNE chunk, version 1: a run has ended.
 *
 *	uvarint  run id
 *	uvarint  end, ns on the recording's clock
 *	svarint  exit status as from wait(2), -1 when not known
 *	uvarint  user CPU time of all processes, ns
 *	uvarint  system CPU time of all processes, ns
 *	uvarint  highest resident size of any process, bytes
 *	uvarint  samples
 *	uvarint  stops
 *	uvarint  time that threads stood still, ns
 *	uvarint  time from asking for a stop to going on, ns
 *	uvarint  CPU time of the recorder itself, ns
 *	uvarint  work that the program lost to it, an estimate, ns
 *	uvarint  time until a stop of a running thread took hold, mean, ns
 *	uvarint  lateness of ticks, median, ns
 *	uvarint  lateness of ticks, 99th percentile, ns
 *	uvarint  samples lost
 *	uvarint  samples with a truncated stack
 *	uvarint  samples without a stack
 *	uvarint  ticks that came more than one period late
 *	uvarint  ticks that did not come
 *	uvarint  system calls rescued from EINTR
 *	uvarint  threads that could not be sampled
 *	uvarint  time that a thread stood still for a stop, median, ns
 *	uvarint  the same, 99th percentile, ns
 *	uvarint  the same, longest, ns
 *	uvarint  resident memory of all processes together, at first, bytes
 *	uvarint  the same at last
 *	uvarint  the same at its peak
 *	uvarint  when that was, ns on the recording's clock
 *	uvarint  stops that found a thread on a CPU
 *	uvarint  of these, in or at the end of a system call, and not moved
 *	uvarint  stops that found asleep what was not at the look before
 *	uvarint  CPU time of going to sleep and waking up, ns; 0: not known
 *	uvarint  writes, sends and receives that stops ended early
 *	more     fields of newer minor versions; skip them
 */
void run_end_encode(struct byte_writer *out, uint32_t run,
		    const struct run_end *end)
{
	write_uvarint(out, run);
	write_uvarint(out, end->end_ns);
	write_svarint(out, end->exit_status);
	write_uvarint(out, end->user_ns);
	write_uvarint(out, end->system_ns);
	write_uvarint(out, end->peak_memory_bytes);
	write_uvarint(out, end->samples);
	write_uvarint(out, end->stops);
	write_uvarint(out, end->held_ns);
	write_uvarint(out, end->interrupt_ns);
	write_uvarint(out, end->own_cpu_ns);
	write_uvarint(out, end->cost_ns);
	write_uvarint(out, end->skid_ns);
	write_uvarint(out, end->lateness_p50_ns);
	write_uvarint(out, end->lateness_p99_ns);
	encode_losses(out, &end->losses);
	write_uvarint(out, end->held_p50_ns);
	write_uvarint(out, end->held_p99_ns);
	write_uvarint(out, end->held_max_ns);
	write_uvarint(out, end->memory.initial_bytes);
	write_uvarint(out, end->memory.final_bytes);
	write_uvarint(out, end->memory.peak_bytes);
	write_uvarint(out, end->memory.peak_ns);
	write_uvarint(out, end->cpu_stops);
	write_uvarint(out, end->call_stops);
	write_uvarint(out, end->late_stops);
	write_uvarint(out, end->sleep_cost_ns);
	write_uvarint(out, end->losses.transfers_cut);
}

void run_end_decode(struct byte_reader *in, uint32_t *run,
		    struct run_end *out)
{
	/* What a file from before does not have is 0, not chance. */
	*out = (struct run_end){ .end_ns = 0 };
	*run = read_uvarint32(in);
	out->end_ns = read_uvarint(in);
	out->exit_status = read_svarint(in);
	out->user_ns = read_uvarint(in);
	out->system_ns = read_uvarint(in);
	out->peak_memory_bytes = read_uvarint(in);
	out->samples = read_uvarint(in);
	out->stops = read_uvarint(in);
	out->held_ns = read_uvarint(in);
	out->interrupt_ns = read_uvarint(in);
	out->own_cpu_ns = read_uvarint(in);
	out->cost_ns = read_uvarint(in);
	out->skid_ns = read_uvarint(in);
	out->lateness_p50_ns = read_uvarint(in);
	out->lateness_p99_ns = read_uvarint(in);
	decode_losses(in, &out->losses);
	/* Files from before the first release end here. */
	if (in->failed || !byte_reader_left(in))
		return;
	out->held_p50_ns = read_uvarint(in);
	out->held_p99_ns = read_uvarint(in);
	out->held_max_ns = read_uvarint(in);
	if (in->failed || !byte_reader_left(in))
		return;
	out->memory.initial_bytes = read_uvarint(in);
	out->memory.final_bytes = read_uvarint(in);
	out->memory.peak_bytes = read_uvarint(in);
	out->memory.peak_ns = read_uvarint(in);
	if (in->failed || !byte_reader_left(in))
		return;
	out->cpu_stops = read_uvarint(in);
	out->call_stops = read_uvarint(in);
	if (in->failed || !byte_reader_left(in))
		return;
	out->late_stops = read_uvarint(in);
	out->sleep_cost_ns = read_uvarint(in);
	if (in->failed || !byte_reader_left(in))
		return;
	out->losses.transfers_cut = read_uvarint(in);
}
