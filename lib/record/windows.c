/* SPDX-License-Identifier: MIT */
/* The end of a window: what all threads did goes into the file. */
#include "record/sampler.h"

#include "proc/process.h"

enum {
	TICK_NS = 10 * 1000 * 1000,	/* of user and system time */
	LONG_RUN_NS = 50 * 1000 * 1000	/* in a window */
};

/*
 * None of its threads has had a CPU since the window before.  (One that has it
 * right now may not be in the clock: it is seen at its next look, as one that
 * woke up a tick later.)
 */
static void look_at_clocks(struct sampler *sampler)
{
	for (struct process_record *p = sampler->processes; p; p = p->next) {
		const uint64_t cpu_ns = process_cpu_ns(p->pid);

		p->slept = cpu_ns && cpu_ns == p->window_cpu_ns;
		p->window_cpu_ns = cpu_ns;
	}
}

/* It sleeps the same sleep as when it was looked at last. */
static bool slept_on(const struct thread_record *thread)
{
	const struct tracee *tracee = thread->tracee;

	return thread->asleep && thread->process->slept &&
	       thread->sleep.slices != UINT64_MAX && !tracee->interrupted &&
	       !tracee->stopped_by_job;
}

void sampler_window_ends(struct sampler *sampler)
{
	look_at_clocks(sampler);
	for (size_t i = 0; i < tracer_count(sampler->tracer); i++) {
		struct thread_record *thread =
			tracer_get(sampler->tracer, i)->owner;

		if (!thread)
			continue;
		if (slept_on(thread))
			thread_log_add(&thread->log, sampler->tick_ns,
				       thread->sleep.state,
				       thread->sleep.stack, SAMPLE_UNSTOPPED);
		else
			thread->due_tick = 0;
	}
}

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
