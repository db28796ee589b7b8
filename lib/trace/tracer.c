/* SPDX-License-Identifier: MIT */
#include "trace/tracer.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "proc/diagnose.h"
#include "proc/process.h"
#include "trace/tracer_state.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <unistd.h>

int tracer_wake_signal(void)
{
	return SIGUSR1;
}

enum {
	EXEC_PATIENCE = 20,	/* tries, 1 ms apart */
	/* Until a newborn thread has stopped, on a busy machine. */
	NEWBORN_NS = 20 * 1000 * 1000
};

struct tracer *tracer_new(const struct tracer_ops *ops, void *context,
			  bool follow)
{
	struct tracer *tracer = mem_alloc(sizeof(*tracer));
	const size_t bytes = (size_t)STOP_QUEUE * SNAPSHOT_STACK_MAX;

	tracer->ops = ops;
	tracer->context = context;
	tracer->follow = follow;
	tracer->queue = mem_calloc(STOP_QUEUE, sizeof(*tracer->queue));
	/* Large enough to be mapped: pages that nobody uses take no memory. */
	tracer->stacks = mem_alloc(bytes);
	for (size_t i = 0; i < STOP_QUEUE; i++)
		tracer->queue[i].capture.snap.stack =
			tracer->stacks + i * SNAPSHOT_STACK_MAX;
	sigemptyset(&tracer->signals);
	sigaddset(&tracer->signals, SIGCHLD);
	sigaddset(&tracer->signals, tracer_wake_signal());
	tracer->busy_since_ns = clock_monotonic_ns();
	return tracer;
}

void tracer_show_signs(struct tracer *tracer, struct tracer_signs *signs)
{
	tracer_signs_begin(signs);
	tracer->signs = signs;
}

static void tracee_free(struct tracee *tracee)
{
	task_files_close(&tracee->files);
	free(tracee);
}

void tracer_free(struct tracer *tracer)
{
	if (!tracer)
		return;
	for (size_t i = 0; i < tracer->tracees.count; i++)
		tracee_free(tracer->tracees.items[i]);
	tracee_vec_release(&tracer->tracees);
	map64_release(&tracer->by_tid);
	map64_release(&tracer->parents);
	free(tracer->stacks);
	free(tracer->queue);
	tracer_signs_count(tracer->signs, 0);
	free(tracer);
}

size_t tracer_count(const struct tracer *tracer)
{
	return tracer->tracees.count;
}

struct tracee *tracer_get(const struct tracer *tracer, size_t index)
{
	return tracer->tracees.items[index];
}

const struct tracer_stats *tracer_stats(const struct tracer *tracer)
{
	return &tracer->stats;
}

uint64_t tracer_busy_since(const struct tracer *tracer)
{
	return tracer->busy_since_ns;
}

struct tracee *tracee_find(const struct tracer *tracer, pid_t tid)
{
	uint64_t index;

	if (!map64_get(&tracer->by_tid, tid, &index))
		return NULL;
	return tracer->tracees.items[index];
}

struct tracee *tracee_add(struct tracer *tracer, pid_t pid, pid_t tid)
{
	struct tracee *tracee = mem_alloc(sizeof(*tracee));

	tracee->pid = pid;
	tracee->tid = tid;
	tracee->reach = (struct stack_reach){ .bytes = STACK_BYTES_FIRST };
	tracee->resumed_slices = UINT64_MAX;
	task_files_init(&tracee->files, pid, tid);
	map64_put(&tracer->by_tid, tid, tracer->tracees.count);
	tracee_vec_push(&tracer->tracees, tracee);
	tracer_signs_put(tracer->signs, tracer->tracees.count - 1, tid);
	tracer_signs_count(tracer->signs, tracer->tracees.count);
	return tracee;
}

void tracee_tell(struct tracer *tracer, struct tracee *tracee)
{
	uint64_t parent = 0;

	map64_get(&tracer->parents, tracee->tid, &parent);
	map64_remove(&tracer->parents, tracee->tid);
	/* The caller may have meant to wait for long. */
	tracer->woken = true;
	tracer->ops->started(tracer->context, tracee, parent);
}

void tracee_remove(struct tracer *tracer, struct tracee *tracee)
{
	struct tracee *last =
		tracer->tracees.items[tracer->tracees.count - 1];
	uint64_t index = 0;

	map64_get(&tracer->by_tid, tracee->tid, &index);
	tracer->tracees.items[index] = last;
	map64_put(&tracer->by_tid, last->tid, index);
	tracer->tracees.count--;
	tracer_signs_put(tracer->signs, index, last->tid);
	tracer_signs_count(tracer->signs, tracer->tracees.count);
	map64_remove(&tracer->by_tid, tracee->tid);
	tracee_free(tracee);
}

static long trace_options(const struct tracer *tracer)
{
	long options = PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
		       PTRACE_O_TRACESYSGOOD;

	if (tracer->follow)
		options |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
	return options;
}

void tracer_set_options(const struct tracer *tracer, pid_t tid, bool exits)
{
	const long more = exits ? PTRACE_O_TRACEEXIT : 0;

	ptrace(PTRACE_SETOPTIONS, tid, NULL, trace_options(tracer) | more);
}

void tracer_watch_exits(struct tracer *tracer, pid_t pid)
{
	for (size_t i = 0; i < tracer->tracees.count; i++) {
		if (tracer->tracees.items[i]->pid == pid)
			tracer->tracees.items[i]->watch_exit = true;
	}
}

void tracer_watch_exit_of(struct tracer *tracer, const struct tracee *tracee,
			  bool watch)
{
	tracer_set_options(tracer, tracee->tid, watch);
}

const struct tracee *tracer_find(const struct tracer *tracer, pid_t tid)
{
	return tracee_find(tracer, tid);
}

/* 1: seized now; 0: known before, or dead already; -1: refused (errno). */
static int seize_thread(struct tracer *tracer, pid_t pid, pid_t tid)
{
	struct process_status status;
	struct tracee *tracee;

	if (tracee_find(tracer, tid))
		return 0;
	if (ptrace(PTRACE_SEIZE, tid, NULL, trace_options(tracer)) < 0) {
		const int failed = errno;

		/*
		 * A thread that is ending is refused; nothing is lost.  So
		 * is one that came with its maker, and has not stopped yet.
		 */
		if (failed == ESRCH || !process_status_read(tid, &status) ||
		    status.state == 'Z' || status.state == 'X' ||
		    status.tracer == gettid())
			return 0;
		errno = failed;
		return -1;
	}
	tracee = tracee_add(tracer, pid, tid);
	tracee->started = true;
	tracee_tell(tracer, tracee);
	return 1;
}

/* One pass over the threads of `pid`: how many are new; -1 on refusal. */
static int seize_threads(struct tracer *tracer, pid_t pid)
{
	struct pid_vec tids = VEC_INIT;
	int found = 0;

	if (!process_threads(pid, &tids)) {
		errno = ESRCH;
		return -1;
	}
	for (size_t i = 0; i < tids.count; i++) {
		int ret;

		tracer_signs_beat(tracer->signs, clock_monotonic_ns());
		ret = seize_thread(tracer, pid, tids.items[i]);
		if (ret < 0 && !tracee_find(tracer, pid)) {
			pid_vec_release(&tids);
			return -1;
		}
		found += ret > 0;
		tracer->stats.not_seized += ret < 0;
		/* Those that we have may stop, to make others. */
		if (i % STOPS_AT_ONCE == 0)
			tracer_serve_stops(tracer);
	}
	pid_vec_release(&tids);
	return found;
}

/*
 * What we hold cannot be replaced any more: is it what was meant, and not
 * another process that got its id?
 */
static int check_identity(pid_t pid, uint64_t start_ticks, struct error *err)
{
	uint64_t now;

	if (!start_ticks || !process_start_read(pid, &now) ||
	    now == start_ticks)
		return 0;
	return error_set(err, ERROR_NOT_FOUND, "process %d has ended, and "
			 "another process has got its id since", pid);
}

int tracer_seize(struct tracer *tracer, pid_t pid, uint64_t start_ticks,
		 struct error *err)
{
	int patience = EXEC_PATIENCE;
	bool any = false;
	int found;

	/*
	 * Threads may start others that nobody announces to us yet.  One that
	 * execs is refused until it is through.
	 */
	do {
		found = seize_threads(tracer, pid);
		any |= found > 0;
		if (found < 0 && patience > 0 && errno != ESRCH) {
			patience--;
			tracer_serve_stops(tracer);
			usleep(1000);
			found = 1;
		}
	} while (found > 0);
	if (found < 0)
		return proc_diagnose_trace(pid, errno, err);
	/* Else it was named twice, or is a thread of one that was named. */
	if (!any && !tracee_find(tracer, pid))
		return proc_diagnose_trace(pid, ESRCH, err);
	return check_identity(pid, start_ticks, err);
}

void tracer_rescan(struct tracer *tracer, pid_t pid)
{
	/* What cannot be seized now is counted once, when it is first met. */
	const uint64_t not_seized = tracer->stats.not_seized;

	if (tracer->quiet)
		return;
	seize_threads(tracer, pid);
	tracer->stats.not_seized = not_seized;
}

bool tracer_interrupt(struct tracer *tracer, struct tracee *tracee)
{
	if (tracer->quiet || tracee->interrupted || tracee->stopped_by_job ||
	    !tracee->started || tracee->repeat.step)
		return false;
	tracee->interrupted_ns = clock_monotonic_ns();
	if (ptrace(PTRACE_INTERRUPT, tracee->tid, NULL, NULL) < 0)
		return false;
	tracee->interrupted = true;
	close_look_asked(&tracer->look, tracee->interrupted_ns);
	return true;
}

void tracer_look_closely(struct tracer *tracer, bool allowed)
{
	tracer->look.allowed = allowed;
}

static bool interrupts_outstanding(const struct tracer *tracer)
{
	for (size_t i = 0; i < tracer->tracees.count; i++) {
		if (tracer->tracees.items[i]->interrupted)
			return true;
	}
	return false;
}

/* Announced, and not yet seen: they are what runs on, mostly. */
static bool births_outstanding(const struct tracer *tracer)
{
	return tracer->follow && tracer->parents.count;
}

void tracer_quiesce(struct tracer *tracer, uint64_t deadline_ns)
{
	const uint64_t born_ns = clock_monotonic_ns() + NEWBORN_NS;

	tracer->quiet = true;
	for (;;) {
		const uint64_t now_ns = clock_monotonic_ns();

		if (now_ns >= deadline_ns || !(interrupts_outstanding(tracer) ||
		    (births_outstanding(tracer) && now_ns < born_ns)))
			break;
		tracer_serve(tracer, MIN(deadline_ns, now_ns + NS_PER_MS));
	}
	tracer_serve_pending(tracer);
}
