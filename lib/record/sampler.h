/* SPDX-License-Identifier: MIT */
/*
 * The sampler: ticks, looks at the threads, stops the ones that run, and
 * turns what it sees into samples in a sink.
 *
 *	sampler.c	ticks: which threads, when; run begin and end
 *	observe.c	one look at one thread: asleep or running?
 *	stacks.c	what was copied of a stack, unwound
 *	runnable.c	did it run, or only wait for a CPU?
 *	placement.c	near which thread do we wait for the tick?
 *	windows.c	the end of a window: what goes into the file
 *	transfers.c	calls that a stop would cut short
 *	population.c	processes and threads that come, exec and go
 */
#ifndef CPROF_RECORD_SAMPLER_H
#define CPROF_RECORD_SAMPLER_H

#include "base/map64.h"
#include "collect/collect.h"
#include "model/sink.h"
#include "record/budget.h"
#include "record/call_skid.h"
#include "record/control.h"
#include "record/exec_warning.h"
#include "record/lateness.h"
#include "record/placement.h"
#include "record/regions.h"
#include "record/sleep_cost.h"
#include "record/stack_table.h"
#include "record/thread_log.h"
#include "trace/tracer.h"
#include "unwind/address_space.h"
#include "unwind/unwinder.h"

/* For its user and system time at its end. */
struct process_times {
	bool has_children;		/* they may be in what is told of it */
	uint64_t user_ns;		/* before it was seen */
	uint64_t system_ns;
};

struct process_record {
	uint32_t id;
	pid_t pid;
	uint32_t thread_count;
	uint64_t window_cpu_ns;		/* its clock when the window began */
	bool slept;			/* all of its threads, since then */
	pid_t maker;			/* 0: not known */
	char name[32];			/* of its first thread, at first */
	/* What the kernel counts as its peak, and is not; see population.c */
	uint64_t foreign_bytes;
	struct process_times times;
	uint64_t maps_pause_ns;		/* monotonic: do not read maps before */
	uint64_t maps_stale_ns;		/* read them again from then on */
	struct address_space *space;
	struct process_marks *marks;	/* never NULL */
	uint32_t first_thread;		/* id of the first one seen */
	struct process_record *next;
};

/* What is known of a thread that was found asleep. */
struct sleep_record {
	bool known;		/* the stack below is that of the sleep */
	uint64_t slices;	/* run count; the same: it did not run */
	uint64_t since_ns;	/* it had not begun at this look before it */
	uint64_t sp;
	uint64_t pc;
	uint64_t stack_hash;	/* of used_bytes from sp on */
	size_t used_bytes;
	enum thread_state state;
	uint32_t stack;
};

/* The last call that a stop cut short. */
struct cut_record {
	struct task_call call;
	int64_t result;
	uint64_t run_ns;	/* CPU time of the thread at the stop */
};

struct thread_record {
	struct thread_log log;
	struct call_skid skid;
	struct process_record *process;
	struct tracee *tracee;
	struct sleep_record sleep;
	struct outer_frames outer;	/* of its last complete stack */
	uint32_t last_stack;		/* at its last stop */
	uint64_t lost_ns;		/* by a stop; see transfers.h */
	struct cut_record cut;
	uint64_t free_looks;		/* to be settled; see transfers.h */
	uint64_t free_until_ns;		/* the last of them */
	bool asleep;			/* at the last look */
	unsigned int backoff;		/* ticks between looks while asleep */
	uint64_t due_tick;		/* not to be looked at before */
	/* the stop that is on its way */
	bool stop_is_sleep;		/* it is for a sleeper's registers */
	uint64_t asked_ns;		/* the look that asked for it */
	uint64_t asked_busy_ns;		/* monotonic: at work since, then */
	struct task_account asked;	/* the account then */
	unsigned int restless;		/* looks that found it changing */
	struct stop_mark mark;		/* its last stop while on a CPU */
	uint64_t stops;			/* that we asked for */
	uint64_t yields_before;		/* see task_yields() */
	bool foreign;			/* of another architecture */
	bool exiting;			/* seen at its exit */
	pid_t inner_tid;		/* its id to itself; 0: not read yet */
};

struct sampler_counts {
	uint64_t samples;
	uint64_t on_cpu_samples;
	uint64_t skid_ns;		/* sum over them */
	uint64_t call_samples;		/* of them, stopped in a call */
	uint64_t moved;			/* of these, see call_skid.h */
	uint64_t late_stops;		/* see model/run.h */
	uint64_t threads;
	uint64_t processes;
	uint64_t cpu_ns;
	uint64_t runqueue_ns;		/* of threads that have ended */
	uint64_t peak_memory_bytes;	/* of the largest process */
	uint64_t user_ns;		/* of processes, as far as known */
	uint64_t system_ns;
	struct losses losses;
};

struct sampler {
	const struct recording *recording;
	struct control_page *page;
	struct sample_sink *sink;
	struct module_table *modules;
	struct unwinder *unwinder;
	struct rbp_memory *rbp;
	struct stack_table stacks;
	struct unwind_result unwound;	/* reused */
	struct capture scratch;		/* of sleeping threads */
	uint64_t epoch_ns;		/* monotonic, clock 0 of the file */
	uint32_t run;			/* the current run's id */
	uint32_t next_process;		/* ids */
	uint32_t next_thread;
	uint32_t next_metric;

	/* of the current run */
	uint64_t run_start_ns;
	struct tracer *tracer;
	struct process_record *processes;
	struct sampler_counts counts;
	struct lateness lateness;
	struct lateness held;		/* how long stops lasted */
	uint64_t held_max_ns;
	struct sleep_cost sleep_cost;	/* our own sleeps */
	struct budget budget;
	struct placement placement;
	uint64_t near_stops;		/* since own_ns */
	uint64_t own_ns;		/* our CPU time at the last wait */
	struct collect *collect;	/* of the current run */
	uint64_t period_ns;		/* between ticks, on average */
	uint64_t live_cpu_ns;		/* CPU time of the threads that live */
	uint64_t live_samples;		/* theirs, not yet in the file */
	uint64_t random;
	uint64_t tick;			/* count of ticks */
	uint64_t tick_ns;		/* recording's clock, now */
	uint64_t due_ns;		/* monotonic: when the tick was due */
	uint64_t busy_ns;		/* monotonic: at work since */
	unsigned int cpus;
	bool core_is_idle;		/* as far as we know */
	uint64_t active;		/* threads found so, smoothed * 256 */
	uint64_t active_seen;		/* in this tick */
	pid_t launched;			/* the program; 0: attached */
	uint64_t launched_bytes;	/* its memory before it is itself */
	struct memory_facts memory;	/* at the end of the run */
	struct strbuf not_collected;	/* of the last run */
	uint32_t left_count;		/* processes that outlive it */
	pid_t left_pid;			/* one of them */
	bool program_started;		/* it has exec'd */
	bool main_ended;
	int32_t main_status;
	_Atomic uint32_t *stop;		/* set by others: end the run */
	struct exec_warnings warnings;
	struct map64 programs;		/* files that were looked at */
	int exe_fd;			/* of the last one to exec, -1: none */
	struct regions regions;
	struct process_marks *exec_marks;	/* of the one about to exec */
	/* Tells the user at once; may be NULL. */
	void (*notice)(void *arg, const char *text);
	void *notice_arg;
};

/* `sink` and the rest are borrowed until sampler_release(). */
void sampler_init(struct sampler *sampler, const struct recording *recording,
		  struct control_page *page, struct sample_sink *sink);
void sampler_release(struct sampler *sampler);

/*
 * Begin a run: seize `launched`, a child that waits for its exec, or, when
 * it is 0, the processes of the recording.  The caller's thread becomes the
 * tracer and must end after sampler_run().
 */
int sampler_begin(struct sampler *sampler, pid_t launched, struct error *err);

/*
 * Sample until the program, or the last attached process, ends, or `*stop`
 * becomes true.  Fills `*end` but for what cprof knows from wait4(2).
 */
void sampler_run(struct sampler *sampler, struct run_end *end);

/*
 * windows.c: a window ends with this tick; all sleepers are looked at, where
 * their process did anything, so that it has the whole of them.  ...
 */
void sampler_window_ends(struct sampler *sampler);
/* ... and after the looks, it is written. */
void sampler_flush_windows(struct sampler *sampler);
/* That of one thread, which ends. */
void sampler_flush_thread(struct sampler *sampler,
			  struct thread_record *thread);

/* Time on the recording's clock. */
uint64_t sampler_now(const struct sampler *sampler);

/* population.c: the tracer's events. */
void sampler_thread_started(void *context, struct tracee *tracee,
			    pid_t parent);
void sampler_execed(void *context, struct tracee *tracee);
void sampler_thread_ended(void *context, struct tracee *tracee, int status);
void sampler_forget_all(struct sampler *sampler);
/* Get hold of the program of `pid`, which may be over soon, ... */
void sampler_open_program(struct sampler *sampler, pid_t pid);
void sampler_execing(void *context, const struct tracee *tracee);
void sampler_exiting(void *context, const struct tracee *tracee);
/* ... and warn of it when it is not itself while it is traced. */
void sampler_check_program(struct sampler *sampler, pid_t pid, bool executed);
/* Find threads that nobody announced (CLONE_UNTRACED). */
void sampler_rescan(struct sampler *sampler);

/* observe.c */
void sampler_look(struct sampler *sampler, struct thread_record *thread);
void sampler_stopped(void *context, const struct stop *stop);
uint64_t sampler_random(struct sampler *sampler);

/*
 * stacks.c: the stack of a snapshot; false: a sleeper that must be stopped
 * for it.
 */
bool sampler_stack(struct sampler *sampler, struct thread_record *thread,
		   const struct snapshot *snap, uint32_t *stack);
/* As much as is known of it then. */
uint32_t sampler_stack_so_far(struct sampler *sampler,
			      struct thread_record *thread,
			      const struct snapshot *snap);

/* runnable.c: for how long it waited for a CPU, from the look to the stop. */
uint64_t sampler_waited_for_stop(const struct thread_record *thread,
				 const struct stop *stop);
/* Was it waiting for a CPU when the tick came? */
bool sampler_was_runnable(const struct thread_record *thread,
			  const struct stop *stop);

#endif
