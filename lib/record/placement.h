/* SPDX-License-Identifier: MIT */
/*
 * On which CPU the sampler waits for its tick.  Where that is the CPU of the
 * thread that it will stop, the timer's interrupt takes that thread off the
 * CPU between two of its instructions, and it runs none of its own any more.
 * From another CPU it runs on until a request reaches it: 5 to 60 us, in
 * which it begins and ends calls.
 *
 * Only for threads that hardly ever sleep, and have a CPU to themselves: those
 * that sleep are woken up by the same interrupts as we are, and are found
 * there too often.
 */
#ifndef CPROF_RECORD_PLACEMENT_H
#define CPROF_RECORD_PLACEMENT_H

#include "base/attempts.h"
#include "record/budget.h"

#include <stdbool.h>
#include <sys/types.h>

struct placement {
	pid_t tid;	/* the thread to be near; 0: none */
	int stat;	/* its file, which tells its CPU */
	bool near;	/* we are, as far as we know */
	struct attempts attempts;	/* a failure: its stop does not suit */
};

#define PLACEMENT_NONE { .stat = -1 }

/* Was it on its CPU nearly all the time since its last stop? */
bool placement_suits(const struct stop_mark *mark, const struct stop *stop);

/* Be near this thread from now on. */
void placement_choose(struct placement *placement, pid_t pid, pid_t tid);

/*
 * Another stop of that thread: does it still suit?  One that often did not,
 * lately, is left, and none is chosen for some time, longer each time: where
 * we need the CPU for long, the kernel takes the thread to another one, which
 * costs it more than our requests.
 */
void placement_keep(struct placement *placement, bool suits);

/* Be near nobody. */
void placement_clear(struct placement *placement);

/*
 * Before a wait: go to the CPU that the thread was on last, if the calling
 * thread may use it and is one that gets the CPU at once (SCHED_FIFO): it
 * stays there then.  Its affinity is what it was before.
 */
void placement_go(struct placement *placement);

#endif
