/* SPDX-License-Identifier: MIT */
/* The end of a window: what all threads did goes into the file. */
#include "record/sampler.h"

enum {
	TICK_NS = 10 * 1000 * 1000,	/* of user and system time */
	LONG_RUN_NS = 50 * 1000 * 1000	/* in a window */
};

/*
 * User and system time, see call_skid.h.  Most of the threads that thousands
 * are made of never need it.
 */
static bool account_matters(const struct thread_log *log)
{
	return call_skid_in(&log->intervals) ||
	       log->now.run_ns - log->start.run_ns >= LONG_RUN_NS;
}

void sampler_flush_thread(struct sampler *sampler,
			  struct thread_record *thread)
{
	struct thread_log *log = &thread->log;
	uint64_t user_ns, system_ns;
	bool fresh;

	if (account_matters(log) &&
	    task_times_read(thread->tracee->pid, thread->tracee->tid,
			    &user_ns, &system_ns)) {
		/* What it did before the recording is not in the looks. */
		fresh = !thread->skid.last_user_ns &&
			!thread->skid.last_system_ns &&
			log->first.run_ns > TICK_NS;
		call_skid_account(&thread->skid, user_ns, system_ns, fresh);
	}
	sampler->counts.moved += call_skid_move(
		&thread->skid, &sampler->stacks, &log->intervals);
	sampler->counts.samples += thread_log_flush(
		log, sampler->sink,
		stack_table_special(&sampler->stacks,
				    SPECIAL_BETWEEN_SAMPLES));
}

void sampler_flush_windows(struct sampler *sampler)
{
	for (size_t i = 0; i < tracer_count(sampler->tracer); i++) {
		struct thread_record *thread =
			tracer_get(sampler->tracer, i)->owner;

		if (thread)
			sampler_flush_thread(sampler, thread);
	}
	sampler->sink->ops->flush(sampler->sink);
}

/* All sleepers are looked at, so that the window has the whole of them. */
void sampler_window_ends(struct sampler *sampler)
{
	for (size_t i = 0; i < tracer_count(sampler->tracer); i++) {
		struct thread_record *thread =
			tracer_get(sampler->tracer, i)->owner;

		if (thread)
			thread->due_tick = 0;
	}
}
