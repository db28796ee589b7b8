/* SPDX-License-Identifier: MIT */
/* Processes and threads that come, exec and go. */
#include "record/sampler.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "proc/memory.h"
#include "proc/process.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	/* How much a process may grow from its making to its exec. */
	GROWN_BYTES = 128 * 1024,
	SMALL_BYTES = 2 << 20
};

static struct process_record *process_find(const struct sampler *sampler,
					   pid_t pid)
{
	struct process_record *process = sampler->processes;

	while (process && process->pid != pid)
		process = process->next;
	return process;
}

/* `fresh`: it begins now, and no other program ran in it before. */
static struct process_record *process_begin(struct sampler *sampler, pid_t pid,
					    uint32_t parent, bool fresh)
{
	struct process_record *process = mem_alloc(sizeof(*process));
	char exe[PATH_MAX];

	process_exe(pid, exe, sizeof(exe));
	task_name(pid, pid, process->name);
	process->id = sampler->next_process++;
	process->pid = pid;
	process->space = address_space_new(sampler->modules, pid, process->id);
	process->next = sampler->processes;
	sampler->processes = process;
	sampler->counts.processes++;
	sampler->sink->ops->process(sampler->sink, &(struct process){
		.run = sampler->run,
		.parent = parent,
		.pid = pid,
		.start_ns = sampler_now(sampler),
		.name = process->name,
		.exe = exe,
	});
	collect_process_started(sampler->collect, &(struct collect_process){
		.id = process->id,
		.pid = pid,
		.fresh = fresh,
	}, sampler_now(sampler));
	return process;
}

void sampler_open_program(struct sampler *sampler, pid_t pid)
{
	char exe[64];

	if (!sampler->notice || exec_warning_all_told(&sampler->warnings))
		return;
	if (sampler->exe_fd >= 0)
		close(sampler->exe_fd);
	snprintf(exe, sizeof(exe), "/proc/%d/exe", pid);
	sampler->exe_fd = open(exe, O_PATH | O_CLOEXEC);
}

void sampler_execing(void *context, const struct tracee *tracee)
{
	struct sampler *sampler = context;
	const struct thread_record *thread = tracee->owner;

	sampler_open_program(sampler, tracee->pid);
	if (thread)
		regions_leave(sampler, thread->process);
	regions_marks_free(sampler->exec_marks);
	sampler->exec_marks = regions_exec(sampler, tracee->pid);
	tracer_watch_exit_of(sampler->tracer, tracee,
			     sampler->exec_marks != NULL);
}

/* A thread stands still where it ends. */
void sampler_exiting(void *context, const struct tracee *tracee)
{
	struct thread_record *thread = tracee->owner;

	if (thread)
		regions_exiting(context, thread);
}

/* Each file once: a shell script runs the same few all the time. */
void sampler_check_program(struct sampler *sampler, pid_t pid, bool executed)
{
	struct strbuf text = STRBUF_INIT;
	struct stat file;
	uint64_t key;

	if (sampler->exe_fd < 0 || fstat(sampler->exe_fd, &file) != 0)
		return;
	key = file.st_ino ^ (uint64_t)file.st_dev << 48;
	if (!map64_get(&sampler->programs, key, NULL)) {
		map64_put(&sampler->programs, key, 1);
		if (exec_warning(&sampler->warnings, sampler->exe_fd, pid,
				 executed, &text))
			sampler->notice(sampler->notice_arg,
					strbuf_text(&text));
	}
	close(sampler->exe_fd);
	sampler->exe_fd = -1;
	strbuf_release(&text);
}

void sampler_rescan(struct sampler *sampler)
{
	struct pid_vec pids = VEC_INIT;

	/* A scan serves stops, with which processes come and go. */
	for (const struct process_record *p = sampler->processes; p;
	     p = p->next) {
		if (process_thread_count(p->pid) > p->thread_count)
			pid_vec_push(&pids, p->pid);
	}
	for (size_t i = 0; i < pids.count; i++)
		tracer_rescan(sampler->tracer, pids.items[i]);
	pid_vec_release(&pids);
}

/* What a process that has ended used, as its parent is told, and we are. */
static bool final_usage(pid_t pid, struct rusage *usage)
{
	siginfo_t info = { .si_pid = 0 };

	/* glibc's waitid(2) has no place for it; the kernel's has. */
	return syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOWAIT |
		       WNOHANG | __WALL | __WNOTHREAD, usage) >= 0 &&
	       info.si_pid == pid;
}

/*
 * The highest resident size of a process that has ended; 0 when it is not
 * known.
 *
 * It is exact, but it is also that of the children which the process has
 * waited for, and of the memory that it had before its exec, a copy of its
 * maker's: a number that is no more than those says nothing of the process.
 */
static uint64_t final_peak(struct sampler *sampler,
			   const struct process_record *process)
{
	struct process_record *maker = process_find(sampler, process->maker);
	struct rusage usage;
	uint64_t bytes;

	if (!final_usage(process->pid, &usage))
		return 0;
	bytes = (uint64_t)usage.ru_maxrss * 1024;
	if (maker)
		maker->foreign_bytes = MAX(maker->foreign_bytes, bytes);
	/* No program is so small that this makes a difference. */
	return bytes > process->foreign_bytes || bytes < SMALL_BYTES ? bytes :
								       0;
}

/* What process `pid` may have passed on to one that it has made. */
static uint64_t inherited_bytes(pid_t pid)
{
	struct memory_sizes memory;

	if (!pid || !memory_sizes_read(pid, &memory))
		return UINT64_MAX;
	return memory.peak + GROWN_BYTES;
}

static void process_end(struct sampler *sampler,
			struct process_record *process, int status,
			uint64_t peak_bytes)
{
	struct process_record **link = &sampler->processes;
	const uint64_t now_ns = sampler_now(sampler);

	peak_bytes = MAX(peak_bytes,
			 collect_process_peak(sampler->collect, process->id));
	sampler->counts.peak_memory_bytes =
		MAX(sampler->counts.peak_memory_bytes, peak_bytes);
	collect_process_ended(sampler->collect, process->id, peak_bytes,
			      now_ns);
	sampler->sink->ops->process_end(sampler->sink, &(struct process_end){
		.process = process->id,
		.end_ns = now_ns,
		.peak_memory_bytes = peak_bytes,
		.exit_status = status,
	});
	while (*link != process)
		link = &(*link)->next;
	*link = process->next;
	regions_process_end(sampler, process);
	address_space_free(process->space);
	free(process);
}

static struct thread_record *thread_begin(struct sampler *sampler,
					  struct tracee *tracee,
					  struct process_record *process,
					  const struct task_account *before,
					  bool fresh)
{
	struct thread_record *thread = mem_alloc(sizeof(*thread));
	const uint64_t now_ns = sampler_now(sampler);
	char name[32];

	/* A new one has its maker's; what it is called at its end counts. */
	if (fresh || tracee->tid == tracee->pid)
		memcpy(name, process->name, sizeof(name));
	else
		task_name(tracee->pid, tracee->tid, name);
	if (!process->thread_count)
		process->first_thread = sampler->next_thread;
	thread->process = process;
	thread->tracee = tracee;
	thread->backoff = 1;
	thread_log_init(&thread->log, sampler->next_thread++, now_ns, before);
	if (before->slices)
		thread->yields_before = task_yields(tracee->pid, tracee->tid);
	process->thread_count++;
	sampler->counts.threads++;
	sampler->sink->ops->thread(sampler->sink, &(struct thread){
		.process = process->id,
		.tid = tracee->tid,
		.start_ns = now_ns,
		.name = name,
	});
	collect_thread_started(sampler->collect, &(struct collect_thread){
		.id = thread->log.thread,
		.process = process->id,
		.pid = tracee->pid,
		.tid = tracee->tid,
		.fresh = fresh,
		.files = &tracee->files,
		.stops = &thread->stops,
	});
	return thread;
}

/* Would there have been a look in the time until now? */
static bool had_a_look(struct sampler *sampler, const struct thread_log *log,
		       uint64_t now_ns)
{
	const uint64_t length_ns = now_ns - MIN(log->covered_ns, now_ns);

	return !log->intervals.count ||
	       sampler_random(sampler) % sampler->period_ns < length_ns;
}

/*
 * The time since the last look.  Nobody saw it; when the thread used the
 * CPU in it, that is said, as often as somebody would have looked, else
 * what was seen last went on.
 */
static void thread_last_interval(struct sampler *sampler,
				 struct thread_record *thread,
				 uint32_t between)
{
	struct thread_log *log = &thread->log;
	const uint64_t before_ns = log->now.run_ns;
	const uint64_t now_ns = sampler_now(sampler);
	struct task_account account;

	if (task_account_read(&thread->tracee->files, &account))
		thread_log_account(log, &account);
	if (thread->asleep && log->now.run_ns == before_ns)
		thread_log_add(log, now_ns, thread->sleep.state,
			       thread->sleep.stack, SAMPLE_UNSTOPPED);
	else if (had_a_look(sampler, log, now_ns))
		thread_log_add(log, now_ns, STATE_RUNNING, between, 0);
	else
		thread_log_extend(log, now_ns);
}

/* `executed`: what is called so now is another program. */
static void thread_end(struct sampler *sampler, struct thread_record *thread,
		       bool executed)
{
	const uint32_t between = stack_table_special(&sampler->stacks,
						     SPECIAL_BETWEEN_SAMPLES);
	struct thread_log *log = &thread->log;
	uint64_t yields;
	char name[32];

	regions_thread_end(sampler, thread);
	thread_last_interval(sampler, thread, between);
	sampler_flush_thread(sampler, thread);
	/* Each stop, ours or a signal's, counts as one. */
	yields = task_yields_and_name(thread->tracee->pid,
				      thread->tracee->tid, name);
	yields -= MIN(yields, thread->yields_before + thread->stops);
	collect_thread_ended(sampler->collect, log->thread,
			     sampler_now(sampler));
	sampler->counts.cpu_ns += thread_log_cpu_ns(log);
	sampler->counts.runqueue_ns += thread_log_runqueue_ns(log);
	sampler->sink->ops->thread_end(sampler->sink, &(struct thread_end){
		.thread = log->thread,
		.end_ns = log->covered_ns,
		.cpu_ns = thread_log_cpu_ns(log),
		.runqueue_ns = thread_log_runqueue_ns(log),
		.yields = yields,
		.name = executed ? "" : name,
	});
	thread->process->thread_count--;
	thread->tracee->owner = NULL;
	thread_log_release(log);
	free(thread);
}

/* A child may stop before its maker's announcement: ask the kernel then. */
static pid_t maker_of(pid_t pid, pid_t announced)
{
	struct process_status status;

	if (!announced && process_status_read(pid, &status))
		announced = status.parent;
	return announced;
}

static struct process_record *process_born(struct sampler *sampler, pid_t pid,
					   pid_t announced)
{
	const pid_t maker = maker_of(pid, announced);
	struct process_record *parent = process_find(sampler, maker);
	struct process_record *process =
		process_begin(sampler, pid, parent ? parent->id : ID_NONE,
			      announced);

	process->maker = maker;
	if (parent)
		parent->times.has_children = true;
	if (announced)
		return process;
	/* It was there before us: what it did, and made, is its past. */
	process->times.has_children = true;
	process_times_read(pid, &process->times.user_ns,
			   &process->times.system_ns);
	return process;
}

void sampler_thread_started(void *context, struct tracee *tracee,
			    pid_t parent)
{
	struct sampler *sampler = context;
	struct process_record *process = process_find(sampler, tracee->pid);
	struct task_account before = { 0 };

	/* Until it has exec'd, the program's process is still cprof's code. */
	if (tracee->pid == sampler->launched && !sampler->program_started)
		return;
	/* A thread that was there before us brings CPU time of its past. */
	if (!parent)
		task_account_read(&tracee->files, &before);
	if (!process) {
		process = process_born(sampler, tracee->pid, parent);
		regions_process_begin(sampler, process, NULL,
				      process_find(sampler, process->maker));
		if (!parent)
			regions_attach(sampler, process);
	}
	tracee->owner = thread_begin(sampler, tracee, process, &before,
				     parent);
}

/* Of the program that runs in it now, the one that ran before, if any. */
struct predecessor {
	uint32_t id;
	pid_t maker;
	uint64_t foreign_bytes;
	struct process_times times;
};

static struct predecessor process_leaves(struct sampler *sampler,
					 struct tracee *tracee)
{
	struct thread_record *thread = tracee->owner;
	struct predecessor old = { .id = ID_NONE };

	if (thread) {
		struct process_record *process = thread->process;

		old = (struct predecessor){
			process->id, process->maker, process->foreign_bytes,
			process->times
		};
		thread_end(sampler, thread, true);
		process_end(sampler, process, -1, 0);
	}
	if (tracee->pid == sampler->launched)
		old.foreign_bytes = sampler->launched_bytes;
	else
		old.foreign_bytes = MAX(old.foreign_bytes,
					inherited_bytes(old.maker));
	return old;
}

void sampler_execed(void *context, struct tracee *tracee)
{
	struct sampler *sampler = context;
	const struct predecessor old = process_leaves(sampler, tracee);
	struct task_account before = { 0 };
	struct process_record *process;

	if (tracee->pid == sampler->launched)
		sampler->program_started = true;
	task_account_read(&tracee->files, &before);
	process = process_begin(sampler, tracee->pid, old.id, false);
	process->maker = old.maker;
	process->foreign_bytes = old.foreign_bytes;
	process->times = old.times;
	regions_process_begin(sampler, process, sampler->exec_marks, NULL);
	sampler->exec_marks = NULL;
	tracee->owner = thread_begin(sampler, tracee, process, &before,
				     false);
	sampler_check_program(sampler, tracee->pid, true);
}

static uint64_t ns_of(const struct timeval *time)
{
	return time->tv_sec * NS_PER_S + time->tv_usec * NS_PER_US;
}

/*
 * Ticks are too coarse for processes of milliseconds.  What is told when one
 * has ended is exact, but has the children that it waited for in it.
 */
static bool times_of(const struct sampler *sampler,
		     const struct process_record *process, uint64_t *user_ns,
		     uint64_t *system_ns)
{
	const bool alone = sampler->recording->follow &&
			   !process->times.has_children;
	struct rusage usage;

	if (!alone || !final_usage(process->pid, &usage))
		return process_times_read(process->pid, user_ns, system_ns);
	*user_ns = ns_of(&usage.ru_utime);
	*system_ns = ns_of(&usage.ru_stime);
	return true;
}

static void count_times(struct sampler *sampler,
			const struct process_record *process)
{
	const struct process_times *past = &process->times;
	uint64_t user_ns, system_ns;

	if (!times_of(sampler, process, &user_ns, &system_ns))
		return;
	sampler->counts.user_ns += user_ns - MIN(user_ns, past->user_ns);
	sampler->counts.system_ns += system_ns - MIN(system_ns,
						     past->system_ns);
}

void sampler_thread_ended(void *context, struct tracee *tracee, int status)
{
	struct sampler *sampler = context;
	struct thread_record *thread = tracee->owner;
	const bool is_leader = tracee->tid == tracee->pid;
	struct process_record *process;

	if (is_leader && tracee->pid == sampler->launched && status >= 0) {
		sampler->main_ended = true;
		sampler->main_status = status;
	}
	if (!thread)
		return;
	process = thread->process;
	thread_end(sampler, thread, false);
	if (process->thread_count)
		return;
	if (is_leader && status >= 0)
		count_times(sampler, process);
	process_end(sampler, process, status, final_peak(sampler, process));
}

/* The recording ends before the threads do. */
void sampler_forget_all(struct sampler *sampler)
{
	regions_stop(sampler);
	collect_finish(sampler->collect, sampler_now(sampler),
		       &sampler->memory);
	for (size_t i = tracer_count(sampler->tracer); i-- > 0;) {
		struct tracee *tracee = tracer_get(sampler->tracer, i);
		struct thread_record *thread = tracee->owner;
		struct process_record *process;

		if (!thread)
			continue;
		process = thread->process;
		thread_end(sampler, thread, false);
		if (process->thread_count)
			continue;
		count_times(sampler, process);
		if (sampler->main_ended && !sampler->left_count++)
			sampler->left_pid = process->pid;
		process_end(sampler, process, -1, 0);
	}
}
