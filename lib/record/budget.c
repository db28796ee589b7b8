/* SPDX-License-Identifier: MIT */
#include "record/budget.h"

#include "base/clock.h"

#include <math.h>

/*
 * What a stop costs beside its time: the way into it and out of it, cold
 * caches.  It cannot be seen, but what a sleep takes can, which is such a way
 * in and out, too: the program's own CPU clock said 19 to 37 us for 150 to
 * 1000 stops a second where a sleep of ours took 9 to 16.
 */
#define UNSEEN_SLEEPS (7.0 / 3)

/* The same where nobody had to be woken up: 0 to 10 us. */
#define UNSEEN_AWAKE_SLEEPS 0.5

/* The same where we are on its CPU: two switches more, cold caches. */
#define UNSEEN_NEAR_SLEEPS 1.0

/* Before one was measured; and whatever is measured is no more, or less. */
#define SLEEP_NS 15000.0
#define SLEEP_LEAST_NS 1000.0
#define SLEEP_MOST_NS 30000.0

/* No stop is seen sooner: a switch to us. */
#define SWITCH_NS 5000.0

/* A wait for a CPU this long is somebody else's doing, not our resumption. */
#define OWN_WAIT_NS 50000.0

/* Before anything was measured; medians of many programs are near it. */
#define FIRST_FACTOR 1.5
#define FIRST_STOP_NS 60000.0

/*
 * A short run may lose more than its percentage, but not more than this.
 * What is spent too early, or saved, is made good in half a second.
 */
#define SHORT_RUN_NS (25.0 * NS_PER_MS)
#define PAYBACK_NS (500.0 * NS_PER_MS)

/* The kernel tells idle time in steps of 10 ms. */
#define SHORT_WINDOW_NS (100 * NS_PER_MS)

#define SMOOTHING 0.05
/* 40 Hz: a profile with fewer samples is of no use to anybody. */
#define LONGEST_NS (25.0 * NS_PER_MS)

void budget_init(struct budget *budget, double percent, uint32_t rate_hz)
{
	*budget = (struct budget){
		.allowed = percent / 100,
		.shortest_ns = NS_PER_S / rate_hz,
		.factor = FIRST_FACTOR,
		.stop_ns = FIRST_STOP_NS,
		.sleep_ns = SLEEP_NS,
	};
}

void budget_learn_sleep(struct budget *budget, uint64_t cpu_ns)
{
	budget->sleep_ns = MIN(MAX((double)cpu_ns, SLEEP_LEAST_NS),
			       SLEEP_MOST_NS);
}

static double smooth(double old, double value)
{
	return old + SMOOTHING * (value - old);
}

/*
 * From one sighting of a stop to the next, in a thread that was put on a
 * CPU just once in between: by its resumption.
 */
static bool ran_unbroken(const struct stop_mark *mark, const struct stop *stop)
{
	return mark->valid && stop->account_known &&
	       stop->account.slices == mark->account.slices + 1;
}

static double lost_in_stop(const struct budget *budget,
			   const struct stop_mark *mark,
			   const struct stop *stop)
{
	const double wall_ns = stop->seen_ns - mark->seen_ns;
	const double run_ns = stop->account.run_ns - mark->account.run_ns;
	const double wait_ns = stop->account.wait_ns - mark->account.wait_ns;
	const double stopped_ns = MAX(wall_ns - run_ns - wait_ns, 0.0);
	const double sleeps = stop->seen_awake ? UNSEEN_AWAKE_SLEEPS :
			      UNSEEN_SLEEPS;

	return stopped_ns + MIN(wait_ns, OWN_WAIT_NS) +
	       sleeps * budget->sleep_ns;
}

/* From the request to the resumption, without the waits of others' making. */
static double time_taken(const struct stop *stop, uint64_t waited_ns)
{
	const double all_ns = stop->resumed_ns - stop->asked_ns;
	const double held_ns = stop->resumed_ns - stop->seen_ns;
	const double others_ns = MAX(waited_ns - OWN_WAIT_NS, 0.0);

	return MAX(all_ns - others_ns, held_ns + SWITCH_NS);
}

void budget_count_stop(struct budget *budget, struct stop_mark *mark,
		       const struct stop *stop, uint64_t waited_ns)
{
	const double asked_ns = time_taken(stop, waited_ns);
	double lost_ns = asked_ns * budget->factor;

	if (ran_unbroken(mark, stop)) {
		lost_ns = lost_in_stop(budget, mark, stop);
		budget->factor = smooth(budget->factor, lost_ns / asked_ns);
	}
	budget->stop_ns = smooth(budget->stop_ns, lost_ns);
	budget->cost_ns += lost_ns;
	budget->window_held_ns += stop->resumed_ns - stop->seen_ns;

	budget_mark(mark, stop);
}

void budget_mark(struct stop_mark *mark, const struct stop *stop)
{
	mark->valid = stop->account_known;
	mark->seen_ns = stop->seen_ns;
	mark->account = stop->account;
}

void budget_count_near(struct budget *budget, uint64_t stops, uint64_t own_ns)
{
	const double lost_ns = own_ns + stops * UNSEEN_NEAR_SLEEPS *
					budget->sleep_ns;

	if (!stops)
		return;
	budget->stop_ns = smooth(budget->stop_ns, lost_ns / stops);
	budget->cost_ns += lost_ns;
	budget->window_near_ns += own_ns;
}

void budget_count_repeat(struct budget *budget, uint64_t lost_ns)
{
	const double more_ns = lost_ns + UNSEEN_SLEEPS * budget->sleep_ns;

	/* As if that stop had cost so much more. */
	budget->stop_ns += SMOOTHING * more_ns;
	budget->cost_ns += more_ns;
	/* Not to be taken for more than can have been lost. */
	budget->window_held_ns += more_ns;
}

void budget_count_others(struct budget *budget, uint64_t count)
{
	budget->other_ns += count * budget->stop_ns;
}

/*
 * Of our own CPU time, what the program could have used: none while a core is
 * idle, and never more than it waited for one.
 */
static double own_part(const struct budget *budget,
		       const struct budget_window *window)
{
	const uint64_t near_ns = budget->window_near_ns;
	const double waited_ns = window->waited_ns -
				 MIN(window->waited_ns, near_ns);
	double own_ns = window->own_ns - MIN(window->own_ns, near_ns);
	double cores;

	if (window->idle_known && window->elapsed_ns) {
		cores = (double)window->own_idle_ns / window->elapsed_ns;
		own_ns *= cores < 1 ? 1 - cores : 0;
	}
	return MIN(own_ns, waited_ns);
}

void budget_end_window(struct budget *budget,
		       const struct budget_window *window)
{
	const double most_ns = (double)window->idle_ns + window->own_ns +
			       budget->window_held_ns;
	double cost_ns, other_ns, all_ns;

	budget->cost_ns += own_part(budget, window);
	cost_ns = budget->cost_ns - budget->window_cost_ns;
	other_ns = budget->other_ns - budget->window_other_ns;
	all_ns = cost_ns + other_ns;
	if (window->idle_known && window->elapsed_ns >= SHORT_WINDOW_NS &&
	    all_ns > most_ns) {
		budget->cost_ns -= cost_ns * (1 - most_ns / all_ns);
		budget->other_ns -= other_ns * (1 - most_ns / all_ns);
	}
	budget->window_cost_ns = budget->cost_ns;
	budget->window_other_ns = budget->other_ns;
	budget->window_held_ns = 0;
	budget->window_near_ns = 0;
}

uint64_t budget_cost_ns(const struct budget *budget)
{
	return budget->cost_ns + budget->other_ns;
}

/*
 * What may have been lost when the program has used `cpu_ns`, and how much
 * more of each further nanosecond.  Until the percentage comes to more than
 * SHORT_RUN_NS it grows with the root of the time: a run has ever fewer
 * samples a second, from its first moment on, and no sudden drop.
 */
static double allowed_ns(const struct budget *budget, double cpu_ns,
			 double *slope)
{
	const double short_ns = SHORT_RUN_NS / budget->allowed;
	double ns;

	*slope = budget->allowed;
	if (cpu_ns >= short_ns)
		return budget->allowed * cpu_ns;
	ns = SHORT_RUN_NS * sqrt(cpu_ns / short_ns);
	*slope = ns / (2 * cpu_ns);
	return ns;
}

uint64_t budget_period_ns(const struct budget *budget, uint64_t cpu_ns)
{
	double left_ns, slope, rate, period_ns;

	if (budget->allowed <= 0)
		return budget->shortest_ns;
	left_ns = allowed_ns(budget, MAX(cpu_ns, NS_PER_MS), &slope) -
		  budget->cost_ns;
	/* What is left is spent, what is owed is paid back, step by step. */
	rate = slope + left_ns / PAYBACK_NS;
	period_ns = rate > 0 ? budget->stop_ns / rate : LONGEST_NS;
	period_ns = MIN(period_ns, LONGEST_NS);
	return MAX((uint64_t)period_ns, budget->shortest_ns);
}
