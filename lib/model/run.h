/* SPDX-License-Identifier: MIT */
/* Processes, threads, runs: what was recorded, and how well. */
#ifndef CPROF_MODEL_RUN_H
#define CPROF_MODEL_RUN_H

#include "base/vec.h"

#include <stdint.h>

struct label {
	const char *key;
	const char *value;
};

/* What a program says of its run is added as long as there are fewer. */
enum { RUN_LABELS_MAX = 1024 };

/* About the machine and the recorder; once per file. */
struct recording_info {
	const char *host;
	const char *kernel;		/* uname release */
	const char *machine;		/* uname machine: "x86_64" */
	const char *cpu_model;
	const char *cprof_version;
	uint32_t cpu_count;
	uint64_t memory_bytes;
	uint64_t start_realtime_ns;	/* since the epoch, at clock 0 */
};

/* Values are stored in files. */
enum run_kind { RUN_PROFILED = 0, RUN_PLAIN = 1 };

enum { RUN_ATTACHED = 1 };		/* run_begin.flags */

/* How much was recorded besides samples.  Values are stored in files. */
enum run_level {
	LEVEL_UNKNOWN = 0,	/* files from before there were levels */
	LEVEL_BASIC = 1,	/* time only */
	LEVEL_STANDARD = 2,	/* and memory */
	LEVEL_DETAILED = 3,	/* and CPU, I/O, network, GPU, machine */
	LEVEL_COMPREHENSIVE = 4,	/* and all else, ten times as often */
	LEVEL_COUNT
};

/* "standard"; NULL for LEVEL_UNKNOWN and what is no level. */
const char *run_level_name(unsigned int level);

/*
 * Runs that took turns, of one file or of several, are a series: what
 * disturbed the machine disturbed both runs of a pair.
 */
struct run_place {
	uint64_t series;		/* the same in all; 0: none */
	uint32_t pair;			/* of the series: 0, 1, 2, ... */
	uint32_t order;			/* among all runs of the series */
};

/* One execution of the command, or one attachment. */
struct run_begin {
	uint64_t start_ns;		/* recording's clock */
	uint64_t start_realtime_ns;	/* since the epoch */
	const char *const *argv;	/* the command */
	size_t argc;
	const char *name;
	const char *version;		/* "" when not given */
	const struct label *labels;
	size_t label_count;
	uint32_t rate_hz;		/* asked for */
	uint32_t overhead_ppm;		/* allowed; 0: without limit */
	uint8_t kind;			/* enum run_kind */
	uint8_t flags;
	uint8_t level;			/* enum run_level */
	struct run_place place;
};

/*
 * A run without a sampler, as its parent saw it.  Times are monotonic;
 * the rest is of the process and of the children that it waited for.
 */
struct plain_run {
	uint64_t start_ns;
	uint64_t start_realtime_ns;	/* since the epoch */
	uint64_t end_ns;
	uint64_t user_ns;
	uint64_t system_ns;
	uint64_t peak_memory_bytes;	/* 0: not known */
	int32_t exit_status;		/* as from wait(2) */
};

/* What went wrong while sampling; all counts. */
struct losses {
	uint64_t samples_lost;		/* a stop that never came, or failed */
	uint64_t stacks_truncated;	/* samples whose stack is cut short */
	uint64_t stacks_unreadable;	/* samples without any stack */
	uint64_t ticks_late;		/* ticks more than one period late */
	uint64_t ticks_missed;		/* ticks skipped altogether */
	uint64_t calls_restarted;	/* system calls rescued from EINTR */
	uint64_t threads_missed;	/* threads that could not be seized */
	uint64_t transfers_cut;		/* writes and the like, by our stops */
};

/* Add `more` to `sum`, count by count. */
void losses_add(struct losses *sum, const struct losses *more);

/*
 * Resident memory of all processes of the run together, each page once per
 * process that has it; all 0 when nobody looked.
 */
struct memory_facts {
	uint64_t initial_bytes;		/* at the first look */
	uint64_t final_bytes;		/* at the last one */
	uint64_t peak_bytes;		/* the largest sum */
	uint64_t peak_ns;		/* and when; recording's clock */
};

struct run_end {
	uint64_t end_ns;		/* recording's clock */
	int32_t exit_status;		/* as from wait(2); -1: not known */
	uint64_t user_ns;		/* of the whole process tree */
	uint64_t system_ns;
	uint64_t peak_memory_bytes;	/* highest VmHWM of any process */
	uint64_t samples;
	uint64_t stops;
	uint64_t held_ns;		/* sum of stop seen to CONT */
	uint64_t interrupt_ns;		/* sum of INTERRUPT to CONT */
	uint64_t own_cpu_ns;		/* the recorder's own CPU time */
	uint64_t cost_ns;		/* work lost to us, an estimate */
	uint64_t skid_ns;		/* mean time until a stop takes hold */
	uint64_t lateness_p50_ns;	/* of ticks */
	uint64_t lateness_p99_ns;
	uint64_t held_p50_ns;		/* of a stop: seen to CONT */
	uint64_t held_p99_ns;
	uint64_t held_max_ns;
	struct losses losses;
	struct memory_facts memory;
	/* That found a thread on a CPU; in a call, without those moved. */
	uint64_t cpu_stops;
	uint64_t call_stops;
	/* Those that found asleep what was not at the look before. */
	uint64_t late_stops;
	/* CPU time of one sleep: the ways in and out; 0: not known. */
	uint64_t sleep_cost_ns;
};

/* One program image: exec ends one and begins another. */
struct process {
	uint32_t run;
	uint32_t parent;		/* process id here, or ID_NONE */
	int32_t pid;
	uint64_t start_ns;
	const char *name;		/* comm, or the program's base name */
	const char *exe;		/* path of the program */
};

struct process_end {
	uint32_t process;
	uint64_t end_ns;
	uint64_t peak_memory_bytes;	/* VmHWM; 0: not known */
	int32_t exit_status;		/* as from wait(2); -1: not known */
};

struct thread {
	uint32_t process;
	int32_t tid;
	uint64_t start_ns;
	const char *name;
};

struct thread_end {
	uint32_t thread;
	uint64_t end_ns;
	uint64_t cpu_ns;		/* kernel's account while recorded */
	uint64_t runqueue_ns;
	uint64_t yields;		/* times it gave up the CPU by itself */
	const char *name;		/* last name seen */
};

#endif
