/* SPDX-License-Identifier: MIT */
#include "profile/regions.h"

#include "base/mem.h"
#include "profile/region_error.h"

#include <string.h>

const char *region_kind_name(uint8_t kind)
{
	switch (kind) {
	case REGION_EVENT:
		return "mark";
	case REGION_FUNCTION:
		return "sampled";
	default:
		return "region";
	}
}

struct row_key {
	const char *name;		/* interned: one for each name */
	uint32_t parent;
	uint32_t kind;
};

struct region_seen {
	uint64_t calls;
	uint64_t total_ns;
};

struct region_maker {
	struct region_rows *out;
	const struct profile *profile;
	const struct filter *filter;
	bool partly;			/* by thread or time: no sums */
	struct region_seen *seen;	/* by region id: that have ended */
	uint64_t *calls_seen;		/* by row: that have ended */
	uint64_t *lengths;		/* of those, by row */
	size_t *first;			/* by row: in `lengths` */
	struct region_total *sums;	/* by row */
};

/* Regions of the same name at the same place in the tree are one row. */
static void make_rows(struct region_maker *maker)
{
	const struct profile *profile = maker->profile;
	struct region_rows *out = maker->out;
	struct intern keys = INTERN_INIT;

	for (size_t i = 0; i < profile->regions.count; i++) {
		const struct region *region = &profile->regions.items[i].region;
		struct row_key key;
		struct region_row *row;
		bool is_new;
		uint32_t id;

		memset(&key, 0, sizeof(key));
		key.name = region->name;
		key.kind = region->kind;
		key.parent = region->parent == ID_NONE ? ID_NONE :
			     out->row_of.items[region->parent];
		id = intern_add(&keys, &key, sizeof(key), &is_new);
		u32_vec_push(&out->row_of, id);
		if (!is_new)
			continue;
		row = region_row_vec_add(&out->rows);
		row->name = key.name;
		row->kind = key.kind;
		row->parent = key.parent;
		row->depth = key.parent == ID_NONE ? 0 :
			     out->rows.items[key.parent].depth + 1;
	}
	intern_release(&keys);
}

/* How much of a call is asked for; false: nothing. */
static bool clip_call(const struct region_maker *maker,
		      const struct profile_call *call, uint64_t *length_ns)
{
	struct region_call inside;

	if (!filter_call(maker->filter, maker->profile, call, &inside))
		return false;
	*length_ns = inside.end_ns - inside.start_ns;
	return true;
}

static bool has_ended(const struct profile_call *call)
{
	return !(call->call.flags & REGION_CUT);
}

/* The calls that were seen one by one. */
static void add_calls(struct region_maker *maker)
{
	const struct profile_call_vec *calls = &maker->profile->calls;

	for (size_t i = 0; i < calls->count; i++) {
		const struct profile_call *call = &calls->items[i];
		const uint32_t id = maker->out->row_of.items[call->call.region];
		struct region_row *row = &maker->out->rows.items[id];
		struct region_seen *seen = &maker->seen[call->call.region];
		uint64_t length_ns;

		if (!clip_call(maker, call, &length_ns))
			continue;
		row->max_ns = MAX(row->max_ns, length_ns);
		if (has_ended(call)) {
			maker->calls_seen[id]++;
			seen->calls++;
			seen->total_ns += length_ns;
			continue;
		}
		row->calls++;
		row->cut++;
		row->total_ns += length_ns;
	}
}

/*
 * All calls that have ended, as the program counted them; but those of a
 * recording that was killed may be newer than the last count.
 */
static void add_sums(struct region_maker *maker)
{
	const struct profile *profile = maker->profile;

	for (size_t i = 0; i < profile->regions.count; i++) {
		const struct profile_region *region =
			&profile->regions.items[i];
		const struct region_seen *seen = &maker->seen[i];
		const uint32_t id = maker->out->row_of.items[i];
		struct region_row *row = &maker->out->rows.items[id];
		struct region_total *sum = &maker->sums[id];

		if (!region->counted || maker->partly ||
		    seen->calls >= region->total.calls) {
			row->calls += seen->calls;
			row->total_ns += seen->total_ns;
		} else {
			row->calls += region->total.calls;
			row->total_ns += region->total.total_ns;
			row->max_ns = MAX(row->max_ns, region->total.max_ns);
		}
		/* Calls of another run of the row may not have been seen. */
		if (!region->counted || maker->partly)
			continue;
		sum->calls += region->total.calls;
		for (int b = 0; b < REGION_BUCKETS; b++)
			sum->buckets[b] += region->total.buckets[b];
	}
}

static int compare_lengths(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The length that `percent` of the sorted ones do not exceed. */
static uint64_t percentile(const uint64_t *lengths, size_t count,
			   unsigned int percent)
{
	return count ? lengths[(count * percent + 99) / 100 - 1] : 0;
}

static uint64_t bucket_start(uint32_t bucket)
{
	const uint32_t top = (bucket - 1) / 4 + REGION_BUCKET_SHIFT;

	if (!bucket)
		return 0;
	return (UINT64_C(4) + (bucket - 1) % 4) << (top - 2);
}

/* The same from the histogram: as if its buckets were filled evenly. */
static uint64_t bucket_percentile(const struct region_total *sum,
				  uint64_t max_ns, unsigned int percent)
{
	const double want = sum->calls * (percent / 100.0);
	double before = 0;

	for (uint32_t b = 0; b < REGION_BUCKETS; b++) {
		const double count = sum->buckets[b];
		const double start = bucket_start(b);
		double end = b + 1 < REGION_BUCKETS ? bucket_start(b + 1) :
			     max_ns;

		end = MIN(end, (double)max_ns);
		if (count > 0 && before + count >= want)
			return start + MAX(end - start, 0.0) *
			       ((want - before) / count);
		before += count;
	}
	return max_ns;
}

/* The lengths of all calls that have ended, sorted, row by row. */
static void collect_lengths(struct region_maker *maker)
{
	const struct profile_call_vec *calls = &maker->profile->calls;
	const size_t rows = maker->out->rows.count;
	size_t next = 0;

	maker->lengths = mem_calloc(calls->count + 1,
				    sizeof(*maker->lengths));
	maker->first = mem_calloc(rows + 1, sizeof(*maker->first));
	for (size_t i = 0; i < rows; i++) {
		maker->first[i] = next;
		next += maker->calls_seen[i];
	}
	for (size_t i = 0; i < calls->count; i++) {
		const struct profile_call *call = &calls->items[i];
		const uint32_t id =
			maker->out->row_of.items[call->call.region];
		uint64_t length_ns;

		if (has_ended(call) && clip_call(maker, call, &length_ns))
			maker->lengths[maker->first[id]++] = length_ns;
	}
	for (size_t i = 0; i < rows; i++) {
		maker->first[i] -= maker->calls_seen[i];
		if (maker->calls_seen[i])
			qsort(maker->lengths + maker->first[i],
			      maker->calls_seen[i], sizeof(*maker->lengths),
			      compare_lengths);
	}
}

static void add_percentiles(struct region_maker *maker)
{
	collect_lengths(maker);
	for (size_t i = 0; i < maker->out->rows.count; i++) {
		struct region_row *row = &maker->out->rows.items[i];
		const uint64_t *lengths = maker->lengths + maker->first[i];
		const size_t count = maker->calls_seen[i];
		const struct region_total *sum = &maker->sums[i];

		row->exact = count >= row->calls - row->cut;
		if (row->exact || !sum->calls) {
			row->p50_ns = percentile(lengths, count, 50);
			row->p95_ns = percentile(lengths, count, 95);
			row->p99_ns = percentile(lengths, count, 99);
		} else {
			row->p50_ns = bucket_percentile(sum, row->max_ns, 50);
			row->p95_ns = bucket_percentile(sum, row->max_ns, 95);
			row->p99_ns = bucket_percentile(sum, row->max_ns, 99);
		}
	}
}

static void add_samples(struct region_maker *maker)
{
	const struct profile *profile = maker->profile;
	struct region_rows *out = maker->out;

	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];
		uint64_t wall_ns, cpu_ns;
		struct region_row *row;

		if (!filter_sample(maker->filter, profile, sample, &wall_ns,
				   &cpu_ns))
			continue;
		if (sample_has_cpu(sample))
			out->cpu_ns += cpu_ns;
		if (sample->region == ID_NONE)
			continue;
		row = &out->rows.items[out->row_of.items[sample->region]];
		row->state_ns[sample->state] += wall_ns;
		if (!sample_has_cpu(sample))
			continue;
		row->cpu_self_ns += cpu_ns;
		row->cpu_ns += cpu_ns;
		row->samples += !(profile->stack_flags.items[sample->stack] &
				  STACK_BETWEEN_SAMPLES);
	}
}

/* What lies in a row comes after it. */
static void add_up(struct region_rows *out)
{
	for (size_t i = out->rows.count; i-- > 0;) {
		const struct region_row *row = &out->rows.items[i];
		struct region_row *parent;

		if (row->parent == ID_NONE)
			continue;
		parent = &out->rows.items[row->parent];
		parent->cpu_ns += row->cpu_ns;
		parent->samples += row->samples;
		for (int state = 0; state < STATE_COUNT; state++)
			parent->state_ns[state] += row->state_ns[state];
	}
}

/* Of functions in sampled stacks, the samples are all that is known. */
static void add_sampled(struct region_rows *out)
{
	for (size_t i = 0; i < out->rows.count; i++) {
		struct region_row *row = &out->rows.items[i];

		for (int state = 0; state < STATE_COUNT; state++) {
			if (row->kind == REGION_FUNCTION)
				row->total_ns += row->state_ns[state];
		}
	}
}

static void add_self(struct region_rows *out)
{
	for (size_t i = 0; i < out->rows.count; i++)
		out->rows.items[i].self_ns = out->rows.items[i].total_ns;
	for (size_t i = 0; i < out->rows.count; i++) {
		const struct region_row *row = &out->rows.items[i];
		struct region_row *parent;

		if (row->parent == ID_NONE)
			continue;
		parent = &out->rows.items[row->parent];
		/* What was measured is not mixed with what was sampled. */
		if (row->kind != parent->kind)
			continue;
		parent->self_ns -= MIN(row->total_ns, parent->self_ns);
	}
}

static void add_use(struct region_maker *maker)
{
	struct region_rows *out = maker->out;
	struct region_use *uses = mem_calloc(out->rows.count + 1,
					     sizeof(*uses));

	region_use_add(uses, &out->row_of, maker->profile, maker->filter);
	for (size_t i = 0; i < out->rows.count; i++)
		out->rows.items[i].use = uses[i];
	free(uses);
}

/* --- the order of the tree --- */

struct sorted_row {
	uint32_t row;
	uint32_t parent;
	uint64_t total_ns;
};

/* By what they lie in; the shortest first, as they go on a stack. */
static int compare_rows(const void *a, const void *b)
{
	const struct sorted_row *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->total_ns != y->total_ns)
		return x->total_ns < y->total_ns ? -1 : 1;
	return x->row > y->row ? -1 : x->row < y->row;
}

/* Rows by what they lie in; `first` has where those of a row begin. */
static struct sorted_row *sort_rows(const struct region_rows *rows,
				    size_t *first)
{
	const size_t count = rows->rows.count;
	struct sorted_row *sorted = mem_calloc(count + 1, sizeof(*sorted));

	for (size_t i = 0; i < count; i++) {
		const struct region_row *row = &rows->rows.items[i];

		/* Roots lie in number 0, the others behind. */
		sorted[i] = (struct sorted_row){ i, row->parent + 1,
						 row->total_ns };
		first[row->parent + 2]++;
	}
	qsort(sorted, count, sizeof(*sorted), compare_rows);
	for (size_t i = 0; i <= count; i++)
		first[i + 1] += first[i];
	return sorted;
}

/* Depth first: a file may nest them as deeply as it likes. */
static void walk_tree(const struct region_rows *rows, struct u32_vec *order)
{
	size_t *first = mem_calloc(rows->rows.count + 3, sizeof(*first));
	struct sorted_row *sorted = sort_rows(rows, first);
	struct u32_vec stack = VEC_INIT;
	uint32_t at = 0;		/* the row + 1 */

	for (;;) {
		for (size_t i = first[at]; i < first[at + 1]; i++)
			u32_vec_push(&stack, sorted[i].row);
		if (!stack.count)
			break;
		at = stack.items[--stack.count];
		u32_vec_push(order, at++);
	}
	u32_vec_release(&stack);
	free(sorted);
	free(first);
}

static void put_in_order(struct region_rows *rows)
{
	struct region_row_vec sorted = VEC_INIT;
	struct u32_vec order = VEC_INIT;
	uint32_t *place = mem_calloc(rows->rows.count + 1, sizeof(*place));

	walk_tree(rows, &order);
	for (size_t i = 0; i < order.count; i++)
		place[order.items[i]] = i;
	for (size_t i = 0; i < order.count; i++) {
		struct region_row row = rows->rows.items[order.items[i]];

		if (row.parent != ID_NONE)
			row.parent = place[row.parent];
		region_row_vec_push(&sorted, row);
	}
	for (size_t i = 0; i < rows->row_of.count; i++)
		rows->row_of.items[i] = place[rows->row_of.items[i]];
	region_row_vec_release(&rows->rows);
	rows->rows = sorted;
	u32_vec_release(&order);
	free(place);
}

/* Those that fit, with all that is in them; those around stay for the tree. */
static void choose_shown(struct region_rows *rows,
			 const struct filter_spec *spec)
{
	for (size_t i = 0; i < rows->rows.count; i++) {
		struct region_row *row = &rows->rows.items[i];

		row->shown = patterns_match(&spec->regions, row->name) ||
			     (row->parent != ID_NONE &&
			      rows->rows.items[row->parent].shown);
	}
}

static void add_losses(struct region_rows *rows, const struct profile *profile)
{
	struct region_losses *sum = &rows->losses;

	for (size_t i = 0; i < profile->region_losses.count; i++) {
		const struct region_losses *more =
			&profile->region_losses.items[i];

		sum->events += more->events;
		sum->calls_dropped += more->calls_dropped;
		sum->unbalanced += more->unbalanced;
		sum->left += more->left;
		sum->too_deep += more->too_deep;
		sum->nested += more->nested;
		sum->threads += more->threads;
		sum->names += more->names;
		sum->nonsense += more->nonsense;
	}
}

void region_rows_init(struct region_rows *rows, const struct profile *profile,
		      const struct filter *filter,
		      const struct filter_spec *spec,
		      const struct overview *overview)
{
	struct region_maker maker = {
		.out = rows,
		.profile = profile,
		.filter = filter,
		.partly = filter->threads.count || filter->from_ns ||
			  filter->to_ns != UINT64_MAX,
	};

	*rows = (struct region_rows){ .run_ns = overview->wall_ns };
	make_rows(&maker);
	maker.calls_seen = mem_calloc(rows->rows.count + 1,
				      sizeof(*maker.calls_seen));
	maker.seen = mem_calloc(profile->regions.count + 1,
				sizeof(*maker.seen));
	maker.sums = mem_calloc(rows->rows.count + 1, sizeof(*maker.sums));
	add_calls(&maker);
	add_sums(&maker);
	add_percentiles(&maker);
	add_samples(&maker);
	add_up(rows);
	add_sampled(rows);
	add_self(rows);
	region_errors_add(rows, profile, filter);
	add_use(&maker);
	put_in_order(rows);
	region_counters_init(&rows->counters, &rows->row_of, rows->rows.count,
			     profile, filter);
	choose_shown(rows, spec);
	add_losses(rows, profile);
	rows->unread = &profile->unread_modules;
	free(maker.seen);
	free(maker.calls_seen);
	free(maker.lengths);
	free(maker.first);
	free(maker.sums);
}

void region_rows_release(struct region_rows *rows)
{
	region_row_vec_release(&rows->rows);
	u32_vec_release(&rows->row_of);
	region_counters_release(&rows->counters);
}
