/* SPDX-License-Identifier: MIT */
#include "record/run_plan.h"

#include "base/clock.h"

#include <sys/random.h>
#include <unistd.h>

/* The finalizer of splitmix64 (Steele, Lea, Flood: OOPSLA 2014). */
static uint64_t mix(uint64_t value)
{
	value += UINT64_C(0x9e3779b97f4a7c15);
	value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
	return value ^ value >> 31;
}

bool run_order_swapped(uint64_t seed, uint32_t pair)
{
	const bool first_of_two = mix(seed ^ mix(pair / 2)) & 1;

	return first_of_two == !(pair & 1);
}

uint64_t run_series_new(void)
{
	uint64_t series = 0;

	if (getrandom(&series, sizeof(series), GRND_NONBLOCK) !=
	    sizeof(series))
		series = mix(clock_realtime_ns() ^ mix(getpid()));
	/* 0 means none. */
	return series ? series : 1;
}

bool run_plan_next(struct session_run *run, void *arg)
{
	struct run_plan *plan = arg;
	const uint32_t each = plan->plain ? 2 : 1;
	const uint32_t order = plan->order++;
	const uint32_t pair = order / each;
	bool plain = false;

	if (pair >= plan->runs)
		return false;
	/* The first run is sampled: it says what the profile is about. */
	if (plan->plain)
		plain = (order & 1) != (pair && run_order_swapped(plan->series,
								  pair));
	*run = (struct session_run){
		.kind = plain ? RUN_PLAIN : RUN_PROFILED,
		.last = pair + 1 == plan->runs && (order + 1) % each == 0,
	};
	if (plan->plain)
		run->place = (struct run_place){ plan->series, pair, order };
	return true;
}
