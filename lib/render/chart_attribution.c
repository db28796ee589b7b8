/* SPDX-License-Identifier: MIT */
#include "render/chart_attribution.h"

#include "base/mem.h"

static double busy_ns(const struct sample *sample)
{
	if (sample->state != STATE_RUNNING && sample->state != STATE_DISK)
		return sample->cpu_ns;
	return MAX(sample->wall_ns, sample->cpu_ns);
}

static bool is_owner(const struct profile *profile, uint32_t thread,
		     const struct metric *metric)
{
	const uint32_t process = profile->threads.items[thread].begin.process;

	switch (metric->scope) {
	case METRIC_OF_THREAD:
		return thread == metric->owner;
	case METRIC_OF_PROCESS:
		return process == metric->owner;
	default:
		return profile->processes.items[process].begin.run ==
		       metric->owner;
	}
}

static void find_owners(struct chart_attribution *to)
{
	const struct profile *profile = to->slots.view->profile;

	to->of_thread = mem_calloc(profile->threads.count + 1,
				   sizeof(*to->of_thread));
	for (size_t s = 0; s < to->series.count; s++) {
		const struct metric *metric =
			&to->series.items[s].metric->metric;

		if (metric->scope == METRIC_OF_THREAD) {
			to->of_thread[metric->owner] = s + 1;
			continue;
		}
		for (size_t t = 0; t < profile->threads.count; t++) {
			if (is_owner(profile, t, metric))
				to->of_thread[t] = s + 1;
		}
	}
}

static void add_time(void *context, const struct sample *sample, size_t slot,
		     double share)
{
	struct chart_attribution *to = context;
	const uint32_t series = to->of_thread[sample->thread];

	if (series)
		to->per_ns[(series - 1) * to->slots.count + slot] +=
			busy_ns(sample) * share;
}

static double growth(const struct chart_attribution *to, size_t series,
		     size_t slot)
{
	const struct chart_series *s = &to->series.items[series];
	const double slot_ns = chart_slot_ns(&to->slots);
	const double from = to->slots.from_ns + slot * slot_ns;
	const double grown = chart_series_at(s, from + slot_ns) -
			     chart_series_at(s, from);

	return chart_series_scale(s) * MAX(grown, 0.0);
}

static void divide(struct chart_attribution *to)
{
	for (size_t s = 0; s < to->series.count; s++) {
		for (size_t i = 0; i < to->slots.count; i++) {
			double *time = &to->per_ns[s * to->slots.count + i];
			const double grown = growth(to, s, i);

			to->all += grown;
			if (*time > 0)
				*time = grown / *time;
			else
				to->lost += grown;
		}
	}
}

int chart_attribution_init(struct chart_attribution *attribution,
			   const struct chart_slots *slots,
			   const struct shapes *shapes, const char *name,
			   struct error *err)
{
	*attribution = (struct chart_attribution){
		.slots = *slots, .shapes = shapes };
	if (chart_series_get(&attribution->series, slots->view, name,
			     err))
		return -1;
	find_owners(attribution);
	attribution->per_ns = mem_calloc(attribution->series.count *
					 slots->count, sizeof(double));
	chart_slots_spread_all(slots, shapes, add_time, attribution);
	divide(attribution);
	return 0;
}

void chart_attribution_release(struct chart_attribution *attribution)
{
	chart_series_vec_release(&attribution->series);
	free(attribution->of_thread);
	free(attribution->per_ns);
}

double chart_attribution_of(const struct chart_attribution *attribution,
			    const struct sample *sample, size_t slot,
			    double share)
{
	const uint32_t series = attribution->of_thread[sample->thread];

	if (!series)
		return 0;
	return attribution->per_ns[(series - 1) * attribution->slots.count +
				   slot] * busy_ns(sample) * share;
}
