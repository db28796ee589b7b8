/* SPDX-License-Identifier: MIT */
/*
 * Processes of every make, whose ends are counted.
 *
 *	processes fork COUNT	each with a status of its own
 *	processes vfork COUNT	and exec, in turns with posix_spawn(3)
 *	processes newborn COUNT	killed before, or while, they begin
 *	processes shared COUNT	CLONE_VM without CLONE_THREAD
 *	processes untraced COUNT	with CLONE_UNTRACED
 *	processes slow-vfork MS	the child does not exec for a while
 *	processes status N	ends with that status
 */
#include "torture.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

extern char **environ;

static const char *program;
static long wrong;

static void reap(pid_t child, int status)
{
	int got = -1;

	if (child < 0 || waitpid(child, &got, __WALL) != child ||
	    got != status)
		wrong++;
}

static int tell(const char *what, long count)
{
	printf("%ld %s, %ld with a wrong end\n", count, what, wrong);
	return wrong != 0;
}

static int many_forks(long count)
{
	const uint64_t start = now_ns();

	for (long i = 0; i < count; i++) {
		pid_t child = fork();

		if (child == 0)
			_exit(i % 251);
		reap(child, i % 251 << 8);
	}
	figure("forks_per_s", count * 1e9 / (now_ns() - start));
	return tell("forks", count);
}

static int many_vforks(long count)
{
	for (long i = 0; i < count; i++) {
		char text[16];
		char *args[] = { (char *)program, "status", text, NULL };
		pid_t child = -1;

		snprintf(text, sizeof(text), "%ld", i % 251);
		if (i % 2) {
			if (posix_spawn(&child, program, NULL, NULL, args,
					environ))
				wrong++;
		} else {
			child = vfork();
			if (child == 0) {
				execv(program, args);
				_exit(255);
			}
		}
		reap(child, i % 251 << 8);
	}
	return tell("vforks and spawns", count);
}

static int newborns(long count)
{
	for (long i = 0; i < count; i++) {
		pid_t child = fork();

		if (child == 0) {
			for (;;)
				;
		}
		if (i % 4 == 3)
			usleep(i % 400);
		kill(child, SIGKILL);
		reap(child, SIGKILL);
	}
	return tell("killed newborn", count);
}

/* Counts in memory that it shares with its maker. */
static volatile long shared_count;

static int shared_main(void *status)
{
	shared_count++;
	_exit((int)(intptr_t)status);
}

static int clones(long count, int flags, const char *what)
{
	const size_t bytes = 64 * 1024;
	char *stack = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (long i = 0; i < count; i++) {
		/* Some with a signal of their own, or none, at the end. */
		const int sig = i % 3 == 0 ? SIGCHLD : i % 3 == 1 ? 0 :
				SIGUSR2;

		reap(clone(shared_main, stack + bytes, flags | sig,
			   (void *)(intptr_t)(i % 251)), i % 251 << 8);
	}
	if (flags & CLONE_VM)
		wrong += shared_count != count;
	return tell(what, count);
}

static int slow_vfork(long ms)
{
	pid_t child = vfork();

	if (child == 0) {
		const struct timespec time = { ms / 1000,
					       ms % 1000 * 1000000 };

		nanosleep(&time, NULL);
		_exit(7);
	}
	reap(child, 7 << 8);
	return tell("vfork", 1);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	const long number = argc > 2 ? atol(argv[2]) : 0;

	program = argv[0];
	if (!strcmp(mode, "status"))
		return number;
	signal(SIGUSR2, SIG_IGN);
	await_start();
	if (!strcmp(mode, "fork"))
		return many_forks(number);
	if (!strcmp(mode, "vfork"))
		return many_vforks(number);
	if (!strcmp(mode, "newborn"))
		return newborns(number);
	if (!strcmp(mode, "shared"))
		return clones(number, CLONE_VM, "that share memory");
	if (!strcmp(mode, "untraced"))
		return clones(number, CLONE_UNTRACED, "untraced");
	if (!strcmp(mode, "slow-vfork"))
		return slow_vfork(number);
	return 99;
}
