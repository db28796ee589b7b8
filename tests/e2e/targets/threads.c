/* SPDX-License-Identifier: MIT */
/*
 * Many threads of unequal use, some of which start later or live shortly.
 *
 *	threads duty|crowd SECONDS
 *
 * duty: eight threads that work 2 to 40 % of the time; crowd: eight threads
 * that all want a CPU of their own, so that they wait for one most of the
 * time.  In both, a thread named "late" starts after half of the time and
 * twenty threads named "brief" work for 20 ms each, one after another.
 */
#include "truth.h"

#include <pthread.h>

enum { WORKERS = 8, BRIEF = 20 };

struct worker {
	char name[16];
	pthread_t thread;
	unsigned int percent;
	uint64_t end_ns;
	uint64_t cpu_ns;	/* for brief ones: what to use */
	double tsc;
	uint64_t used_ns;
	uint64_t waited_ns;	/* for a CPU */
	uint64_t lived_ns;
};

DEFINE_WORK(work_shared, 1442695040888963407u)
DEFINE_WORK(work_late, 1442695040888963409u)
DEFINE_WORK(work_brief, 1442695040888963411u)

static void *work_in_duty(void *arg)
{
	struct worker *me = arg;
	uint64_t start = wall_ns();
	uint64_t random = 88172645463325252u + me->percent;
	int schedstat = open_schedstat();

	pthread_setname_np(pthread_self(), me->name);
	while (wall_ns() < me->end_ns) {
		/* Cycles of 5 to 15 ms: no two threads in step. */
		uint64_t cycle = 5000000 + random_next(&random) % 10000000;
		uint64_t busy = cycle * me->percent / 100;

		work_shared(__rdtsc() + (uint64_t)((double)busy * me->tsc));
		if (me->percent < 100)
			sleep_ns(cycle - busy);
	}
	me->waited_ns = waited_for_cpu_ns(schedstat);
	close(schedstat);
	me->used_ns = thread_cpu_ns();
	me->lived_ns = wall_ns() - start;
	return NULL;
}

static void *work_for_a_while(void *arg)
{
	struct worker *me = arg;
	uint64_t start = wall_ns();
	work_fn *work = me->end_ns ? work_late : work_brief;
	int schedstat = open_schedstat();

	pthread_setname_np(pthread_self(), me->name);
	work_cpu(work, me->cpu_ns, me->tsc);
	me->waited_ns = waited_for_cpu_ns(schedstat);
	close(schedstat);
	me->used_ns = thread_cpu_ns();
	me->lived_ns = wall_ns() - start;
	return NULL;
}

static void run_brief(double tsc, struct worker *sum)
{
	for (int i = 0; i < BRIEF; i++) {
		struct worker brief = { .name = "brief", .cpu_ns = 20000000,
					.tsc = tsc };

		if (pthread_create(&brief.thread, NULL, work_for_a_while,
				   &brief))
			exit(2);
		pthread_join(brief.thread, NULL);
		sum->used_ns += brief.used_ns;
		sum->waited_ns += brief.waited_ns;
		sum->lived_ns += brief.lived_ns;
	}
}

static void print_thread(const char *name, uint64_t used_ns)
{
	printf("thread %s %llu\n", name, (unsigned long long)used_ns);
}

int main(int argc, char **argv)
{
	static const unsigned int percents[WORKERS] = {
		2, 4, 6, 8, 10, 15, 25, 40
	};
	struct worker workers[WORKERS] = { 0 };
	struct worker late = { .name = "late" }, brief = { .name = "brief" };
	uint64_t start = wall_ns(), lived_ns, waited_ns;
	uint64_t half_ns;
	double tsc = tsc_per_ns();
	int crowd;

	if (argc != 3)
		return 2;
	crowd = !strcmp(argv[1], "crowd");
	half_ns = (uint64_t)(strtod(argv[2], NULL) * NS_PER_S) / 2;
	for (int i = 0; i < WORKERS; i++) {
		struct worker *w = &workers[i];

		snprintf(w->name, sizeof(w->name), "worker-%d", i);
		w->percent = crowd ? 100 : percents[i];
		w->end_ns = wall_ns() + 2 * half_ns;
		w->tsc = tsc;
		if (pthread_create(&w->thread, NULL, work_in_duty, w))
			return 2;
	}
	sleep_ns(half_ns);
	late.cpu_ns = half_ns / 4;
	late.tsc = tsc;
	late.end_ns = 1;
	if (pthread_create(&late.thread, NULL, work_for_a_while, &late))
		return 2;
	run_brief(tsc, &brief);
	pthread_join(late.thread, NULL);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(workers[i].thread, NULL);

	waited_ns = late.waited_ns + brief.waited_ns;
	lived_ns = late.lived_ns + brief.lived_ns;
	for (int i = 0; i < WORKERS; i++) {
		print_thread(workers[i].name, workers[i].used_ns);
		waited_ns += workers[i].waited_ns;
		lived_ns += workers[i].lived_ns;
	}
	print_thread("late", late.used_ns);
	print_thread("brief", brief.used_ns);
	printf("wait runnable %llu\n", (unsigned long long)waited_ns);
	printf("truth work_late %.6f\n",
	       (double)late.used_ns / (double)rusage_ns(RUSAGE_SELF));
	printf("truth work_brief %.6f\n",
	       (double)brief.used_ns / (double)rusage_ns(RUSAGE_SELF));
	printf("lifetime %llu\n",
	       (unsigned long long)(lived_ns + wall_ns() - start));
	print_cpu();
	return 0;
}
