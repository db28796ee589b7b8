/* SPDX-License-Identifier: MIT */
#include "render/chart_region_heat.h"

#include "base/clock.h"
#include "base/mem.h"
#include "profile/region_spans.h"
#include "render/chart_series.h"

#include <stdlib.h>

struct maker {
	struct chart_region_heat *out;
	const struct chart_regions *regions;
	const struct chart_slots *slots;
	struct chart_series_vec series;
	uint8_t scope;			/* of all of them */
	uint32_t *series_of;		/* by owner: index + 1; 0: none */
	struct region_stretch_vec stretches;
};

static uint32_t owner_of(const struct maker *maker, uint32_t thread)
{
	const struct profile *profile = maker->slots->view->profile;
	const uint32_t process =
		profile->threads.items[thread].begin.process;

	switch (maker->scope) {
	case METRIC_OF_THREAD:
		return thread;
	case METRIC_OF_PROCESS:
		return process;
	default:
		return profile->processes.items[process].begin.run;
	}
}

static void note_call(void *context, const struct profile_call *call,
		      uint64_t slack_ns)
{
	struct maker *maker = context;
	const struct view *view = maker->slots->view;
	struct region_call part;

	if (view->profile->regions.items[call->call.region].region.kind !=
	    REGION_EVENT &&
	    filter_call(view->filter, view->profile, call, &part))
		region_stretch_vec_push(&maker->stretches,
					(struct region_stretch){
			.row = maker->regions->rows.row_of.items[
				call->call.region],
			.owner = owner_of(maker, call->thread),
			.start_ns = part.start_ns, .end_ns = part.end_ns });
}

static void add_piece(struct maker *maker, uint32_t row, size_t slot,
		      const struct chart_series *series, double from,
		      double to)
{
	double *cell = &maker->out->cells[row * maker->slots->count + slot];
	double *sum = &maker->out->sums[row];
	double value;

	from = MAX(from, chart_series_start(series));
	to = MIN(to, chart_series_end(series));
	if (from > to)
		return;
	value = chart_series_between(series, from, to);
	if (maker->out->level) {
		*cell = MAX(*cell, value);
		*sum = MAX(*sum, value);
	} else {
		*cell += value * (to - from) / chart_slot_ns(maker->slots);
		*sum += value * (to - from) / NS_PER_S;
	}
}

static void add_stretch(struct maker *maker,
			const struct region_stretch *stretch)
{
	const struct chart_slots *slots = maker->slots;
	const uint32_t found = maker->series_of[stretch->owner];
	const double slot_ns = chart_slot_ns(slots);
	const struct chart_series *series;
	double from, to;

	if (!found)
		return;
	series = &maker->series.items[found - 1];
	from = (double)stretch->start_ns - series->begin_ns;
	to = (double)stretch->end_ns - series->begin_ns;
	if (to < slots->from_ns || from >= slots->to_ns)
		return;
	from = MAX(from, (double)slots->from_ns);
	for (size_t i = (from - slots->from_ns) / slot_ns; i < slots->count;
	     i++) {
		const double start = slots->from_ns + i * slot_ns;

		if (start > to)
			break;
		add_piece(maker, stretch->row, i, series, MAX(from, start),
			  MIN(to, start + slot_ns));
	}
}

static void find_owners(struct maker *maker)
{
	const struct profile *profile = maker->slots->view->profile;

	maker->scope = maker->series.items[0].metric->metric.scope;
	maker->series_of = mem_calloc(profile->runs.count +
				      profile->processes.count +
				      profile->threads.count + 1,
				      sizeof(*maker->series_of));
	for (size_t i = 0; i < maker->series.count; i++)
		maker->series_of[maker->series.items[i].metric->
				 metric.owner] = i + 1;
}

int chart_region_heat_init(struct chart_region_heat *heat,
			   const struct chart_regions *regions,
			   const struct chart_slots *slots, const char *metric,
			   struct error *err)
{
	const struct profile *profile = slots->view->profile;
	struct maker maker = {
		.out = heat, .regions = regions, .slots = slots,
	};

	*heat = (struct chart_region_heat){ .level = false };
	if (chart_series_get(&maker.series, slots->view, metric, err))
		return -1;
	heat->cells = mem_calloc(regions->count * slots->count + 1,
				 sizeof(*heat->cells));
	heat->sums = mem_calloc(regions->count + 1, sizeof(*heat->sums));
	heat->unit = chart_series_unit(&maker.series.items[0]);
	heat->level = maker.series.items[0].metric->metric.kind ==
		      METRIC_GAUGE;
	find_owners(&maker);
	region_calls_visit(profile, note_call, &maker);
	region_stretches_merge(&maker.stretches);
	for (size_t i = 0; i < maker.stretches.count; i++)
		add_stretch(&maker, &maker.stretches.items[i]);
	region_stretch_vec_release(&maker.stretches);
	chart_series_vec_release(&maker.series);
	free(maker.series_of);
	return 0;
}

void chart_region_heat_release(struct chart_region_heat *heat)
{
	free(heat->cells);
	free(heat->sums);
}
