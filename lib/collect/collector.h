/* SPDX-License-Identifier: MIT */
/*
 * What all collectors have in common.  A collector reads one source of
 * numbers: one file, one table of operations, one line in collect.c.
 */
#ifndef CPROF_COLLECT_COLLECTOR_H
#define CPROF_COLLECT_COLLECTOR_H

#include "base/error.h"
#include "base/vec.h"
#include "model/metric.h"
#include "model/run.h"
#include "proc/task.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A traced process, as collectors see it. */
struct collect_process {
	uint32_t id;		/* of the recording */
	pid_t pid;
	pid_t live;		/* a thread of it; see process_live_thread() */
	/*
	 * It began while we looked, so its sums began at 0; else it ran
	 * before (attached), or another program ran in it (exec).
	 */
	bool fresh;
};

struct collect_thread {
	uint32_t id;
	uint32_t process;	/* id */
	pid_t pid;
	pid_t tid;
	bool fresh;
	/* Both NULL in the background. */
	const struct task_files *files;
	const uint64_t *stops;	/* times that we stopped it */
};

VEC_DEFINE(collect_process_vec, struct collect_process);
VEC_DEFINE(collect_thread_vec, struct collect_thread);

/* One look: what there is, and what was found. */
struct collect_look {
	enum run_level level;
	/* Recording's clock: of the values that are put. */
	uint64_t now_ns;
	uint64_t epoch_ns;		/* monotonic: when that was 0 */
	bool attached;			/* to what ran before us */
	bool last;			/* there will not be another */
	struct collect_process_vec processes;
	struct collect_thread_vec threads;
	struct metric_value_vec values;	/* by collect_put() */
};

struct collector;

struct collector_ops {
	const char *name;
	enum run_level level;		/* from this level on */
	uint64_t period_ns;		/* between two looks, at first */
	size_t size;			/* of the struct around `base` */
	/*
	 * It may take long: it runs in a thread of its own, on a copy of the
	 * lists.  `look` must touch nothing but the collector then.
	 */
	bool background;
	/* Before all else; may be NULL. */
	void (*init)(struct collector *collector);
	/*
	 * -1 when the source is not there: the error's text is the reason.
	 * May be NULL.  In the background, it is called there.
	 */
	int (*open)(struct collector *collector, struct error *err);
	void (*look)(struct collector *collector, struct collect_look *look);
	/*
	 * A thread begins, or ends: dead and not reaped, so that its
	 * accounts can be read.  May be NULL; never in the background.
	 */
	void (*thread_started)(struct collector *collector,
			       const struct collect_thread *thread);
	void (*thread_ended)(struct collector *collector,
			     const struct collect_thread *thread,
			     struct collect_look *look);
	/*
	 * A look at little else than one number, from files kept open: so
	 * frequent that what regions use is told apart.  Puts a value only
	 * where the number has moved, and the one before, so that the line
	 * between the values stays true.  Returns whether it moves just
	 * now; where more than QUICK_FILES would be open, does nothing but
	 * count that in `quick_refused`.  May be NULL.  Never in the
	 * background, nor while `look` is there.
	 */
	bool (*quick)(struct collector *collector, struct collect_look *look);
	void (*close)(struct collector *collector);	/* may be NULL */
};

enum {
	QUICK_FILES = 64	/* kept open by a collector, at most */
};

struct series_table;

struct collector {
	const struct collector_ops *ops;
	struct series_table *series;	/* of what it puts */
	uint32_t run;
	bool opened;
	bool absent;			/* `note` says why */
	char note[200];			/* what it cannot tell, and why */
	uint64_t reads;
	uint64_t quick_reads;		/* by `quick`, where it did read */
	uint64_t quick_refused;		/* too many files to look quickly */
	uint64_t cost_ns;		/* CPU time of all looks */
	uint64_t took_ns;		/* the last look, by the clock */
	uint64_t last_cpu_ns;		/* the same, CPU time */
	uint64_t period_ns;
	uint64_t due_ns;		/* recording's clock */
};

/*
 * Note a value of this look.  `metric` names the series: its name and
 * source must outlive the collector (literals, or its own interned texts).
 */
void collect_put(struct collector *collector, struct collect_look *look,
		 const struct metric *metric, int64_t value);

/* The same, for a value that was true before. */
void collect_put_at(struct collector *collector, struct collect_look *look,
		    uint64_t time_ns, const struct metric *metric,
		    int64_t value);

/*
 * Let it look once (open it before, when it is not), and count what that
 * takes.  One that is absent does nothing.
 */
void collector_look(struct collector *collector, struct collect_look *look);

/* Is it one of the processes of this look (a struct collect_look)? */
bool collect_look_has(void *look, pid_t pid);

/* What it cannot tell, and why; the first note stays. */
void collect_note(struct collector *collector, const char *fmt, ...)
	PRINTF_LIKE(2, 3);

/* The tables. */
extern const struct collector_ops memory_collector_ops;
extern const struct collector_ops share_collector_ops;
extern const struct collector_ops cpu_collector_ops;
extern const struct collector_ops io_collector_ops;
extern const struct collector_ops net_collector_ops;
extern const struct collector_ops gpu_collector_ops;
extern const struct collector_ops machine_collector_ops;
extern const struct collector_ops space_collector_ops;
extern const struct collector_ops files_collector_ops;

/* The recording's clock, now: values are true when they are read. */
uint64_t collect_look_time(const struct collect_look *look);

/* All was read between `before_ns` and now: the look was in the middle. */
void collect_look_read(struct collect_look *look, uint64_t before_ns);

/*
 * What the memory collector, which every level above basic has, saw: of
 * all (see struct memory_facts), and the peak of one process, 0: none.
 */
void memory_collector_facts(const struct collector *collector,
			    struct memory_facts *facts);
uint64_t memory_collector_peak(const struct collector *collector, uint32_t id);

/* A process is there that ran before us: its peak so far is not ours. */
void memory_collector_attached(struct collector *collector,
			       struct collect_process *process);

/* A process has ended, and the kernel says that this was its peak. */
void memory_collector_ended(struct collector *collector, uint32_t id,
			    uint64_t max_rss_bytes, uint64_t now_ns);

#endif
