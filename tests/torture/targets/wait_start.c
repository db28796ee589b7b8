/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into cprof: its sampler stops itself in its first act, so that
 * another process can begin to trace it.  setpgid(0, 0) is that act.
 */
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

int setpgid(pid_t pid, pid_t group)
{
	typeof(setpgid) *real = dlsym(RTLD_NEXT, "setpgid");
	int ret = real(pid, group);

	if (pid == 0 && group == 0)
		kill(getpid(), SIGSTOP);
	return ret;
}
