/* SPDX-License-Identifier: MIT */
/*
 * verdict_rows PROGRAM quiet|neighbour|drift SAME ROUNDS
 *
 * Measures PROGRAM (bench/verdict_target.c) as `cprof gate` would, under a
 * load that it makes itself, and prints a row a run:
 *
 *	arm  wall time, us  CPU time, us  peak memory, kB
 *
 * First SAME rows of arm 0, one behind the other: whatever is found to
 * differ in them is noise.  Then ROUNDS rounds of all arms in random order.
 */
#include "base/clock.h"
#include "gate/runner.h"
#include "stat/rng.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARG(whole, function, memory) \
	{ NULL, (whole), (function), (memory), NULL }

enum { ARMS = 10, LOADERS = 2 };

/* 0 and 1 are the same; see verdict_rules.c. */
static const char *arms[ARMS][5] = {
	ARG("0", "0", "0"), ARG("0", "0", "0"),
	ARG("1", "0", "0"), ARG("2", "0", "0"), ARG("3", "0", "0"),
	ARG("5", "0", "0"), ARG("10", "0", "0"),
	ARG("0", "5", "0"), ARG("0", "10", "0"), ARG("0", "0", "10"),
};

static void burn(uint64_t ns)
{
	const uint64_t until = clock_monotonic_ns() + ns;

	while (clock_monotonic_ns() < until)
		;
}

/* Bursts of 5 to 400 ms with pauses as long, by chance. */
static void be_neighbour(struct rng *rng)
{
	for (;;) {
		burn((5 + rng_below(rng, 395)) * NS_PER_MS);
		usleep((5 + rng_below(rng, 395)) * 1000);
	}
}

/* A duty that climbs from 0 to 90 % and falls, within 40 s. */
static void be_drift(void)
{
	const uint64_t start = clock_monotonic_ns();

	for (;;) {
		const double at = (double)(clock_monotonic_ns() - start) /
				  (20.0 * (double)NS_PER_S);
		const double phase = at - (double)(uint64_t)(at / 2) * 2;
		const double duty = 0.9 * (phase < 1 ? phase : 2 - phase);

		burn((uint64_t)(duty * 10e6));
		usleep((useconds_t)((1 - duty) * 10e3) + 1);
	}
}

static pid_t start_load(const char *kind, uint64_t seed)
{
	struct rng rng = rng_of(seed);
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (strcmp(kind, "neighbour") == 0)
		be_neighbour(&rng);
	if (strcmp(kind, "drift") == 0)
		be_drift();
	_exit(0);
}

static int row(struct runner *runner, size_t arm)
{
	struct runner_result result;
	struct error err = ERROR_INIT;
	const struct plain_run *run = &result.plain;

	if (runner_run(runner, arm, &result, &err) ||
	    !runner_result_ok(&result)) {
		fprintf(stderr, "verdict_rows: a run failed: %s\n", err.text);
		return -1;
	}
	printf("%zu %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", arm,
	       (run->end_ns - run->start_ns) / NS_PER_US,
	       (run->user_ns + run->system_ns) / NS_PER_US,
	       run->peak_memory_bytes / 1000);
	return 0;
}

static int rows(struct runner *runner, uint32_t same, uint32_t rounds)
{
	struct rng rng = rng_of(clock_realtime_ns());

	for (uint32_t i = 0; i < same; i++) {
		if (row(runner, 0))
			return -1;
	}
	for (uint32_t i = 0; i < rounds; i++) {
		size_t order[ARMS];

		for (size_t arm = 0; arm < ARMS; arm++)
			order[arm] = arm;
		rng_shuffle(&rng, order, ARMS);
		for (size_t at = 0; at < ARMS; at++) {
			if (row(runner, order[at]))
				return -1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct runner_command commands[ARMS];
	const struct runner_config config = {
		.commands = commands, .count = ARMS,
	};
	struct error err = ERROR_INIT;
	struct runner *runner;
	pid_t load[LOADERS];
	int ret;

	if (argc != 5)
		return 2;
	for (size_t i = 0; i < ARMS; i++) {
		arms[i][0] = argv[1];
		commands[i] = (struct runner_command){ .argv = arms[i] };
	}
	if (runner_open(&runner, &config, &err)) {
		fprintf(stderr, "verdict_rows: %s\n", err.text);
		return 1;
	}
	for (uint64_t i = 0; i < LOADERS; i++)
		load[i] = start_load(argv[2], i + 1);
	ret = rows(runner, (uint32_t)strtoul(argv[3], NULL, 10),
		   (uint32_t)strtoul(argv[4], NULL, 10));
	for (size_t i = 0; i < LOADERS; i++) {
		if (load[i] > 0) {
			kill(load[i], SIGKILL);
			waitpid(load[i], NULL, 0);
		}
	}
	runner_close(runner);
	return ret ? 1 : 0;
}
