/* SPDX-License-Identifier: MIT */
/*
 * One busy thread that divides its time 50 : 30 : 15 : 5 over four functions.
 *
 *	shares long|short|calls|periodic SECONDS
 *
 * long: bursts of 2 to 20 ms; short: bursts of 20 to 200 us, below the
 * period of a 1 kHz sampler; calls: of 10 to 40 us, each with a short system
 * call behind it, where a thread that is asked to stop does so; periodic: the
 * four functions take turns in every millisecond of the clock, which fools a
 * sampler that keeps time.
 */
#include "truth.h"

enum { FUNCTIONS = 4 };

DEFINE_WORK(work_50, 1442695040888963407u)
DEFINE_WORK(work_30, 1442695040888963409u)
DEFINE_WORK(work_15, 1442695040888963411u)
DEFINE_WORK(work_5, 1442695040888963413u)

static const struct {
	const char *name;
	work_fn *work;
	unsigned int percent;
} functions[FUNCTIONS] = {
	{ "work_50", work_50, 50 },
	{ "work_30", work_30, 30 },
	{ "work_15", work_15, 15 },
	{ "work_5", work_5, 5 },
};

static unsigned int choose(uint64_t *random)
{
	unsigned int ticket = random_next(random) % 100;
	unsigned int i = 0;

	while (ticket >= functions[i].percent)
		ticket -= functions[i++].percent;
	return i;
}

/* What it takes to read the clock: no time of a burst. */
static uint64_t clock_cost_ns(void)
{
	enum { READINGS = 10000 };
	const uint64_t start_ns = thread_cpu_ns();

	for (int i = 1; i < READINGS; i++)
		thread_cpu_ns();
	return (thread_cpu_ns() - start_ns) / READINGS;
}

static void in_bursts(uint64_t min_ns, uint64_t max_ns, uint64_t end_ns,
		      uint64_t spent_ns[FUNCTIONS])
{
	const double tsc = tsc_per_ns();
	const uint64_t cost_ns = clock_cost_ns();
	uint64_t random = 88172645463325252u;
	uint64_t before = thread_cpu_ns();

	while (wall_ns() < end_ns) {
		unsigned int i = choose(&random);
		uint64_t ns = min_ns + random_next(&random) % (max_ns - min_ns);
		uint64_t after;

		functions[i].work(__rdtsc() + (uint64_t)((double)ns * tsc));
		after = thread_cpu_ns();
		spent_ns[i] += after - before - cost_ns;
		before = after;
	}
}

static void in_lockstep(uint64_t end_ns, uint64_t spent_ns[FUNCTIONS])
{
	double tsc = tsc_per_ns();
	uint64_t period = (uint64_t)(1000000 * tsc);
	uint64_t start = __rdtsc();
	uint64_t before = thread_cpu_ns();

	while (wall_ns() < end_ns) {
		uint64_t end = start;

		for (int i = 0; i < FUNCTIONS; i++) {
			uint64_t after;

			end += period * functions[i].percent / 100;
			if (__rdtsc() < end)
				functions[i].work(end);
			after = thread_cpu_ns();
			spent_ns[i] += after - before;
			before = after;
		}
		start += period;
		/* Held up for more than a turn: keep the beat. */
		while (__rdtsc() > start + period)
			start += period;
	}
}

int main(int argc, char **argv)
{
	uint64_t spent_ns[FUNCTIONS] = { 0 };
	uint64_t end_ns;

	if (argc != 3)
		return 2;
	end_ns = wall_ns() + (uint64_t)(strtod(argv[2], NULL) * NS_PER_S);
	if (!strcmp(argv[1], "long"))
		in_bursts(2000000, 20000000, end_ns, spent_ns);
	else if (!strcmp(argv[1], "short"))
		in_bursts(20000, 200000, end_ns, spent_ns);
	else if (!strcmp(argv[1], "calls"))
		in_bursts(10000, 40000, end_ns, spent_ns);
	else
		in_lockstep(end_ns, spent_ns);

	for (int i = 0; i < FUNCTIONS; i++)
		printf("truth %s %.6f\n", functions[i].name,
		       (double)spent_ns[i] / (double)rusage_ns(RUSAGE_SELF));
	print_cpu();
	return 0;
}
