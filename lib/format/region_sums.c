/* SPDX-License-Identifier: MIT */
#include "format/region_sums.h"

#include "base/map64.h"
#include "format/chunk_string.h"
#include "model/stack.h"

enum {
	/* A chunk holds a megabyte, and the runs take half of it. */
	NOTES_BYTES_MAX = 64 * 1024,
	SUMS_BYTES_MAX = 256 * 1024,
	NOTE_MIN_BYTES = 4,
	SUM_MIN_BYTES = 5
};

/* The sum over all places of a name, in one run. */
struct sum {
	uint32_t run;
	uint32_t name;
	uint64_t calls;
	uint64_t total_ns;
	uint64_t max_ns;
};

VEC_DEFINE(sum_vec, struct sum);

void region_sums_process(struct region_sums *sums, uint32_t run)
{
	run_id_vec_push(&sums->process_runs, run);
}

void region_sums_region(struct region_sums *sums, const struct region *region,
			uint32_t name_id)
{
	region_place_vec_push(&sums->places, (struct region_place){
		.run = sums->process_runs.items[region->process],
		.parent = region->parent, .name = name_id,
		.is_scope = region->kind == REGION_SCOPE });
}

void region_sums_total(struct region_sums *sums,
		       const struct region_total *total)
{
	struct region_place *place = &sums->places.items[total->region];

	place->calls = total->calls;
	place->total_ns = total->total_ns;
	place->max_ns = total->max_ns;
}

void region_sums_note(struct region_sums *sums, const struct run_note *note)
{
	/* What else is noted of a run, its summary does not need. */
	if (note->kind > RUN_NOTE_LABEL || sums->notes.len >= NOTES_BYTES_MAX)
		return;
	write_uvarint(&sums->notes, note->run);
	write_u8(&sums->notes, note->kind);
	write_string(&sums->notes, note->key);
	write_string(&sums->notes, note->value);
	sums->note_count++;
}

void region_sums_release(struct region_sums *sums)
{
	run_id_vec_release(&sums->process_runs);
	region_place_vec_release(&sums->places);
	byte_writer_release(&sums->notes);
}

/* Its time is part of the outer one's. */
static bool lies_in_its_like(const struct region_sums *sums,
			     const struct region_place *place)
{
	for (uint32_t id = place->parent; id != ID_NONE;
	     id = sums->places.items[id].parent) {
		if (sums->places.items[id].name == place->name)
			return true;
	}
	return false;
}

static void add_up(struct sum_vec *all, const struct region_sums *sums)
{
	struct map64 ids = MAP64_INIT;

	for (size_t i = 0; i < sums->places.count; i++) {
		const struct region_place *place = &sums->places.items[i];
		const uint64_t key = (uint64_t)place->run << 32 | place->name;
		uint64_t id = all->count;
		struct sum *sum;

		if (!place->is_scope || !place->calls)
			continue;
		if (!map64_get(&ids, key, &id)) {
			map64_put(&ids, key, id);
			sum = sum_vec_add(all);
			sum->run = place->run;
			sum->name = place->name;
		}
		sum = &all->items[id];
		sum->calls += place->calls;
		if (!lies_in_its_like(sums, place))
			sum->total_ns += place->total_ns;
		sum->max_ns = MAX(sum->max_ns, place->max_ns);
	}
	map64_release(&ids);
}

void region_sums_encode(struct byte_writer *out,
			const struct region_sums *sums,
			const struct intern *strings)
{
	struct byte_writer rows = BYTE_WRITER_INIT;
	struct sum_vec all = VEC_INIT;
	uint32_t count = 0;

	write_uvarint(out, sums->note_count);
	write_bytes(out, sums->notes.data, sums->notes.len);
	add_up(&all, sums);
	for (; count < all.count && rows.len < SUMS_BYTES_MAX; count++) {
		const struct sum *sum = &all.items[count];

		write_uvarint(&rows, sum->run);
		write_string(&rows, intern_get(strings, sum->name, NULL));
		write_uvarint(&rows, sum->calls);
		write_uvarint(&rows, sum->total_ns);
		write_uvarint(&rows, sum->max_ns);
	}
	write_uvarint(out, count);
	write_bytes(out, rows.data, rows.len);
	sum_vec_release(&all);
	byte_writer_release(&rows);
}

static void add_label(struct run_begin *run, struct arena *arena,
		      const char *key, const char *value)
{
	struct label *labels = arena_alloc(arena, (run->label_count + 1) *
					   sizeof(*labels));

	if (run->label_count)
		memcpy(labels, run->labels,
		       run->label_count * sizeof(*labels));
	labels[run->label_count++] = (struct label){ key, value };
	run->labels = labels;
}

static void decode_note(struct byte_reader *in, struct arena *arena,
			struct profile_summary *out)
{
	const uint32_t id = read_uvarint32(in);
	const uint8_t kind = read_u8(in);
	const char *key = read_string(in, arena);
	const char *value = read_string(in, arena);
	struct run_begin *run;

	if (in->failed || id >= out->run_count)
		return;
	run = &out->runs[id].begin;
	if (kind == RUN_NOTE_NAME)
		run->name = value;
	else if (kind == RUN_NOTE_VERSION)
		run->version = value;
	else if (kind == RUN_NOTE_LABEL && run->label_count < RUN_LABELS_MAX)
		add_label(run, arena, key, value);
}

void region_sums_decode(struct byte_reader *in, struct arena *arena,
			struct profile_summary *out)
{
	uint64_t count;

	/* Files of before have neither. */
	if (!byte_reader_left(in))
		return;
	count = read_uvarint(in);
	if (count > byte_reader_left(in) / NOTE_MIN_BYTES ||
	    count > NOTES_BYTES_MAX / NOTE_MIN_BYTES)
		byte_reader_fail(in);
	for (uint64_t i = 0; i < count && !in->failed; i++)
		decode_note(in, arena, out);
	count = read_uvarint(in);
	if (in->failed || count > byte_reader_left(in) / SUM_MIN_BYTES) {
		byte_reader_fail(in);
		return;
	}
	out->regions = arena_alloc(arena, (count + 1) *
				   sizeof(*out->regions));
	for (uint64_t i = 0; i < count && !in->failed; i++) {
		struct summary_region *region = &out->regions[i];

		region->run = read_uvarint32(in);
		region->name = read_string(in, arena);
		region->calls = read_uvarint(in);
		region->total_ns = read_uvarint(in);
		region->max_ns = read_uvarint(in);
	}
	out->region_count = in->failed ? 0 : count;
}
