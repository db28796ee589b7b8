/* SPDX-License-Identifier: MIT */
/* One look at one thread: asleep, running, or only runnable. */
#include "record/sampler.h"

#include "base/clock.h"
#include "base/hash.h"
#include "record/transfers.h"
#include "trace/time_out.h"
#include "trace/wait_reason.h"

#include <sys/syscall.h>

enum {
	SLEEPER_LOOKS_PER_S = 25000,	/* about 4 % of a CPU */
	MANY_SLEEPERS = 60,		/* from here on always fewer */
	TOGETHER = 8,			/* parts of the longest pause */
	BACKOFF_MAX = 1024,		/* ticks, however many sleep */
	RESTLESS_MAX = 8,
	NEW_SLEEP_NS = 5 * 1000 * 1000,
	/* User code stops 5 to 80 us after it was asked. */
	SOON_NS = 100 * 1000,
	NEAR_STOP_NS = 20 * 1000,	/* a switch to it and back */
};

static void add_sample(struct sampler *sampler, struct thread_record *thread,
		       uint64_t until_ns, enum thread_state state,
		       uint32_t stack, uint8_t flags)
{
	thread_log_add(&thread->log, until_ns, state, stack, flags);
	sampler->counts.on_cpu_samples += state == STATE_RUNNING;
}

static void ask_for_stop(struct sampler *sampler, struct thread_record *thread,
			 const struct task_account *account, bool is_sleep)
{
	thread->asked_ns = sampler->tick_ns;
	thread->asked_busy_ns = sampler->busy_ns;
	thread->asked = *account;
	thread->stop_is_sleep = is_sleep;
	tracer_interrupt(sampler->tracer, thread->tracee);
}

/*
 * Ticks between two looks at a sleeper.  Looks that become rarer while it
 * sleeps would find it late, and always in the later part of what it does
 * when it wakes up; so they do only when there are too many sleepers to
 * look at each at every tick.
 */
static uint64_t longest_pause(const struct sampler *sampler)
{
	const uint64_t count = tracer_count(sampler->tracer);

	return count * NS_PER_S / sampler->period_ns / SLEEPER_LOOKS_PER_S *
	       MAX(count, (uint64_t)MANY_SLEEPERS) / MANY_SLEEPERS;
}

/* Where pauses are long, many threads are looked at in one go. */
static uint64_t next_look(struct sampler *sampler,
			  const struct thread_record *thread)
{
	const uint64_t most = longest_pause(sampler);
	const uint64_t together = MAX(most / TOGETHER, UINT64_C(1));
	const uint64_t pause = MIN(thread->backoff, most);
	uint64_t due = sampler->tick + 1;

	if (pause > 1)
		due = sampler->tick + pause / 2 +
		      sampler_random(sampler) % (pause + 1);
	if (pause < together)
		return due;
	return (due + together - 1) / together * together;
}

static void sleeps_on(struct sampler *sampler, struct thread_record *thread)
{
	thread_log_add(&thread->log, sampler->tick_ns, thread->sleep.state,
		       thread->sleep.stack, SAMPLE_UNSTOPPED);
	thread->asleep = true;
	thread->due_tick = next_look(sampler, thread);
	thread->backoff = MIN(thread->backoff * 2, BACKOFF_MAX);
}

static uint64_t hash_stack(const struct snapshot *snap, size_t bytes)
{
	return hash_bytes(snap->stack, MIN(bytes, snap->stack_bytes));
}

/* Remember the sleep, so that the same one is known without unwinding. */
static void remember_sleep(struct thread_record *thread,
			   const struct snapshot *snap,
			   const struct unwind_result *unwound, uint32_t stack)
{
	struct sleep_record *sleep = &thread->sleep;

	sleep->known = true;
	sleep->sp = snap->regs[SNAP_RSP];
	sleep->pc = snap->regs[SNAP_RIP];
	sleep->used_bytes = unwound->deepest > sleep->sp ?
			    unwound->deepest - sleep->sp : 0;
	sleep->stack_hash = hash_stack(snap, sleep->used_bytes);
	sleep->stack = stack;
}

static bool same_sleep(const struct sleep_record *sleep,
		       const struct snapshot *snap)
{
	return sleep->known && sleep->sp == snap->regs[SNAP_RSP] &&
	       sleep->pc == snap->regs[SNAP_RIP] &&
	       sleep->used_bytes <= snap->stack_bytes &&
	       sleep->stack_hash == hash_stack(snap, sleep->used_bytes);
}

/* It ran while we read: what was copied is no one stack. */
static bool ran_meanwhile(const struct thread_record *thread,
			  const struct task_account *before)
{
	struct task_account after;

	return !task_account_read(&thread->tracee->files, &after) ||
	       after.slices != before->slices;
}

static enum thread_state call_state(const struct thread_record *thread,
				    const struct task_call *call)
{
	/* A restarted call does not tell which one it was. */
	if (call->number == SYS_restart_syscall && thread->sleep.known)
		return thread->sleep.state;
	return wait_reason(thread->process->pid, call);
}

/*
 * A stop makes some calls wait for all of their time once more: no matter for
 * a sleep that is new.  Of one that had begun before the recording of the
 * thread, nobody knows when.
 */
static bool may_wake(const struct sampler *sampler,
		     const struct thread_record *thread,
		     const struct task_account *account,
		     const struct task_call *call)
{
	const bool is_new = account->slices != thread->log.first.slices &&
		sampler->tick_ns - thread->sleep.since_ns <= NEW_SLEEP_NS;

	return is_new || !time_out_begins_anew(thread->process->pid, call);
}

static void look_at_new_sleep(struct sampler *sampler,
			      struct thread_record *thread,
			      const struct task_account *account,
			      const struct task_call *call)
{
	struct sleep_record *sleep = &thread->sleep;
	struct capture *capture = &sampler->scratch;
	const enum thread_state state = call_state(thread, call);
	uint32_t stack;
	bool whole;

	if (capture_sleeping(capture, thread->tracee->tid, call,
			     &thread->tracee->reach) != CAPTURE_FULL ||
	    ran_meanwhile(thread, account)) {
		/* Next time, or with force when it never keeps still. */
		sleep->state = state;
		if (++thread->restless <= RESTLESS_MAX)
			return;
		if (sleep->known && sleep->sp == call->sp &&
		    sleep->pc == call->pc && transfer_may_be_cut(call))
			sleeps_on(sampler, thread);
		else
			ask_for_stop(sampler, thread, account, true);
		return;
	}
	thread->restless = 0;
	sleep->slices = account->slices;
	sleep->state = state;
	if (!same_sleep(sleep, &capture->snap)) {
		sleep->known = false;
		whole = sampler_stack(sampler, thread, &capture->snap, &stack);
		if (!whole && may_wake(sampler, thread, account, call)) {
			ask_for_stop(sampler, thread, account, true);
			return;
		}
		if (!whole)
			stack = sampler_stack_so_far(sampler, thread,
						     &capture->snap);
		remember_sleep(thread, &capture->snap, &sampler->unwound,
			       stack);
		/* More of it may be known next time. */
		sleep->known = whole &&
			       sampler->unwound.end != UNWIND_UNMAPPED;
	}
	thread->backoff = 1;
	sleeps_on(sampler, thread);
}

/*
 * A thread that was not looked at for long has woken up.  The part of the
 * interval that it slept is known from its accounts.  Going to sleep costs
 * half a period on average (it is seen at the next tick); waking up gets
 * it back here.
 */
static void split_long_interval(struct sampler *sampler,
				struct thread_record *thread,
				uint64_t until_ns,
				const struct task_account *account)
{
	const struct thread_log *log = &thread->log;
	const uint64_t awake_ns = account->run_ns - log->now.run_ns +
				  account->wait_ns - log->now.wait_ns +
				  sampler->period_ns / 2;

	if (thread->asleep && until_ns > log->covered_ns &&
	    until_ns - log->covered_ns > sampler->period_ns * 3 / 2)
		thread_log_woke(&thread->log, until_ns, awake_ns);
}

static bool thinned_out(struct sampler *sampler);

void sampler_look(struct sampler *sampler, struct thread_record *thread)
{
	struct task_account account;
	struct task_call call;

	if (thread->tracee->interrupted)
		return;
	/* Most of those that thousands are made of end before. */
	task_files_keep(&thread->tracee->files);
	if (!task_account_read(&thread->tracee->files, &account))
		return;
	/*
	 * At the tick it stood still for us to deliver a signal, or has not
	 * got the CPU back since: that is no time of its own, and it would
	 * always be found where we let it go, at the entry of its handler.
	 */
	if (sampler->due_ns <= thread->tracee->resumed_ns ||
	    account.slices == thread->tracee->resumed_slices)
		return;
	if (thread->tracee->stopped_by_job) {
		thread_log_account(&thread->log, &account);
		thread_log_add(&thread->log, sampler->tick_ns, STATE_STOPPED,
			       thread->sleep.known ? thread->sleep.stack :
			       stack_table_special(&sampler->stacks,
						   SPECIAL_NO_STACK), 0);
		return;
	}
	if (thread->asleep && account.slices == thread->sleep.slices) {
		sleeps_on(sampler, thread);
		return;
	}
	switch (task_call_read(&thread->tracee->files, &call)) {
	case TASK_GONE:
		return;
	case TASK_ACTIVE:
		sampler->active_seen++;
		if (thinned_out(sampler) || transfers_spared(sampler, thread))
			return;
		if (thread->tracee->repeat.step)
			transfers_look(sampler, thread, &account);
		else
			ask_for_stop(sampler, thread, &account, false);
		return;
	case TASK_BLOCKED:
		transfers_settle(sampler, thread, &account);
		thread->sleep.since_ns = thread->log.covered_ns;
		split_long_interval(sampler, thread, sampler->tick_ns,
				    &account);
		thread_log_account(&thread->log, &account);
		look_at_new_sleep(sampler, thread, &account, &call);
		return;
	}
}

/* xorshift64* (Vigna): the jitter and the choice of threads. */
uint64_t sampler_random(struct sampler *sampler)
{
	uint64_t x = sampler->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	sampler->random = x;
	return x * UINT64_C(2685821657736338717);
}

/*
 * More threads want to run than there are CPUs: stop each with a lower
 * probability, which depends on nothing that the thread does.
 */
static bool thinned_out(struct sampler *sampler)
{
	const uint64_t most = 256 * sampler->cpus;

	if (sampler->active <= most)
		return false;
	return sampler_random(sampler) % sampler->active >= most;
}

/* Asleep outside of a call (in a page fault), or woken out of one by us. */
static bool is_asleep(const struct thread_record *thread,
		      const struct capture *capture)
{
	if (capture->was_asleep)
		return true;
	return thread->stop_is_sleep && thread->sleep.state == STATE_DISK &&
	       !capture->in_call;
}

static enum thread_state sleep_state(const struct thread_record *thread,
				     const struct capture *capture)
{
	if (!capture->was_asleep)
		return thread->sleep.state;
	return call_state(thread, &capture->call);
}

/*
 * Asleep when the stop came.  Its registers are known for once: learn from
 * them how to read the same sleep without a stop.
 */
static void stopped_asleep(struct sampler *sampler,
			   struct thread_record *thread,
			   const struct stop *stop, uint32_t stack)
{
	sampler->counts.late_stops += !thread->stop_is_sleep;
	thread->mark.valid = false;
	thread->sleep.stack = stack;
	thread->sleep.state = sleep_state(thread, &stop->capture);
	if (stop->result == CAPTURE_FULL) {
		rbp_memory_learn(sampler->rbp, sampler->unwinder,
				 thread->process->space,
				 &stop->capture.snap);
		remember_sleep(thread, &stop->capture.snap,
			       &sampler->unwound, stack);
	}
	/* The stop made it run: its next sleep is compared by its stack. */
	thread->sleep.slices = UINT64_MAX;
	thread->asleep = true;
	thread->backoff = 1;
	add_sample(sampler, thread, thread->asked_ns, thread->sleep.state,
		   stack, 0);
}

/*
 * Was it in a call, and did it stop before long?  Then it may have begun the
 * call after it was asked to stop: see call_skid.h.
 */
static uint8_t call_flags(const struct stop *stop, uint64_t skid_ns)
{
	if (!stop->capture.in_call)
		return 0;
	return LOOK_IN_CALL | (skid_ns < SOON_NS ? LOOK_SOON : 0);
}

/* Were we on its CPU, so that it ran no code of its own after the tick? */
static bool was_near(const struct sampler *sampler, const struct stop *stop)
{
	return sampler->placement.near &&
	       sampler->placement.tid == stop->tracee->tid &&
	       stop->seen_ns - stop->asked_ns < NEAR_STOP_NS;
}

static void count_near(struct sampler *sampler, struct thread_record *thread,
		       const struct stop *stop)
{
	sampler->near_stops++;
	sampler->counts.call_samples += stop->capture.in_call;
	budget_mark(&thread->mark, stop);
}

/* Be near a thread that has a CPU to itself, as long as it does. */
static void choose_place(struct sampler *sampler,
			 const struct thread_record *thread,
			 const struct stop *stop, bool runnable)
{
	const struct tracee *tracee = stop->tracee;
	/* We went to its CPU, and it was on another one. */
	const bool missed = sampler->placement.near &&
			    !was_near(sampler, stop);
	const bool suits = !runnable && placement_suits(&thread->mark, stop);

	if (sampler->placement.tid == tracee->tid)
		placement_keep(&sampler->placement, suits && !missed);
	else if (!sampler->placement.tid && suits)
		placement_choose(&sampler->placement, tracee->pid,
				 tracee->tid);
}

static void stopped_awake(struct sampler *sampler,
			  struct thread_record *thread,
			  const struct stop *stop, uint32_t stack)
{
	const bool runnable = sampler_was_runnable(thread, stop);
	const uint64_t late_ns = stop->seen_ns - stop->asked_ns;
	uint64_t until_ns = thread->asked_ns;
	uint8_t flags = 0;

	/* It went on waiting until it got the CPU, to stop. */
	if (runnable && stop->seen_ns > sampler->epoch_ns + until_ns)
		until_ns = (stop->seen_ns - sampler->epoch_ns) / NS_PER_US *
			   NS_PER_US;

	if (late_ns > sampler->period_ns)
		flags |= SAMPLE_LATE;
	if (runnable && !stop->capture.in_call)
		flags |= SAMPLE_PREEMPTED;
	choose_place(sampler, thread, stop, runnable);
	if (runnable) {
		thread->mark.valid = false;
	} else if (was_near(sampler, stop)) {
		count_near(sampler, thread, stop);
		flags |= stop->capture.in_call ? LOOK_IN_CALL : 0;
	} else {
		const uint64_t skid_ns = late_ns -
			MIN(late_ns, sampler_waited_for_stop(thread, stop));

		sampler->counts.skid_ns += skid_ns;
		sampler->counts.call_samples += stop->capture.in_call;
		flags |= call_flags(stop, skid_ns);
		budget_count_stop(&sampler->budget, &thread->mark, stop,
				  sampler_waited_for_stop(thread, stop));
	}
	split_long_interval(sampler, thread, thread->asked_ns,
			    &stop->account);
	thread->asleep = false;
	thread->backoff = 1;
	add_sample(sampler, thread, until_ns,
		   runnable ? STATE_RUNNABLE : STATE_RUNNING, stack, flags);
}

/*
 * Not ours: SIGSTOP and its like.  No samples come of it, but those of the
 * time that it stays stopped have this stack.
 */
static void stopped_by_job(struct sampler *sampler,
			   struct thread_record *thread,
			   const struct stop *stop, uint32_t stack)
{
	struct sleep_record *sleep = &thread->sleep;

	sleep->state = stop->capture.was_asleep ?
		sleep_state(thread, &stop->capture) : STATE_STOPPED;
	sleep->known = false;
	if (stop->result == CAPTURE_FULL)
		remember_sleep(thread, &stop->capture.snap,
			       &sampler->unwound, stack);
	/* When it goes on, it runs. */
	sleep->slices = UINT64_MAX;
	thread->mark.valid = false;
	thread->asleep = false;
}

static void count_held(struct sampler *sampler, uint64_t held_ns)
{
	lateness_add(&sampler->held, held_ns);
	sampler->held_max_ns = MAX(sampler->held_max_ns, held_ns);
}

/* What was copied of its stack; unwound, where it can be. */
static uint32_t stack_of_stop(struct sampler *sampler,
			      struct thread_record *thread,
			      const struct stop *stop)
{
	uint32_t stack;

	if (stop->result == CAPTURE_FULL) {
		sampler_stack(sampler, thread, &stop->capture.snap, &stack);
		return stack;
	}
	sampler->counts.losses.stacks_unreadable++;
	sampler->unwound.deepest = 0;
	return stack_table_special(&sampler->stacks, SPECIAL_NO_STACK);
}

static void count_stop(struct sampler *sampler, struct thread_record *thread,
		       const struct stop *stop)
{
	if (stop->by_job)
		return;
	thread->stops++;
	count_held(sampler, stop->resumed_ns - stop->seen_ns);
	sampler->counts.losses.samples_lost += stop->result == CAPTURE_GONE;
	transfers_count(sampler, stop);
}

void sampler_stopped(void *context, const struct stop *stop)
{
	struct sampler *sampler = context;
	struct thread_record *thread = stop->tracee->owner;
	uint32_t stack;

	if (!thread)
		return;
	count_stop(sampler, thread, stop);
	if (stop->result == CAPTURE_GONE)
		return;
	if (stop->result == CAPTURE_FOREIGN && !thread->foreign) {
		thread->foreign = true;
		sampler->counts.losses.threads_missed++;
	}
	if (stop->account_known)
		transfers_settle(sampler, thread, &stop->account);
	stack = stack_of_stop(sampler, thread, stop);
	thread->last_stack = stack;
	if (stop->by_job)
		stopped_by_job(sampler, thread, stop, stack);
	else if (is_asleep(thread, &stop->capture))
		stopped_asleep(sampler, thread, stop, stack);
	else
		stopped_awake(sampler, thread, stop, stack);
	if (stop->account_known)
		thread_log_account(&thread->log, &stop->account);
}
