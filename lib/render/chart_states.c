/* SPDX-License-Identifier: MIT */
#include "render/chart_states.h"

#include "base/mem.h"

static int compare_sums(const void *a, const void *b)
{
	const struct thread_sum *x = a, *y = b;

	if (x->cpu_ns != y->cpu_ns)
		return x->cpu_ns < y->cpu_ns ? 1 : -1;
	if (x->wall_ns != y->wall_ns)
		return x->wall_ns < y->wall_ns ? 1 : -1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

void chart_threads_sum(struct thread_sum_vec *sums, const struct view *view)
{
	const struct profile *profile = view->profile;
	struct thread_sum *all = mem_calloc(profile->threads.count + 1,
					    sizeof(*all));

	*sums = (struct thread_sum_vec)VEC_INIT;
	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];
		struct thread_sum *sum = &all[sample->thread];
		uint64_t wall_ns, cpu_ns;

		if (!filter_sample(view->filter, profile, sample, &wall_ns,
				   &cpu_ns))
			continue;
		sum->cpu_ns += cpu_ns;
		sum->wall_ns += wall_ns;
		sum->state_ns[sample->state] += wall_ns;
	}
	for (size_t i = 0; i < profile->threads.count; i++) {
		all[i].thread = i;
		if (all[i].wall_ns || all[i].cpu_ns)
			thread_sum_vec_push(sums, all[i]);
	}
	free(all);
	if (sums->count)
		qsort(sums->items, sums->count, sizeof(*sums->items),
		      compare_sums);
}

static uint64_t state_sum(const struct thread_sum_vec *sums, int state)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < sums->count; i++)
		sum += sums->items[i].state_ns[state];
	return sum;
}

void chart_states_order(const struct thread_sum_vec *sums,
			uint8_t order[STATE_COUNT])
{
	for (int i = 0; i < STATE_COUNT; i++)
		order[i] = i;
	/* Waits by weight: few enough to sort by hand. */
	for (int i = STATE_RUNNABLE + 2; i < STATE_COUNT; i++) {
		for (int j = i; j > STATE_RUNNABLE + 1; j--) {
			const uint8_t above = order[j - 1];

			if (state_sum(sums, above) >=
			    state_sum(sums, order[j]))
				break;
			order[j - 1] = order[j];
			order[j] = above;
		}
	}
}

void chart_states_legend(struct chart *chart,
			 const struct thread_sum_vec *sums)
{
	uint8_t order[STATE_COUNT];

	chart_states_order(sums, order);
	for (int i = 0; i < STATE_COUNT; i++) {
		const uint8_t state = order[i];

		if (state_sum(sums, state))
			chart_add_legend(chart, state > STATE_RUNNABLE ?
					 LEGEND_THIN : LEGEND_BLOCK,
					 chart->theme->states[state],
					 thread_state_text(state));
	}
}
