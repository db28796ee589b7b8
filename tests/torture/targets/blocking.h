/* SPDX-License-Identifier: MIT */
/*
 * A table of calls that block: does anybody see an EINTR, do time-outs last
 * longer?  Each program that includes this:
 *
 *	PROGRAM MILLISECONDS ROUNDS [WORK_US]
 *		print one line for each call: name, rounds, EINTRs, other
 *		errors, nanoseconds; or name, "skip" and why
 *
 * Each call runs in a process of its own, all at the same time, so that
 * the whole takes MILLISECONDS * ROUNDS.  What has no time-out is woken by
 * a helper process, at fixed times.  Before each call it works for WORK_US.
 */
#ifndef BLOCKING_H
#define BLOCKING_H

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct call {
	const char *name;
	/* Once, before the clock starts; sets `fd` or `other`. */
	void (*prepare)(struct call *);
	/* 0 or more: as it should be; -1 and errno. */
	long (*block)(struct call *);
	/* In the helper, at each time; NULL: the call has a time-out. */
	void (*wake)(struct call *);
	/* In the helper, before each round; may be NULL. */
	void (*arm)(struct call *);
	int fd, other;
	const char *skip;		/* why it cannot be tried here */
	pid_t waiter;
	char path[64];
	/* In memory shared with the helper: rounds that are over, ... */
	_Atomic int *done;
	_Atomic int *armed;		/* ... that may begin */
};

static int milliseconds;
static int work_us;
static uint64_t start_ns;		/* of this process's first round */

static inline uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static inline struct timespec after(clockid_t clock, int ms)
{
	struct timespec t = { 0, 0 };

	if (clock >= 0)
		clock_gettime(clock, &t);
	t.tv_nsec += (long)ms % 1000 * 1000000;
	t.tv_sec += ms / 1000 + t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static inline struct timespec span(void)
{
	return after(-1, milliseconds);
}

static inline struct timeval span_tv(void)
{
	return (struct timeval){ milliseconds / 1000,
				 milliseconds % 1000 * 1000 };
}

/* A time-out is what is wanted, and no error. */
static inline long timed_out(long ret, int error)
{
	return ret < 0 && errno == error ? 0 : ret;
}

static inline void make_pipe(struct call *c)
{
	int ends[2];

	if (pipe(ends) < 0)
		exit(99);
	c->fd = ends[0];
	c->other = ends[1];
}

static inline long do_read(struct call *c)
{
	char bytes[512];

	return read(c->fd, bytes, sizeof(bytes));
}

static inline void wake_pipe(struct call *c)
{
	if (write(c->other, "x", 1) < 0)
		exit(99);
}

static inline void handled(int signal)
{
	(void)signal;
}

static inline void make_handler(struct call *c)
{
	struct sigaction action = { .sa_handler = handled };

	(void)c;
	sigaction(SIGUSR1, &action, NULL);
}

/* May come just before the call, which then misses it. */
static inline void wake_signal(struct call *c)
{
	kill(c->waiter, SIGUSR1);
}

static inline void sleep_until_round(int round)
{
	const uint64_t at = start_ns + (uint64_t)round * milliseconds * 1000000;
	const struct timespec t = { at / 1000000000, at % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL))
		;
}

static inline void await(const _Atomic int *value, int least)
{
	const struct timespec shortly = { .tv_nsec = 50000 };

	while (*value < least)
		nanosleep(&shortly, NULL);
}

/*
 * At fixed times, however late the one before was.  Never two for one
 * round: events merge.  But a signal may come just before the call.
 */
static inline void wake_at_times(struct call *c, int rounds)
{
	const struct timespec shortly = { .tv_nsec = 5000000 };

	for (int i = 1; i <= rounds; i++) {
		if (c->arm)
			c->arm(c);
		*c->armed = i;
		sleep_until_round(i);
		while (*c->done < i - 1)
			sched_yield();
		c->wake(c);
		while (c->wake == wake_signal && *c->done < i) {
			nanosleep(&shortly, NULL);
			if (*c->done < i)
				c->wake(c);
		}
		if (c->arm)
			await(c->done, i);
	}
	_exit(0);
}

static inline void work(void)
{
	const uint64_t until = now_ns() + work_us * UINT64_C(1000);

	while (now_ns() < until)
		;
}

static inline void print_call(const char *name, const char *text)
{
	char line[200];

	snprintf(line, sizeof(line), "%s %s\n", name, text);
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		exit(99);
}

static inline void run_call(struct call *c, int rounds)
{
	const int deadline = 20 + milliseconds * rounds / 1000 * 5;
	int interrupted = 0, failed = 0;
	uint64_t took;
	pid_t waker = 0;
	char text[100];

	c->waiter = getpid();
	c->done = mmap(NULL, 2 * sizeof(*c->done), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	c->armed = c->done + 1;
	if (c->prepare)
		c->prepare(c);
	if (c->skip) {
		snprintf(text, sizeof(text), "skip %s", c->skip);
		print_call(c->name, text);
		return;
	}
	start_ns = now_ns();
	/* Nobody waits for ever for what will not come. */
	alarm(deadline);
	if (c->wake) {
		waker = fork();
		alarm(deadline);
		if (waker == 0)
			wake_at_times(c, rounds);
	}
	for (int i = 0; i < rounds; i++, ++*c->done) {
		if (c->arm)
			await(c->armed, i + 1);
		work();
		if (c->block(c) >= 0)
			continue;
		interrupted += errno == EINTR;
		failed += errno != EINTR;
	}
	took = now_ns() - start_ns;
	if (waker)
		waitpid(waker, NULL, 0);
	snprintf(text, sizeof(text), "%d %d %d %ju", rounds, interrupted,
		 failed, (uintmax_t)took);
	print_call(c->name, text);
}

/* `end` may be NULL: what to do after a call's last round. */
static inline int run_calls(int argc, char **argv, struct call *calls,
			    int count, void (*end)(struct call *))
{
	const int rounds = argc > 2 ? atoi(argv[2]) : 10;
	int children = 0, status, failed = 0;
	sigset_t set;

	milliseconds = argc > 1 ? atoi(argv[1]) : 20;
	work_us = argc > 3 ? atoi(argv[3]) : 0;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < count; i++) {
		/* For one alone. */
		if (argc > 4 && strcmp(argv[4], calls[i].name) != 0)
			continue;
		if (fork() == 0) {
			run_call(&calls[i], rounds);
			if (end)
				end(&calls[i]);
			_exit(0);
		}
		children++;
	}
	while (children-- > 0) {
		wait(&status);
		failed |= status;
	}
	return failed != 0;
}

#endif
