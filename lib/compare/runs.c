/* SPDX-License-Identifier: MIT */
#include "compare/runs.h"

static void collect(struct run_ref_vec *runs, const struct profile *profile,
		    enum run_kind kind)
{
	for (size_t i = 0; i < profile->runs.count; i++) {
		const struct profile_run *run = &profile->runs.items[i];

		if (run->begin.kind == kind)
			run_ref_vec_push(runs, run);
	}
}

size_t runs_of_kind(const struct profile *profile, enum run_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < profile->runs.count; i++)
		count += profile->runs.items[i].begin.kind == kind;
	return count;
}

static int compare_places(const void *a, const void *b)
{
	const struct run_begin *x = &(*(const struct profile_run *const *)a)
					     ->begin;
	const struct run_begin *y = &(*(const struct profile_run *const *)b)
					     ->begin;

	if (x->place.series != y->place.series)
		return x->place.series < y->place.series ? -1 : 1;
	if (x->place.pair != y->place.pair)
		return x->place.pair < y->place.pair ? -1 : 1;
	if (x->start_realtime_ns != y->start_realtime_ns)
		return x->start_realtime_ns < y->start_realtime_ns ? -1 : 1;
	return 0;
}

/* Each run has its partner: the same pair of the same series. */
static bool is_paired(const struct compared_runs *runs)
{
	const struct run_ref_vec *base = &runs->sides[SIDE_BASE];
	const struct run_ref_vec *new = &runs->sides[SIDE_NEW];

	if (!base->count || base->count != new->count)
		return false;
	for (size_t i = 0; i < base->count; i++) {
		const struct run_place *a = &base->items[i]->begin.place;
		const struct run_place *b = &new->items[i]->begin.place;

		if (!a->series || a->series != b->series || a->pair != b->pair)
			return false;
	}
	return true;
}

void compared_runs_init(struct compared_runs *runs,
			const struct profile *base, const struct profile *new,
			enum run_kind kind)
{
	*runs = (struct compared_runs){ .paired = false };
	collect(&runs->sides[SIDE_BASE], base, kind);
	collect(&runs->sides[SIDE_NEW], new, kind);
	for (int side = 0; side < SIDE_COUNT; side++) {
		struct run_ref_vec *list = &runs->sides[side];

		if (list->count)
			qsort(list->items, list->count, sizeof(*list->items),
			      compare_places);
	}
	runs->paired = is_paired(runs);
}

void compared_runs_release(struct compared_runs *runs)
{
	for (int side = 0; side < SIDE_COUNT; side++)
		run_ref_vec_release(&runs->sides[side]);
}

bool compared_runs_any(const struct compared_runs *runs)
{
	return runs->sides[SIDE_BASE].count && runs->sides[SIDE_NEW].count;
}

uint64_t run_wall_ns(const struct profile_run *run)
{
	const uint64_t end_ns = run->ended ? run->end.end_ns : run->last_ns;

	return end_ns - MIN(run->begin.start_ns, end_ns);
}
