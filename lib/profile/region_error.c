/* SPDX-License-Identifier: MIT */
#include "profile/region_error.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

/* A sample with CPU time, seen at a tick. */
struct seen {
	uint64_t tick_ns;
	double cpu_ns;
	uint32_t row;			/* ID_NONE: in no region */
};

VEC_DEFINE(seen_vec, struct seen);

/* Sums over ticks, of a row. */
struct moments {
	double here;			/* CPU time at this tick */
	bool touched;			/* `here` is in the list */
	double sum;
	double squares;			/* of `here` */
	double with_all;		/* `here` times that of all rows */
};

struct ticks {
	const struct region_rows *rows;
	struct moments *moments;	/* by row */
	struct u32_vec touched;		/* rows with CPU time at this tick */
	double sum, squares;		/* of the CPU time of a tick */
};

static int compare_seen(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->tick_ns < y->tick_ns ? -1 : x->tick_ns > y->tick_ns;
}

/* With one thread, they are in order. */
static void sort_seen(struct seen_vec *seen)
{
	for (size_t i = 1; i < seen->count; i++) {
		if (seen->items[i].tick_ns < seen->items[i - 1].tick_ns) {
			qsort(seen->items, seen->count, sizeof(*seen->items),
			      compare_seen);
			return;
		}
	}
}

static void collect_seen(struct seen_vec *seen, const struct region_rows *rows,
			 const struct profile *profile,
			 const struct filter *filter)
{
	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];
		uint64_t wall_ns, cpu_ns;

		if (!sample_has_cpu(sample) ||
		    profile->stack_flags.items[sample->stack] &
		    STACK_BETWEEN_SAMPLES ||
		    !filter_sample(filter, profile, sample, &wall_ns, &cpu_ns))
			continue;
		seen_vec_push(seen, (struct seen){
			.tick_ns = sample->time_ns,
			.cpu_ns = cpu_ns,
			.row = sample->region == ID_NONE ? ID_NONE :
			       rows->row_of.items[sample->region],
		});
	}
	sort_seen(seen);
}

/* It counts for what its row lies in, too. */
static void add_seen(struct ticks *ticks, const struct seen *seen)
{
	uint32_t row = seen->row;

	while (row != ID_NONE) {
		struct moments *moments = &ticks->moments[row];

		moments->here += seen->cpu_ns;
		if (!moments->touched)
			u32_vec_push(&ticks->touched, row);
		moments->touched = true;
		row = ticks->rows->rows.items[row].parent;
	}
}

static void end_tick(struct ticks *ticks, double all)
{
	ticks->sum += all;
	ticks->squares += all * all;
	for (size_t i = 0; i < ticks->touched.count; i++) {
		struct moments *moments =
			&ticks->moments[ticks->touched.items[i]];

		moments->sum += moments->here;
		moments->squares += moments->here * moments->here;
		moments->with_all += moments->here * all;
		moments->here = 0;
		moments->touched = false;
	}
	ticks->touched.count = 0;
}

static void add_ticks(struct ticks *ticks, const struct seen_vec *seen)
{
	double all = 0;

	for (size_t i = 0; i < seen->count; i++) {
		add_seen(ticks, &seen->items[i]);
		all += seen->items[i].cpu_ns;
		if (i + 1 < seen->count &&
		    seen->items[i + 1].tick_ns == seen->items[i].tick_ns)
			continue;
		end_tick(ticks, all);
		all = 0;
	}
}

/* The standard error of a share: of moments->sum / ticks->sum. */
static double error_of(const struct ticks *ticks,
		       const struct moments *moments)
{
	const double share = moments->sum / ticks->sum;
	const double squares = moments->squares -
			       2 * share * moments->with_all +
			       share * share * ticks->squares;

	return sqrt(MAX(squares, 0.0)) / ticks->sum;
}

void region_errors_add(struct region_rows *rows,
		       const struct profile *profile,
		       const struct filter *filter)
{
	struct seen_vec seen = VEC_INIT;
	struct ticks ticks = {
		.rows = rows,
		.moments = mem_calloc(rows->rows.count + 1,
				      sizeof(*ticks.moments)),
	};

	collect_seen(&seen, rows, profile, filter);
	add_ticks(&ticks, &seen);
	for (size_t i = 0; i < rows->rows.count && ticks.sum > 0; i++)
		rows->rows.items[i].cpu_error_ns = rows->cpu_ns *
			error_of(&ticks, &ticks.moments[i]);
	u32_vec_release(&ticks.touched);
	seen_vec_release(&seen);
	free(ticks.moments);
}
