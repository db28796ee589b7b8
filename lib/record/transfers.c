/* SPDX-License-Identifier: MIT */
#include "record/transfers.h"

#include <string.h>

enum {
	LAST_STOPS = 16,	/* that what a thread loses is averaged over */
	ON_THE_WAY_NS = 20 * 1000,
	/* The account of a thread that runs is behind by up to a tick. */
	SETTLE_NS = 50 * 1000 * 1000,
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

void transfers_settle(struct sampler *sampler, struct thread_record *thread,
		      const struct task_account *account)
{
	struct thread_log *log = &thread->log;
	const uint64_t run_ns = account->run_ns - log->now.run_ns;
	const uint64_t all_ns = run_ns + account->wait_ns - log->now.wait_ns;

	for (; thread->free_looks; thread->free_looks--) {
		const uint64_t left_ns = thread->free_until_ns -
			MIN(thread->free_until_ns, log->covered_ns);
		const bool ran = !all_ns ||
				 sampler_random(sampler) % all_ns < run_ns;

		/* No stops: but what is counted of looks is counted of all. */
		sampler->counts.on_cpu_samples += ran;
		sampler->counts.call_samples += ran;
		thread_log_add(log, log->covered_ns +
			       left_ns / thread->free_looks,
			       ran ? STATE_RUNNING : STATE_RUNNABLE,
			       thread->last_stack, SAMPLE_UNSTOPPED |
			       (ran ? LOOK_IN_CALL : 0));
	}
}

void transfers_look(struct sampler *sampler, struct thread_record *thread,
		    const struct task_account *account)
{
	const struct task_account *last = &thread->log.now;

	thread->free_looks++;
	thread->free_until_ns = sampler->tick_ns;
	if (account->run_ns + account->wait_ns >=
	    last->run_ns + last->wait_ns + SETTLE_NS) {
		transfers_settle(sampler, thread, account);
		thread_log_account(&thread->log, account);
	}
}

void transfers_repeated(void *context, const struct tracee *tracee,
			const struct task_account *account, uint64_t lost_ns)
{
	struct sampler *sampler = context;
	struct thread_record *thread = tracee->owner;

	if (lost_ns)
		budget_count_repeat(&sampler->budget, lost_ns);
	if (!thread)
		return;
	thread->lost_ns += lost_ns / LAST_STOPS;
	transfers_settle(sampler, thread, account);
	thread_log_account(&thread->log, account);
}

bool transfers_spared(struct sampler *sampler,
		      const struct thread_record *thread)
{
	const double most_ns = LOST_MOST * sampler->period_ns;

	if (sampler->budget.allowed <= 0 || thread->lost_ns <= most_ns)
		return false;
	return sampler_random(sampler) % thread->lost_ns >= most_ns;
}
