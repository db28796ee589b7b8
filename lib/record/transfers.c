/* SPDX-License-Identifier: MIT */
#include "record/transfers.h"

#include <string.h>

enum {
	LAST_STOPS = 16,	/* that what a thread loses is averaged over */
	ON_THE_WAY_NS = 20 * 1000,
};

/* Of a thread's time: 40 stops a second are allowed to cost as much. */
#define LOST_MOST 0.05

/*
 * It may stop again on its way out of the call: no other has moved as many
 * bytes in so short a time.
 */
static bool is_new(const struct cut_record *last, const struct cut_record *cut)
{
	return last->result != cut->result ||
	       memcmp(&last->call, &cut->call, sizeof(cut->call)) != 0 ||
	       cut->run_ns - last->run_ns > ON_THE_WAY_NS;
}

void transfers_count(struct sampler *sampler, const struct stop *stop)
{
	const struct capture *capture = &stop->capture;
	struct thread_record *thread = stop->tracee->owner;
	const struct cut_record cut = {
		.call = capture->call,
		.result = capture->result,
		.run_ns = stop->account.run_ns,
	};

	thread->lost_ns -= thread->lost_ns / LAST_STOPS;
	if (!transfer_was_cut(stop->tracee->tid, &capture->call,
			      &capture->transfer))
		return;
	sampler->counts.losses.transfers_cut += is_new(&thread->cut, &cut);
	thread->cut = cut;
}

void transfers_look(struct sampler *sampler, struct thread_record *thread)
{
	/* No stop: but what is counted of looks is counted of all. */
	sampler->counts.on_cpu_samples++;
	sampler->counts.call_samples++;
	thread_log_add(&thread->log, sampler->tick_ns, STATE_RUNNING,
		       thread->last_stack, SAMPLE_UNSTOPPED | LOOK_IN_CALL);
}

void transfers_repeated(void *context, const struct tracee *tracee,
			uint64_t lost_ns)
{
	struct sampler *sampler = context;
	struct thread_record *thread = tracee->owner;

	budget_count_repeat(&sampler->budget, lost_ns);
	if (thread)
		thread->lost_ns += lost_ns / LAST_STOPS;
}

bool transfers_spared(struct sampler *sampler,
		      const struct thread_record *thread)
{
	const double most_ns = LOST_MOST * sampler->period_ns;

	if (sampler->budget.allowed <= 0 || thread->lost_ns <= most_ns)
		return false;
	return sampler_random(sampler) % thread->lost_ns >= most_ns;
}
