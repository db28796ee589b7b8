/* SPDX-License-Identifier: MIT */
/*
 * One thread for each reason to wait.  Each waits in a function of its own
 * and measures for how long; apart from that, how long it was awake then and
 * waited for a CPU.
 *
 *	waits SECONDS
 */
#include "truth.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct waiter {
	const char *reason;
	void (*wait)(void);
	pthread_t thread;
	uint64_t waited_ns;
	uint64_t for_cpu_ns;
	uint64_t lived_ns;
};

DEFINE_WORK(work_between, 1442695040888963407u)
DEFINE_WORK(work_crowded, 1442695040888963409u)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int to_poll[2], to_pipe[2], to_socket[2];
static volatile int ending;
static uint64_t end_ns;
static double tsc;

static __attribute__((noinline)) void wait_in_futex(void)
{
	pthread_mutex_lock(&mutex);
	pthread_cond_wait(&cond, &mutex);
	pthread_mutex_unlock(&mutex);
	__asm__ volatile("");
}

static __attribute__((noinline)) void wait_in_poll(void)
{
	struct pollfd fd = { .fd = to_poll[0], .events = POLLIN };
	char byte;

	if (poll(&fd, 1, -1) == 1 && read(to_poll[0], &byte, 1) != 1)
		exit(3);
}

static __attribute__((noinline)) void wait_in_pipe(void)
{
	char byte;

	if (read(to_pipe[0], &byte, 1) != 1)
		exit(3);
}

static __attribute__((noinline)) void wait_in_socket(void)
{
	char byte;

	if (recv(to_socket[0], &byte, 1, 0) != 1)
		exit(3);
}

static __attribute__((noinline)) void wait_in_sleep(void)
{
	sleep_ns(100000000);
	__asm__ volatile("");
}

static __attribute__((noinline)) void wait_for_child(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execlp("sleep", "sleep", "0.1", (char *)NULL);
		_exit(127);
	}
	if (waitpid(pid, NULL, 0) != pid)
		exit(3);
}

static struct waiter waiters[] = {
	{ .reason = "futex", .wait = wait_in_futex },
	{ .reason = "poll", .wait = wait_in_poll },
	{ .reason = "pipe", .wait = wait_in_pipe },
	{ .reason = "socket", .wait = wait_in_socket },
	{ .reason = "sleep", .wait = wait_in_sleep },
	{ .reason = "child", .wait = wait_for_child },
};

enum { WAITERS = sizeof(waiters) / sizeof(*waiters), CROWD = 3 };

/* Three threads on one CPU: each waits for it two thirds of the time. */
static void *crowd_main(void *arg)
{
	struct waiter *me = arg;
	uint64_t start = wall_ns();
	int schedstat = open_schedstat();
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
	pthread_setname_np(pthread_self(), "crowd");
	while (wall_ns() < end_ns)
		work_crowded(__rdtsc() + (uint64_t)(1000000 * tsc));
	me->waited_ns = waited_for_cpu_ns(schedstat);
	me->lived_ns = wall_ns() - start;
	return NULL;
}

/* Runs `wait`, whose thread has the file `schedstat`. */
static void measure(struct waiter *me, int schedstat, void (*wait)(void))
{
	const uint64_t for_cpu = waited_for_cpu_ns(schedstat);
	const uint64_t before = wall_ns();
	uint64_t awake;

	wait();
	awake = waited_for_cpu_ns(schedstat) - for_cpu;
	me->for_cpu_ns += awake;
	me->waited_ns += wall_ns() - before - awake;
}

static void *waiter_main(void *arg)
{
	struct waiter *me = arg;
	uint64_t start = wall_ns();
	int schedstat = open_schedstat();

	pthread_setname_np(pthread_self(), me->reason);
	while (wall_ns() < end_ns) {
		measure(me, schedstat, me->wait);
		work_between(__rdtsc() + (uint64_t)(100000 * tsc));
	}
	close(schedstat);
	me->lived_ns = wall_ns() - start;
	return NULL;
}

/* Wake everybody every 100 ms; the last time until all have ended. */
static void wake_until_the_end(struct waiter *me)
{
	int schedstat = open_schedstat();

	while (wall_ns() < end_ns + 200000000) {
		measure(me, schedstat, wait_in_sleep);
		pthread_cond_broadcast(&cond);
		if (write(to_poll[1], "", 1) != 1 ||
		    write(to_pipe[1], "", 1) != 1 ||
		    send(to_socket[1], "", 1, 0) != 1)
			exit(3);
	}
	close(schedstat);
}

int main(int argc, char **argv)
{
	struct waiter crowd[CROWD] = { 0 }, self = { 0 };
	uint64_t start = wall_ns(), lived = 0, waited = 0, for_cpu;

	if (argc != 2 || pipe(to_poll) || pipe(to_pipe) ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, to_socket))
		return 2;
	tsc = tsc_per_ns();
	end_ns = wall_ns() + (uint64_t)(strtod(argv[1], NULL) * NS_PER_S);
	for (int i = 0; i < WAITERS; i++)
		pthread_create(&waiters[i].thread, NULL, waiter_main,
			       &waiters[i]);
	for (int i = 0; i < CROWD; i++)
		pthread_create(&crowd[i].thread, NULL, crowd_main, &crowd[i]);
	wake_until_the_end(&self);
	for_cpu = self.for_cpu_ns;
	for (int i = 0; i < WAITERS; i++) {
		pthread_join(waiters[i].thread, NULL);
		lived += waiters[i].lived_ns;
		for_cpu += waiters[i].for_cpu_ns;
		if (strcmp(waiters[i].reason, "sleep"))
			continue;
		waiters[i].waited_ns += self.waited_ns;
		waiters[i].for_cpu_ns += self.for_cpu_ns;
	}
	for (int i = 0; i < CROWD; i++) {
		pthread_join(crowd[i].thread, NULL);
		lived += crowd[i].lived_ns;
		waited += crowd[i].waited_ns;
	}
	for (int i = 0; i < WAITERS; i++)
		printf("wait %s %llu %llu\n", waiters[i].reason,
		       (unsigned long long)waiters[i].waited_ns,
		       (unsigned long long)waiters[i].for_cpu_ns);
	printf("wait runnable %llu %llu\n", (unsigned long long)waited,
	       (unsigned long long)for_cpu);
	printf("lifetime %llu\n",
	       (unsigned long long)(lived + wall_ns() - start));
	/* Without the children: the case records without them. */
	printf("cpu %llu\n", (unsigned long long)rusage_ns(RUSAGE_SELF));
	return 0;
}
