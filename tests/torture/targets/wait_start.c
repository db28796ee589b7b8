/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into cprof: one of its processes stops itself in its first acts,
 * so that another process can begin to trace it.  STOP_AT tells which:
 *
 *	sampler		setpgid(0, 0) is its first act
 *	symbolizer	asks for its parent, as its maker, the sampler, did;
 *			there is another one when the first has ended, which
 *			the file STOP_ONCE tells
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OF_SYMBOLIZER = 2 };

static int asked_for_parent;

static void stop_here(const char *who)
{
	const char *wanted = getenv("STOP_AT"), *once = getenv("STOP_ONCE");
	int fd;

	if (!wanted || strcmp(wanted, who) != 0 || !once)
		return;
	fd = open(once, O_CREAT | O_EXCL, 0600);
	if (fd < 0)
		return;
	close(fd);
	kill(getpid(), SIGSTOP);
}

int setpgid(pid_t pid, pid_t group)
{
	typeof(setpgid) *real = dlsym(RTLD_NEXT, "setpgid");
	int ret = real(pid, group);

	if (pid == 0 && group == 0)
		stop_here("sampler");
	return ret;
}

pid_t getppid(void)
{
	typeof(getppid) *real = dlsym(RTLD_NEXT, "getppid");

	if (++asked_for_parent == OF_SYMBOLIZER)
		stop_here("symbolizer");
	return real();
}
