/* SPDX-License-Identifier: MIT */
#include "trace/tracer_state.h"

#include "base/clock.h"
#include "proc/process.h"

#include <errno.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CONTINUE_NS = 2000,	/* from PTRACE_CONT to a thread that can run */
	MEASURE_EVERY = 8,	/* waits */
	SLEPT_NS = 30 * 1000,	/* shorter ones were no sleep, perhaps */
	NEWBORN_SLICES = 1,	/* put on a CPU, to stop there */
	CALL_STOP = SIGTRAP | 0x80,	/* PTRACE_O_TRACESYSGOOD */
};

static void queue_hand_out_one(struct tracer *tracer)
{
	const struct stop *stop = &tracer->queue[tracer->handed++];

	tracer->ops->stopped(tracer->context, stop);
	tracer_signs_beat(tracer->signs, clock_monotonic_ns());
	if (tracer->handed == tracer->queued)
		tracer->handed = tracer->queued = 0;
}

/* Hand out the stops that were captured; their threads run already. */
static void queue_hand_out(struct tracer *tracer)
{
	while (tracer->queued)
		queue_hand_out_one(tracer);
}

static void tracee_end(struct tracer *tracer, struct tracee *tracee,
		       int status)
{
	queue_hand_out(tracer);
	tracer->ops->ended(tracer->context, tracee, status);
	tracee_remove(tracer, tracee);
}

/*
 * Let it go on, delivering `sig`; returns since when it can.  On a full
 * machine a thread that is let go takes the CPU away from us at once: when
 * the call returns, it may have been at work for milliseconds.
 */
static uint64_t let_go(const struct tracee *tracee, int sig)
{
	const uint64_t before_ns = clock_monotonic_ns();

	ptrace(tracee->repeat.step ? PTRACE_SYSCALL : PTRACE_CONT,
	       tracee->tid, NULL, (void *)(uintptr_t)sig);
	return MIN(clock_monotonic_ns(), before_ns + CONTINUE_NS);
}

/*
 * Copy a thread that stands still into the queue; NULL when that is full.
 * `ours`: it stopped because we asked.
 */
static struct stop *capture(struct tracer *tracer, struct tracee *tracee,
			    bool ours)
{
	struct stop *stop;

	if (tracer->queued == STOP_QUEUE)
		return NULL;
	stop = &tracer->queue[tracer->queued++];
	stop->tracee = tracee;
	stop->by_job = false;
	stop->account_known = task_account_read(&tracee->files,
						&stop->account);
	stop->result = capture_stopped(&stop->capture, tracee->pid,
				       tracee->tid, &tracee->reach, ours);
	return stop;
}

/* In a stop: let it stop at its exit once more. */
static void watch_exit(struct tracer *tracer, struct tracee *tracee)
{
	if (!tracee->watch_exit)
		return;
	tracee->watch_exit = false;
	tracer_set_options(tracer, tracee->tid, true);
}

/* Of a signal that it ignores, a thread must not see anything. */
static void hide_ignored(struct tracer *tracer, struct tracee *tracee, int sig)
{
	if (!sig)
		ignored_other_stop(&tracee->ignored);
	tracer->stats.restarted +=
		ignored_hide(&tracee->ignored, &tracee->files, tracee->pid,
			     tracee->tid, sig, clock_monotonic_ns());
}

/*
 * Capture and resume, delivering `sig`.  The thread stands still from the
 * stop until the end of this function: nothing that can take long belongs
 * here.
 */
static void capture_and_resume(struct tracer *tracer, struct tracee *tracee,
			       int sig)
{
	const uint64_t seen_ns = clock_monotonic_ns();
	struct stop *stop = capture(tracer, tracee, !sig);
	uint64_t resumed_ns;

	watch_exit(tracer, tracee);
	hide_ignored(tracer, tracee, sig);
	if (stop)
		tracee->repeat = repeat_of(&stop->capture,
					   stop->account_known ?
					   &stop->account : NULL);
	resumed_ns = let_go(tracee, sig);
	if (!stop) {
		tracer->stats.dropped++;
		return;
	}
	stop->asked_ns = tracee->interrupted_ns;
	stop->seen_ns = seen_ns;
	stop->resumed_ns = resumed_ns;
	stop->seen_awake = tracer->look.seen;
	tracer->stats.stops++;
	tracer->stats.held_ns += stop->resumed_ns - seen_ns;
	tracer->stats.interrupt_ns += stop->resumed_ns - stop->asked_ns;
	tracer->stats.restarted += stop->capture.restarted;
}

/*
 * Job control: it stays stopped, and tells us when it goes on.  This is the
 * time to read it: while it listens, its registers cannot be had.
 */
static void capture_and_listen(struct tracer *tracer, struct tracee *tracee)
{
	struct stop *stop = capture(tracer, tracee, false);

	ptrace(PTRACE_LISTEN, tracee->tid, NULL, NULL);
	if (!stop)
		return;
	stop->by_job = true;
	stop->asked_ns = stop->seen_ns = stop->resumed_ns =
		clock_monotonic_ns();
}

static bool is_stop_signal(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN ||
	       sig == SIGTTOU;
}

static void resume(struct tracer *tracer, struct tracee *tracee, int sig)
{
	struct task_account account = { .slices = UINT64_MAX };

	hide_ignored(tracer, tracee, sig);
	if (tracee->started)
		task_account_read(&tracee->files, &account);
	else
		account.slices = NEWBORN_SLICES;
	tracee->resumed_slices = account.slices;
	tracee->resumed_ns = let_go(tracee, sig);
	tracer->stats.others++;
}

/*
 * A stop of the program's own making: a signal on its way, a new child.
 * The kernel takes any stop for an answer to PTRACE_INTERRUPT: where we
 * have asked, no other may come.  Besides, this is where the thread was
 * then; after the resumption it would be found at the entry of its handler.
 * (One that had stopped before we asked stops once more; see
 * serve_event_stop().)
 */
static void serve_own_stop(struct tracer *tracer, struct tracee *tracee,
			   int sig)
{
	if (!tracee->interrupted || !tracee->started) {
		watch_exit(tracer, tracee);
		resume(tracer, tracee, sig);
		return;
	}
	tracee->interrupted = false;
	capture_and_resume(tracer, tracee, sig);
}

static void serve_event_stop(struct tracer *tracer, struct tracee *tracee,
			     int sig)
{
	const bool asked = tracee->interrupted;

	tracee->interrupted = false;
	tracee->stopped_by_job = is_stop_signal(sig);
	if (tracee->stopped_by_job) {
		tracee->started = true;
		capture_and_listen(tracer, tracee);
		return;
	}
	if (asked && tracee->started) {
		capture_and_resume(tracer, tracee, 0);
		return;
	}
	resume(tracer, tracee, 0);
	tracee->started = true;
}

/* A call that is made again begins, or has ended. */
static void serve_call_stop(struct tracer *tracer, struct tracee *tracee)
{
	const struct repeat repeat = tracee->repeat;
	struct task_account account;
	bool known;

	if (repeat.step == REPEAT_BEGINS) {
		tracee->repeat.step = REPEAT_RUNS;
		let_go(tracee, 0);
		return;
	}
	known = task_account_read(&tracee->files, &account);
	capture_mend_end(tracee->tid);
	tracee->repeat.step = REPEAT_NONE;
	resume(tracer, tracee, 0);
	if (known)
		tracer->ops->repeated(tracer->context, tracee, &account,
				      repeat_lost_ns(&repeat, &account));
}

/* A new thread or process is announced by the one that made it. */
static void serve_clone(struct tracer *tracer, struct tracee *tracee)
{
	unsigned long tid = 0;

	ptrace(PTRACE_GETEVENTMSG, tracee->tid, NULL, &tid);
	tracer_signs_newborn(tracer->signs, tid);
	tracer->last_maker = tracee->pid;
	serve_own_stop(tracer, tracee, 0);
	if (tid && !tracee_find(tracer, tid))
		map64_put(&tracer->parents, tid, tracee->pid);
}

/*
 * The thread that called exec is the process's first one from now on, with
 * the id and the /proc files of it; what it was called before is no more.
 * So its accounts go on where those files of the first are read.
 */
static void inherit_first(struct tracer *tracer, struct tracee *first,
			  pid_t former)
{
	struct tracee *caller = tracee_find(tracer, former);
	struct task_files gone;

	if (!caller || caller == first)
		return;
	gone = caller->files;
	caller->files = first->files;
	first->files = gone;
}

/* The kernel has ended them without telling. */
static void end_others(struct tracer *tracer, const struct tracee *first)
{
	const pid_t pid = first->pid;

	queue_hand_out(tracer);
	for (size_t i = tracer->tracees.count; i-- > 0;) {
		struct tracee *other = tracer->tracees.items[i];

		if (other->pid == pid && other != first)
			tracee_end(tracer, other, -1);
	}
}

/*
 * No other thread of the process is left; the one that called exec goes on
 * under the id of the process.
 */
static void serve_exec(struct tracer *tracer, struct tracee *tracee)
{
	const pid_t pid = tracee->pid;
	unsigned long former = 0;
	int status;

	/*
	 * As long as this stop is not taken, ptrace(2) answers ESRCH if the
	 * id has changed.  It carries no signal that could be lost.
	 */
	if (waitpid(pid, &status, WNOHANG | __WALL) == pid &&
	    !WIFSTOPPED(status)) {
		/* Killed in it, and reaped now: nobody tells it again. */
		end_others(tracer, tracee);
		tracer->woken = true;
		tracee_end(tracer, tracee, status);
		return;
	}
	ptrace(PTRACE_GETEVENTMSG, pid, NULL, &former);
	if (tracer->ops->execing)
		tracer->ops->execing(tracer->context, tracee);
	resume(tracer, tracee, 0);
	inherit_first(tracer, tracee, former);
	end_others(tracer, tracee);
	task_files_close(&tracee->files);
	task_files_init(&tracee->files, pid, pid);
	tracee->interrupted = false;
	tracee->started = true;
	tracee->reach = (struct stack_reach){ .bytes = STACK_BYTES_FIRST };
	tracer->ops->execed(tracer->context, tracee);
}

/* Its memory is still there.  No sample: it does nothing any more. */
static void serve_exit(struct tracer *tracer, struct tracee *tracee)
{
	tracee->started = true;
	tracee->interrupted = false;
	if (tracer->ops->exiting)
		tracer->ops->exiting(tracer->context, tracee);
	resume(tracer, tracee, 0);
}

static bool traces_process(const struct tracer *tracer, pid_t pid)
{
	return tracee_find(tracer, pid) != NULL;
}

/*
 * A thread of the process that made it, or, as it often stops before its
 * maker does, of the one that made others; 0: not known so quickly.
 */
static pid_t likely_process(const struct tracer *tracer, pid_t tid)
{
	uint64_t maker = tracer->last_maker;

	map64_get(&tracer->parents, tid, &maker);
	return maker && tgkill(maker, tid, 0) == 0 ? maker : 0;
}

/* A thread that we do not know stops for the first time; to be told. */
static struct tracee *serve_stranger(struct tracer *tracer, pid_t tid)
{
	pid_t pid = likely_process(tracer, tid);
	struct process_status status = { .parent = pid };

	if (!pid && !process_status_read(tid, &status)) {
		ptrace(PTRACE_CONT, tid, NULL, NULL);
		return NULL;
	}
	if (!pid)
		pid = status.tgid;
	if (!tracer->follow && !traces_process(tracer, pid)) {
		ptrace(PTRACE_DETACH, tid, NULL, NULL);
		map64_remove(&tracer->parents, tid);
		return NULL;
	}
	/* It came with its maker; that is not told later than this. */
	if (!map64_get(&tracer->parents, tid, NULL))
		map64_put(&tracer->parents, tid,
			  pid == tid ? status.parent : pid);
	return tracee_add(tracer, pid, tid);
}

static void serve_stop(struct tracer *tracer, pid_t tid, int status)
{
	struct tracee *tracee = tracee_find(tracer, tid);
	const int sig = status & 0x7f;

	if (!tracee) {
		tracee = serve_stranger(tracer, tid);
		if (!tracee)
			return;
		/* A thread goes on first; a new process is looked at. */
		if (status >> 8 == PTRACE_EVENT_STOP && tracee->pid != tid) {
			serve_event_stop(tracer, tracee, sig);
			tracee_tell(tracer, tracee);
			return;
		}
		tracee_tell(tracer, tracee);
	}

	if (status == CALL_STOP) {
		serve_call_stop(tracer, tracee);
		return;
	}
	/* Something came between: nobody follows it any more. */
	tracee->repeat.step = REPEAT_NONE;
	switch (status >> 8) {
	case PTRACE_EVENT_STOP:
		serve_event_stop(tracer, tracee, sig);
		break;
	case PTRACE_EVENT_CLONE:
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
		serve_clone(tracer, tracee);
		break;
	case PTRACE_EVENT_EXEC:
		serve_exec(tracer, tracee);
		break;
	case PTRACE_EVENT_EXIT:
		serve_exit(tracer, tracee);
		break;
	default:
		serve_own_stop(tracer, tracee, sig);
		break;
	}
}

/* Stops first: somebody stands still.  False when there is none. */
static bool serve_one_stop(struct tracer *tracer)
{
	siginfo_t info = { .si_pid = 0 };

	/*
	 * The stop is not taken (WNOWAIT): of one that was taken, the kernel
	 * has forgotten the signal, and it were lost if we were killed here.
	 */
	if (waitid(P_ALL, 0, &info, WSTOPPED | WNOWAIT | WNOHANG | __WALL |
		   __WNOTHREAD) < 0 || !info.si_pid)
		return false;
	serve_stop(tracer, info.si_pid, info.si_status);
	return true;
}

/* True when there may be more. */
bool tracer_serve_stops(struct tracer *tracer)
{
	for (int i = 0; i < STOPS_AT_ONCE; i++) {
		if (!serve_one_stop(tracer))
			return false;
	}
	return true;
}

/* Ends are looked at before they are reaped: the accounts are final. */
static bool serve_one_end(struct tracer *tracer)
{
	siginfo_t info = { .si_pid = 0 };
	struct tracee *tracee;
	int status = -1;

	if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG | __WALL |
		   __WNOTHREAD) < 0 || !info.si_pid)
		return false;
	/* Stops of tracees are told here, too, asked for or not. */
	if (info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED) {
		serve_stop(tracer, info.si_pid, info.si_status);
		return true;
	}
	tracee = tracee_find(tracer, info.si_pid);
	if (info.si_code == CLD_EXITED)
		status = info.si_status << 8;
	else
		status = info.si_status |
			 (info.si_code == CLD_DUMPED ? 0x80 : 0);
	/* The last thread of a process: somebody may wait for that. */
	tracer->woken |= tracee && tracee->tid == tracee->pid;
	if (tracee)
		tracee_end(tracer, tracee, status);
	/* One that was killed newborn has only been announced. */
	map64_remove(&tracer->parents, info.si_pid);
	waitpid(info.si_pid, NULL, __WALL | WNOHANG);
	return true;
}

/* Was one of our signals there (or does it come within `wait_ns`)? */
static bool take_signal(struct tracer *tracer, uint64_t wait_ns)
{
	const struct timespec timeout = {
		.tv_sec = wait_ns / NS_PER_S,
		.tv_nsec = wait_ns % NS_PER_S,
	};
	int sig = sigtimedwait(&tracer->signals, NULL, &timeout);

	if (sig == tracer_wake_signal())
		tracer->woken = true;
	return sig == SIGCHLD;
}

/*
 * Each look for a stop goes through all threads that have not been reaped:
 * one look for each end would fall behind a program that ends thousands of
 * threads a second, and then ever more.  True when there may be more.
 */
static bool serve_ends(struct tracer *tracer)
{
	for (int i = 0; i < ENDS_AT_ONCE; i++) {
		if (!serve_one_end(tracer))
			return i > 0;
	}
	return true;
}

/*
 * A burst of stops is resumed first, then unwound one by one, and between
 * two of them newly stopped threads are served.
 */
static bool serve_turn(struct tracer *tracer)
{
	bool more = tracer_serve_stops(tracer);

	tracer_signs_beat(tracer->signs, clock_monotonic_ns());
	while (tracer->queued && (!more || tracer->queued > STOP_QUEUE / 2)) {
		queue_hand_out_one(tracer);
		if (tracer->queued && take_signal(tracer, 0))
			more = tracer_serve_stops(tracer);
	}
	return serve_ends(tracer) || more;
}

void tracer_serve_pending(struct tracer *tracer)
{
	tracer->more = true;
	for (int i = 0; i < TURNS_AT_ONCE && tracer->more; i++)
		tracer->more = serve_turn(tracer);
	queue_hand_out(tracer);
}

void tracer_serve_signalled(struct tracer *tracer)
{
	if (take_signal(tracer, 0) || tracer->more)
		tracer_serve_pending(tracer);
}

/* A stop that we asked for comes soon, as a rule. */
static bool look_for_signal(struct tracer *tracer, uint64_t wait_ns)
{
	const uint64_t now_ns = clock_monotonic_ns();
	const uint64_t until_ns = MIN(tracer->look.until_ns, now_ns + wait_ns);
	bool got = false;

	/* It came while we were at work, or will while we are not. */
	if (until_ns <= now_ns) {
		tracer->look.until_ns = 0;
		return false;
	}
	while (!got && !tracer->woken && clock_monotonic_ns() < until_ns)
		got = take_signal(tracer, 0);
	close_look_ended(&tracer->look, got);
	return got;
}

/*
 * Wait for a signal.  One in so many waits is measured: to read the clock of
 * a thread is a system call.
 */
static bool wait_for_signal(struct tracer *tracer, uint64_t wait_ns)
{
	const bool measured = tracer->ops->slept &&
			      tracer->waits++ % MEASURE_EVERY == 0;
	const uint64_t start_ns = clock_monotonic_ns();
	uint64_t cpu_ns;
	bool got;

	tracer->look.seen = false;
	if (tracer->look.until_ns &&
	    (look_for_signal(tracer, wait_ns) || tracer->woken))
		return true;
	if (!measured)
		return take_signal(tracer, wait_ns);
	cpu_ns = clock_thread_cpu_ns();
	got = take_signal(tracer, wait_ns);
	cpu_ns = clock_thread_cpu_ns() - cpu_ns;
	/* What was there already needed no sleep. */
	if (clock_monotonic_ns() - start_ns >= SLEPT_NS)
		tracer->ops->slept(tracer->context, cpu_ns);
	return got;
}

bool tracer_serve(struct tracer *tracer, uint64_t until_ns)
{
	uint64_t now_ns = clock_monotonic_ns();

	tracer->woken = false;
	do {
		const uint64_t wait_ns = until_ns <= now_ns || tracer->more ?
			0 : MIN(until_ns - now_ns, TRACER_BEAT_MS * NS_PER_MS);
		const bool pending = wait_for_signal(tracer, wait_ns) ||
				     tracer->more;

		now_ns = clock_monotonic_ns();
		tracer_signs_beat(tracer->signs, now_ns);
		if (wait_ns)
			tracer->busy_since_ns = now_ns;
		if (pending) {
			tracer_serve_pending(tracer);
			now_ns = clock_monotonic_ns();
		}
	} while (!tracer->woken && now_ns < until_ns);
	return tracer->woken;
}
