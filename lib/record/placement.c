/* SPDX-License-Identifier: MIT */
#include "record/placement.h"

#include "base/clock.h"
#include "base/compiler.h"

#include <sched.h>
#include <unistd.h>

/* Of the time between two stops; a stop from afar takes the latter. */
#define ASLEEP_PART 0.05
#define STOP_NS (100.0 * NS_PER_US)

/*
 * One that shares its CPU does not get it back at once when it lost it to us:
 * another's turn comes first.
 */
#define RUNS_PART 0.5

bool placement_suits(const struct stop_mark *mark, const struct stop *stop)
{
	double wall_ns, run_ns, wait_ns;

	if (!mark->valid || !stop->account_known)
		return false;
	wall_ns = stop->seen_ns - mark->seen_ns;
	run_ns = stop->account.run_ns - mark->account.run_ns;
	wait_ns = stop->account.wait_ns - mark->account.wait_ns;
	return wall_ns - run_ns - wait_ns <=
		       ASLEEP_PART * wall_ns + STOP_NS &&
	       run_ns >= RUNS_PART * wall_ns;
}

void placement_clear(struct placement *placement)
{
	if (placement->stat >= 0)
		close(placement->stat);
	*placement = (struct placement){
		.stat = -1,
		.attempts = {
			.rest = placement->attempts.rest,
			.pause = placement->attempts.pause,
		},
	};
}

void placement_choose(struct placement *placement, pid_t pid, pid_t tid)
{
	placement_clear(placement);
	if (!attempts_due(&placement->attempts))
		return;
	placement->stat = task_cpu_open(pid, tid);
	if (placement->stat >= 0)
		placement->tid = tid;
}

void placement_keep(struct placement *placement, bool suits)
{
	if (attempts_told(&placement->attempts, suits))
		placement_clear(placement);
}

static bool is_real_time(void)
{
	return (sched_getscheduler(0) & ~SCHED_RESET_ON_FORK) == SCHED_FIFO;
}

/* There, and stay by being let alone: nothing that we start is bound. */
static bool move_to(int cpu)
{
	cpu_set_t whole, one;

	if (sched_getaffinity(0, sizeof(whole), &whole) || cpu < 0 ||
	    cpu >= CPU_SETSIZE || !CPU_ISSET(cpu, &whole))
		return false;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return false;
	sched_setaffinity(0, sizeof(whole), &whole);
	return sched_getcpu() == cpu;
}

void placement_go(struct placement *placement)
{
	int cpu;

	placement->near = false;
	if (!placement->tid)
		return;
	cpu = task_cpu_read(placement->stat);
	placement->near = cpu >= 0 && is_real_time() &&
			  (sched_getcpu() == cpu || move_to(cpu));
}
