/* SPDX-License-Identifier: MIT */
#include "format/chunk_metric.h"

#include "format/chunk_window.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	SERIES_MIN_BYTES = 3,	/* three columns */
	VALUE_MIN_BYTES = 2,	/* two */
	TIME_UNIT_NS = 1000,	/* what samplers round times to */
	SHIFT_MAX = 63
};

VEC_DEFINE(time_vec, uint64_t);

/* The values of one metric in a chunk. */
struct series {
	uint32_t metric;
	uint32_t count;
	uint8_t shift;		/* low bits that are left out */
};

VEC_DEFINE(series_vec, struct series);

/*
 * METR chunk, version 1: metrics.
 *
 *	uvarint  id of the first metric; the others follow
 *	uvarint  number of metrics, then each:
 *	uvarint  string id of the name
 *	uvarint  string id of the source
 *	u8       kind: 0 gauge (so much there is), 1 cumulative (so far)
 *	u8       unit: 0 a number, 1 bytes, 2 ns, 3 parts per million
 *	u8       scope: 0 run, 1 process, 2 thread, 3 machine
 *	uvarint  id of the owner: a process, a thread; else the run
 */
void metric_encode(struct byte_writer *out, const struct metric *metric,
		   uint32_t name_id, uint32_t source_id)
{
	write_uvarint(out, name_id);
	write_uvarint(out, source_id);
	write_u8(out, metric->kind);
	write_u8(out, metric->unit);
	write_u8(out, metric->scope);
	write_uvarint(out, metric->owner);
}

bool metric_decode(struct byte_reader *in, struct string_table *strings,
		   struct metric *out)
{
	out->name = read_string_id(in, strings);
	out->source = read_string_id(in, strings);
	out->kind = read_u8(in);
	out->unit = read_u8(in);
	out->scope = read_u8(in);
	out->owner = read_uvarint32(in);
	if (out->kind >= METRIC_KIND_COUNT)
		out->kind = METRIC_GAUGE;
	if (out->unit >= METRIC_UNIT_COUNT)
		out->unit = METRIC_NUMBER;
	/* Whose it is cannot be guessed. */
	if (out->scope >= METRIC_SCOPE_COUNT)
		byte_reader_fail(in);
	return !in->failed;
}

/*
 * COLL chunk, version 1: how collectors did.
 *
 *	uvarint  number of collectors, then each:
 *	uvarint  run id
 *	uvarint  string id of its name
 *	uvarint  string id of what it could not tell, and why; may be empty
 *	uvarint  number of times that it looked
 *	uvarint  time that took, ns
 *	uvarint  time between two looks at the end, ns
 */
void collector_encode(struct byte_writer *out,
		      const struct collector_report *report,
		      uint32_t name_id, uint32_t note_id)
{
	write_uvarint(out, report->run);
	write_uvarint(out, name_id);
	write_uvarint(out, note_id);
	write_uvarint(out, report->reads);
	write_uvarint(out, report->cost_ns);
	write_uvarint(out, report->period_ns);
}

bool collector_decode(struct byte_reader *in, struct string_table *strings,
		      struct collector_report *out)
{
	out->run = read_uvarint32(in);
	out->name = read_string_id(in, strings);
	out->note = read_string_id(in, strings);
	out->reads = read_uvarint(in);
	out->cost_ns = read_uvarint(in);
	out->period_ns = read_uvarint(in);
	return !in->failed;
}

static int compare_times(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The different times of `values`, in ascending order. */
static void collect_times(struct time_vec *times,
			  const struct metric_value_vec *values)
{
	size_t kept = 0;

	time_vec_reserve(times, values->count);
	for (size_t i = 0; i < values->count; i++)
		times->items[i] = values->items[i].time_ns;
	qsort(times->items, values->count, sizeof(*times->items),
	      compare_times);
	for (size_t i = 0; i < values->count; i++)
		if (!kept || times->items[kept - 1] != times->items[i])
			times->items[kept++] = times->items[i];
	times->count = kept;
}

static size_t time_index(const struct time_vec *times, uint64_t time_ns)
{
	const uint64_t *found = bsearch(&time_ns, times->items, times->count,
					sizeof(*times->items), compare_times);

	return found - times->items;
}

/* Runs of sorted values of one metric. */
static void collect_series(struct series_vec *all,
			   const struct metric_value_vec *values)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < values->count; i++) {
		struct series *last = all->count ?
			&all->items[all->count - 1] : NULL;

		if (!last || last->metric != values->items[i].metric) {
			last = series_vec_add(all);
			last->metric = values->items[i].metric;
			bits = 0;
		}
		last->count++;
		bits |= values->items[i].value;
		last->shift = bits ? __builtin_ctzll(bits) : 0;
	}
}

static uint64_t unit_of(const struct time_vec *times)
{
	for (size_t i = 0; i < times->count; i++)
		if (times->items[i] % TIME_UNIT_NS)
			return 1;
	return TIME_UNIT_NS;
}

static void encode_times(struct byte_writer *out, const struct time_vec *times,
			 uint64_t unit)
{
	uint64_t before = 0;

	for (size_t i = 0; i < times->count; i++) {
		write_uvarint(out, (times->items[i] - before) / unit);
		before = times->items[i];
	}
}

static void encode_series(struct byte_writer *out,
			  const struct series_vec *all)
{
	uint32_t before = 0;

	for (size_t i = 0; i < all->count; i++) {
		write_uvarint(out, all->items[i].metric - before);
		before = all->items[i].metric;
	}
	for (size_t i = 0; i < all->count; i++)
		write_uvarint(out, all->items[i].count);
	for (size_t i = 0; i < all->count; i++)
		write_u8(out, all->items[i].shift);
}

static void encode_indices(struct byte_writer *out,
			   const struct series *series,
			   const struct metric_value *values,
			   const struct time_vec *times)
{
	size_t before = 0;

	for (uint32_t i = 0; i < series->count; i++) {
		const size_t index = time_index(times, values[i].time_ns);

		write_uvarint(out, index - before);
		before = index;
	}
}

/* Differences wrap around, which is well defined for these. */
static void encode_numbers(struct byte_writer *out,
			   const struct series *series,
			   const struct metric_value *values)
{
	uint64_t before = 0;

	for (uint32_t i = 0; i < series->count; i++) {
		const uint64_t value = (uint64_t)(values[i].value >>
						  series->shift);

		write_svarint(out, (int64_t)(value - before));
		before = value;
	}
}

/*
 * METV chunk, version 1: values of metrics.
 *
 *	uvarint  number of metrics that have values here
 *	uvarint  number of different times
 *	uvarint  number of values
 *	uvarint  unit of the times, ns
 *	column   for each time, the earliest first:
 *	uvarint  the time minus the one before (0 at first), in units
 *	columns  for each metric:
 *	uvarint  metric id minus that of the metric before (0 at first)
 *	uvarint  number of its values
 *	u8       bits of its values, at the low end, that are 0 and left out;
 *	         at most 63
 *	columns  for each value of all metrics, in the order of time:
 *	uvarint  index of its time minus that of the value before of the same
 *	         metric (0 at first)
 *	svarint  the value minus the one before of the same metric (0 at first)
 */
void value_chunk_encode(struct byte_writer *out,
			struct metric_value_vec *values)
{
	struct series_vec all = VEC_INIT;
	struct time_vec times = VEC_INIT;
	const struct metric_value *next;

	metric_values_sort(values);
	collect_times(&times, values);
	collect_series(&all, values);
	write_uvarint(out, all.count);
	write_uvarint(out, times.count);
	write_uvarint(out, values->count);
	write_uvarint(out, unit_of(&times));
	encode_times(out, &times, unit_of(&times));
	encode_series(out, &all);
	next = values->items;
	for (size_t i = 0; i < all.count; next += all.items[i++].count)
		encode_indices(out, &all.items[i], next, &times);
	next = values->items;
	for (size_t i = 0; i < all.count; next += all.items[i++].count)
		encode_numbers(out, &all.items[i], next);
	series_vec_release(&all);
	time_vec_release(&times);
}

static int decode_counts(struct byte_reader *in, struct series_vec *all,
			 struct time_vec *times, struct metric_value_vec *out,
			 struct error *err)
{
	const uint64_t series = read_uvarint(in);
	const uint64_t moments = read_uvarint(in);
	const uint64_t values = read_uvarint(in);
	const size_t left = byte_reader_left(in);

	if (series > left / SERIES_MIN_BYTES || moments > left ||
	    values > left / VALUE_MIN_BYTES)
		return error_set(err, ERROR_FORMAT, "%" PRIu64 " metrics, %"
				 PRIu64 " times and %" PRIu64 " values cannot "
				 "fit in %zu bytes", series, moments, values,
				 left);
	series_vec_reserve(all, series);
	time_vec_reserve(times, moments);
	metric_value_vec_reserve(out, values + 1);
	all->count = series;
	times->count = moments;
	out->count = values;
	return 0;
}

static void decode_times(struct byte_reader *in, struct time_vec *times)
{
	const uint64_t unit = read_uvarint(in);
	uint64_t time_ns = 0;

	for (size_t i = 0; i < times->count; i++) {
		uint64_t step;

		if (__builtin_mul_overflow(read_uvarint(in), unit, &step) ||
		    __builtin_add_overflow(time_ns, step, &time_ns) ||
		    time_ns >= WINDOW_TIME_MAX)
			byte_reader_fail(in);
		times->items[i] = time_ns;
	}
}

static void decode_series(struct byte_reader *in, struct series_vec *all,
			  size_t values)
{
	uint32_t metric = 0;
	uint64_t total = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (__builtin_add_overflow(metric, read_uvarint32(in),
					   &metric))
			byte_reader_fail(in);
		all->items[i].metric = metric;
	}
	for (size_t i = 0; i < all->count; i++) {
		all->items[i].count = read_uvarint32(in);
		total += all->items[i].count;
	}
	for (size_t i = 0; i < all->count; i++) {
		all->items[i].shift = read_u8(in);
		if (all->items[i].shift > SHIFT_MAX)
			byte_reader_fail(in);
	}
	if (total != values)
		byte_reader_fail(in);
}

static void decode_indices(struct byte_reader *in,
			   const struct series *series,
			   struct metric_value *values,
			   const struct time_vec *times)
{
	uint64_t index = 0;

	for (uint32_t i = 0; i < series->count && !in->failed; i++) {
		if (__builtin_add_overflow(index, read_uvarint(in), &index) ||
		    index >= times->count) {
			byte_reader_fail(in);
			return;
		}
		values[i].time_ns = times->items[index];
		values[i].metric = series->metric;
	}
}

static void decode_numbers(struct byte_reader *in,
			   const struct series *series,
			   struct metric_value *values)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < series->count; i++) {
		value += (uint64_t)read_svarint(in);
		values[i].value = (int64_t)(value << series->shift);
	}
}

int value_chunk_decode(struct byte_reader *in, struct metric_value_vec *out,
		       struct error *err)
{
	struct series_vec all = VEC_INIT;
	struct time_vec times = VEC_INIT;
	struct metric_value *next;
	int ret = -1;

	out->count = 0;
	if (decode_counts(in, &all, &times, out, err))
		goto out;
	decode_times(in, &times);
	decode_series(in, &all, out->count);
	next = out->items;
	for (size_t i = 0; i < all.count && !in->failed;
	     next += all.items[i++].count)
		decode_indices(in, &all.items[i], next, &times);
	next = out->items;
	for (size_t i = 0; i < all.count && !in->failed;
	     next += all.items[i++].count)
		decode_numbers(in, &all.items[i], next);
	ret = byte_reader_finish(in, err);
out:
	if (ret)
		out->count = 0;
	series_vec_release(&all);
	time_vec_release(&times);
	return ret;
}
