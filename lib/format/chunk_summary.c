/* SPDX-License-Identifier: MIT */
#include "format/chunk_summary.h"

#include "format/chunk_run.h"
#include "format/region_sums.h"

#include <inttypes.h>

enum {
	SUMMARY_RUNS_BYTES_MAX = 512 * 1024,
	SUMMARY_RUN_MIN_BYTES = 2
};

void summary_runs_add(struct summary_runs *runs, uint32_t run,
		      const struct byte_writer *begin,
		      const struct run_end *end)
{
	struct byte_writer body = BYTE_WRITER_INIT;

	if (end)
		run_end_encode(&body, run, end);
	if (runs->bytes.len + begin->len + body.len > SUMMARY_RUNS_BYTES_MAX)
		runs->full = true;
	if (!runs->full) {
		write_uvarint(&runs->bytes, begin->len);
		write_bytes(&runs->bytes, begin->data, begin->len);
		write_uvarint(&runs->bytes, body.len);
		write_bytes(&runs->bytes, body.data, body.len);
		runs->count++;
	}
	byte_writer_release(&body);
}

/*
 * SUMM chunk, version 1: totals, and all runs again.
 *
 *	uvarint  chunks before this one
 *	uvarint  samples
 *	uvarint  sum of the samples' lengths, ns
 *	uvarint  sum of the windows' CPU time, ns
 *	uvarint  runs, processes, threads, modules, frames, stacks, strings,
 *	         symbols: a number each
 *	uvarint  number of runs that follow; later ones may be left out
 *	then for each run:
 *	uvarint  length, and as many bytes: the payload of its RUNB chunk
 *	uvarint  length, and as many bytes: the payload of its RUNE chunk;
 *	         length 0: the run did not end
 *	uvarint  number of notes, then each, as in RUNN chunks:
 *	uvarint  run id
 *	u8       kind: 0 the run's name, 1 its version, 2 a label
 *	string   key of the label
 *	string   value
 *	uvarint  number of sums over regions of one name, then each:
 *	uvarint  run id
 *	string   name
 *	uvarint  number of calls that have ended
 *	uvarint  their time, ns, without calls inside one of the same name
 *	uvarint  the longest, ns
 *	more     fields of newer minor versions; skip them
 */
void summary_chunk_encode(struct byte_writer *out,
			  const struct profile_totals *totals,
			  const struct summary_runs *runs)
{
	write_uvarint(out, totals->chunks);
	write_uvarint(out, totals->samples);
	write_uvarint(out, totals->wall_ns);
	write_uvarint(out, totals->cpu_ns);
	write_uvarint(out, totals->runs);
	write_uvarint(out, totals->processes);
	write_uvarint(out, totals->threads);
	write_uvarint(out, totals->modules);
	write_uvarint(out, totals->frames);
	write_uvarint(out, totals->stacks);
	write_uvarint(out, totals->strings);
	write_uvarint(out, totals->symbols);
	write_uvarint(out, runs->count);
	write_bytes(out, runs->bytes.data, runs->bytes.len);
}

static void decode_totals(struct byte_reader *in, struct profile_totals *out)
{
	out->chunks = read_uvarint(in);
	out->samples = read_uvarint(in);
	out->wall_ns = read_uvarint(in);
	out->cpu_ns = read_uvarint(in);
	out->runs = read_uvarint32(in);
	out->processes = read_uvarint32(in);
	out->threads = read_uvarint32(in);
	out->modules = read_uvarint32(in);
	out->frames = read_uvarint32(in);
	out->stacks = read_uvarint32(in);
	out->strings = read_uvarint32(in);
	out->symbols = read_uvarint32(in);
}

/* A reader of the next part: a length, and as many bytes. */
static struct byte_reader read_part(struct byte_reader *in)
{
	uint32_t len = read_uvarint32(in);
	const uint8_t *bytes = read_bytes(in, len);

	return byte_reader_of(bytes, bytes ? len : 0);
}

static void decode_run(struct byte_reader *in, struct arena *arena,
		       struct summary_run *out)
{
	struct byte_reader begin = read_part(in);
	struct byte_reader end = read_part(in);
	uint32_t run;

	run_begin_decode(&begin, arena, &run, &out->begin);
	out->ended = end.pos != end.end;
	if (out->ended)
		run_end_decode(&end, &run, &out->end);
	if (begin.failed || end.failed)
		byte_reader_fail(in);
}

int summary_chunk_decode(struct byte_reader *in, struct arena *arena,
			 struct profile_summary *out, struct error *err)
{
	uint64_t count;

	*out = (struct profile_summary){ .run_count = 0 };
	decode_totals(in, &out->totals);
	count = read_uvarint(in);
	if (count > byte_reader_left(in) / SUMMARY_RUN_MIN_BYTES)
		return error_set(err, ERROR_FORMAT,
				 "%" PRIu64 " runs cannot fit in %zu bytes",
				 count, byte_reader_left(in));

	out->runs = arena_alloc(arena, (count + 1) * sizeof(*out->runs));
	for (uint64_t i = 0; i < count && !in->failed; i++)
		decode_run(in, arena, &out->runs[i]);
	if (!in->failed) {
		out->run_count = count;
		region_sums_decode(in, arena, out);
	}
	if (in->failed)
		return error_set(err, ERROR_FORMAT,
				 "bytes are missing or wrong");
	return 0;
}

/*
 * INDX chunk, version 1: where the chunks before this one are.
 *
 *	uvarint  number of chunks
 *	column   for each chunk:
 *	4 bytes  type
 *	column   for each chunk:
 *	uvarint  its bytes, with the header
 */
void index_chunk_encode(struct byte_writer *out,
			const struct index_vec *entries)
{
	write_uvarint(out, entries->count);
	for (size_t i = 0; i < entries->count; i++)
		write_u32le(out, entries->items[i].type);
	for (size_t i = 0; i < entries->count; i++)
		write_uvarint(out, entries->items[i].bytes);
}

int index_chunk_decode(struct byte_reader *in, struct index_vec *out,
		       struct error *err)
{
	uint64_t count = read_uvarint(in);

	out->count = 0;
	if (count > INDEX_ENTRIES_MAX)
		return error_set(err, ERROR_FORMAT, "%" PRIu64 " are too many",
				 count);
	index_vec_reserve(out, count);
	for (uint64_t i = 0; i < count; i++)
		out->items[i].type = read_u32le(in);
	for (uint64_t i = 0; i < count; i++)
		out->items[i].bytes = read_uvarint32(in);
	if (byte_reader_finish(in, err))
		return -1;
	out->count = count;
	return 0;
}

/*
 * TAIL chunk, version 1: the trailer, the last 68 bytes of a finished file.
 * Never compressed.
 *
 *	u64le    offset of the SUMM chunk in the file
 *	u64le    offset of the INDX chunk; 0: there is none
 *	u64le    bytes of the file
 */
void tail_chunk_encode(struct byte_writer *out,
		       const struct profile_tail *tail)
{
	write_u64le(out, tail->summary_offset);
	write_u64le(out, tail->index_offset);
	write_u64le(out, tail->file_bytes);
}

int tail_chunk_decode(struct byte_reader *in, struct profile_tail *out,
		      struct error *err)
{
	out->summary_offset = read_u64le(in);
	out->index_offset = read_u64le(in);
	out->file_bytes = read_u64le(in);
	return byte_reader_finish(in, err);
}
