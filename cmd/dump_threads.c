/* SPDX-License-Identifier: MIT */
#include "dump_threads.h"

#include "base/clock.h"
#include "base/mem.h"
#include "proc/diagnose.h"
#include "proc/process.h"
#include "proc/task.h"
#include "trace/capture.h"
#include "trace/oneshot.h"
#include "trace/wait_reason.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ASLEEP_TRIES = 3
};

#define STOP_TIMEOUT_NS (2 * NS_PER_S)

/* The tools of one dump. */
struct taker {
	struct dump *dump;
	pid_t pid;
	struct address_space *space;
	struct unwinder *unwinder;
	struct rbp_memory *rbp;
	struct unwind_result unwound;
	struct capture capture;
	struct stack_reach reach;
	int refused_errno;	/* of the last thread that was, or 0 */
};

static void keep_stack(struct taker *taker, struct dump_thread *thread)
{
	const struct unwind_result *unwound = &taker->unwound;
	size_t bytes = unwound->frames.count * sizeof(*thread->frames);

	thread->complete = unwound->end == UNWIND_COMPLETE;
	if (!thread->complete)
		thread->ending = unwind_end_frame(unwound->end);
	thread->frame_count = unwound->frames.count;
	if (bytes == 0)
		return;
	thread->frames = arena_alloc(&taker->dump->arena, bytes);
	memcpy(thread->frames, unwound->frames.items, bytes);
}

/*
 * Read a sleeping thread as it sleeps.  False when it runs, or moved
 * meanwhile, or cannot be followed to its start so.
 */
static bool read_asleep(struct taker *taker, struct dump_thread *thread,
			const struct task_files *files)
{
	struct task_account before, after;
	struct task_call call, again;

	if (!task_account_read(files, &before) ||
	    task_call_read(files, &call) != TASK_BLOCKED)
		return false;
	if (capture_sleeping(&taker->capture, thread->tid, &call,
			     &taker->reach) != CAPTURE_FULL)
		return false;
	if (task_call_read(files, &again) != TASK_BLOCKED ||
	    !task_account_read(files, &after) ||
	    before.slices != after.slices || again.sp != call.sp)
		return false;
	thread->state = wait_reason(taker->pid, &call);
	return unwinder_unwind_sleeping(taker->unwinder, taker->space,
					&taker->capture.snap, taker->rbp,
					&taker->unwound);
}

static const char *problem_of(enum oneshot_result result)
{
	switch (result) {
	case ONESHOT_DONE:
		break;
	case ONESHOT_STACK_UNREADABLE:
		return "its stack cannot be read";
	case ONESHOT_GONE:
		return "it has ended";
	case ONESHOT_LATE:
		return "it did not stop in time";
	case ONESHOT_REFUSED:
		return "it cannot be traced";
	case ONESHOT_FOREIGN:
		return "it is not a 64-bit x86 thread";
	}
	return NULL;
}

static void unwind_stopped(struct taker *taker)
{
	unwinder_unwind(taker->unwinder, taker->space, &taker->capture.snap,
			&taker->unwound);
	if (taker->unwound.needs_maps &&
	    address_space_refresh(taker->space, NULL) == 0)
		unwinder_unwind(taker->unwinder, taker->space,
				&taker->capture.snap, &taker->unwound);
}

/* Was the stack of the interrupted code missing, and can it be had now? */
static bool found_handler(struct taker *taker)
{
	if (taker->unwound.end == UNWIND_COMPLETE ||
	    !taker->unwound.restorer || taker->reach.restorer)
		return false;
	taker->reach.restorer = taker->unwound.restorer;
	taker->reach.bytes = SNAPSHOT_STACK_MAX - SNAPSHOT_OTHER_MAX;
	return true;
}

static void read_stopped(struct taker *taker, struct dump_thread *thread)
{
	enum oneshot_result result;
	int errnum;

	result = oneshot_capture(&taker->capture, taker->pid, thread->tid,
				 &taker->reach, STOP_TIMEOUT_NS, &errnum);
	if (result == ONESHOT_REFUSED && process_has_ended(thread->tid))
		result = ONESHOT_GONE;
	if (result == ONESHOT_REFUSED)
		taker->refused_errno = errnum;
	thread->problem = problem_of(result);
	if (thread->problem)
		return;
	thread->stopped = true;
	unwind_stopped(taker);
	/* Its brothers may sleep at the same place. */
	if (taker->capture.in_call)
		rbp_memory_learn(taker->rbp, taker->unwinder, taker->space,
				 &taker->capture.snap);
}

/* By a signal, before we came: it neither runs nor waits for anything. */
static bool is_suspended(pid_t tid)
{
	struct process_status status;

	return process_status_read(tid, &status) && status.state == 'T';
}

static void take_thread(struct taker *taker, pid_t tid)
{
	struct dump_thread *thread = dump_thread_vec_add(
		&taker->dump->threads);
	struct task_files files = TASK_FILES_NONE;
	const bool suspended = is_suspended(tid);
	bool asleep = false;

	thread->tid = tid;
	thread->state = STATE_RUNNING;
	task_name(taker->pid, tid, thread->name);
	task_files_open(&files, taker->pid, tid);
	for (int i = 0; i < ASLEEP_TRIES && !asleep; i++)
		asleep = read_asleep(taker, thread, &files);
	task_files_close(&files);
	if (!asleep)
		read_stopped(taker, thread);
	if (!thread->problem && found_handler(taker))
		read_stopped(taker, thread);
	if (suspended)
		thread->state = STATE_STOPPED;
	if (!thread->problem)
		keep_stack(taker, thread);
}

static int compare_pids(const void *a, const void *b)
{
	const pid_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int take_threads(struct taker *taker, struct error *err)
{
	struct pid_vec tids = VEC_INIT;
	size_t taken = 0;

	if (process_threads(taker->pid, &tids) && tids.count)
		qsort(tids.items, tids.count, sizeof(*tids.items),
		      compare_pids);
	for (size_t i = 0; i < tids.count; i++) {
		take_thread(taker, tids.items[i]);
		taken += !taker->dump->threads.items[i].problem;
	}
	pid_vec_release(&tids);
	if (taken > 0)
		return 0;
	/* It is there, and tracing is allowed: of its threads, why not? */
	if (!taker->refused_errno && !process_has_ended(taker->pid) &&
	    taker->dump->threads.count)
		return error_set(err, ERROR_SYSTEM, "cannot read process %d: "
				 "%s", taker->pid,
				 taker->dump->threads.items[0].problem);
	return proc_diagnose_trace(taker->pid, taker->refused_errno
					       ? taker->refused_errno : ESRCH,
				   err);
}

int dump_take(struct dump *dump, pid_t pid, struct error *err)
{
	struct taker taker = {
		.dump = dump,
		.pid = pid,
		.reach = { .bytes = SNAPSHOT_STACK_MAX },
	};
	int ret = -1;

	memset(dump, 0, sizeof(*dump));
	dump->modules = module_table_new();
	taker.space = address_space_new(dump->modules, pid, 0);
	taker.unwinder = unwinder_new();
	taker.rbp = rbp_memory_new();
	taker.capture.snap.stack = mem_alloc(SNAPSHOT_STACK_MAX);
	errno = 0;
	if (address_space_refresh(taker.space, err)) {
		if (errno == EACCES || errno == EPERM || errno == ENOENT ||
		    errno == ESRCH)
			proc_diagnose_trace(pid, errno, err);
		goto out;
	}
	ret = take_threads(&taker, err);
out:
	free(taker.capture.snap.stack);
	unwind_result_release(&taker.unwound);
	rbp_memory_free(taker.rbp);
	unwinder_close(taker.unwinder);
	address_space_free(taker.space);
	return ret;
}

void dump_release(struct dump *dump)
{
	module_table_free(dump->modules);
	dump_thread_vec_release(&dump->threads);
	arena_release(&dump->arena);
}
