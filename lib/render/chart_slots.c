/* SPDX-License-Identifier: MIT */
#include "render/chart_slots.h"

struct chart_slots chart_slots_of(const struct view *view, size_t count)
{
	struct chart_slots slots = {
		.view = view,
		.from_ns = view->filter->from_ns,
		.count = count,
	};

	for (size_t i = 0; i < view->profile->runs.count; i++) {
		const struct profile_run *run = &view->profile->runs.items[i];
		const uint64_t end = run->ended ? MAX(run->end.end_ns,
						      run->last_ns) :
				     run->last_ns;

		if (end > run->begin.start_ns)
			slots.to_ns = MAX(slots.to_ns,
					  end - run->begin.start_ns);
	}
	slots.to_ns = MIN(slots.to_ns, view->filter->to_ns);
	if (slots.to_ns <= slots.from_ns)
		slots.to_ns = slots.from_ns + 1;
	return slots;
}

const char *chart_slots_title(const struct chart_slots *slots)
{
	return slots->from_ns ? "time since the start of what is shown" :
	       "time since the start";
}

double chart_slot_ns(const struct chart_slots *slots)
{
	return (double)(slots->to_ns - slots->from_ns) / slots->count;
}

void chart_slots_spread(const struct chart_slots *slots,
			const struct sample *sample, slot_fn *add,
			void *context)
{
	const uint64_t begin = profile_sample_run(slots->view->profile,
						  sample)->begin.start_ns;
	const double slot_ns = chart_slot_ns(slots);
	uint64_t end = MAX(sample->time_ns, begin) - begin;
	/* Whatever its interval, a thread uses one core at a time. */
	uint64_t start = end - MIN(end, MAX(sample->length_ns,
					    sample->cpu_ns));
	double from, to;

	if (end < slots->from_ns || start > slots->to_ns)
		return;
	end = MIN(end, slots->to_ns) - slots->from_ns;
	start = MAX(start, slots->from_ns) - slots->from_ns;
	from = start / slot_ns;
	to = end / slot_ns;
	for (size_t i = MIN((size_t)from, slots->count - 1);
	     i < slots->count; i++) {
		const double part = MIN(to, i + 1.0) - MAX(from, (double)i);

		if (i > from && part <= 0)
			break;
		add(context, sample, i, to > from ? MAX(part, 0.0) /
		    (to - from) : 1);
		if (to <= from)
			break;
	}
}

void chart_slots_spread_all(const struct chart_slots *slots,
			    const struct shapes *shapes, slot_fn *add,
			    void *context)
{
	const struct profile *profile = slots->view->profile;
	uint64_t wall_ns, cpu_ns;

	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];
		struct sample kept = *sample;

		if (!filter_sample(slots->view->filter, profile, sample,
				   &wall_ns, &cpu_ns))
			continue;
		kept.wall_ns = wall_ns;
		kept.cpu_ns = cpu_ns;
		if (shapes)
			kept = shape_of(shapes, sample, wall_ns,
					cpu_ns);
		chart_slots_spread(slots, &kept, add, context);
	}
}
