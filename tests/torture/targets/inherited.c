/* SPDX-License-Identifier: MIT */
/*
 * All that a program is given by who starts it, as text.
 *
 *	inherited				print it
 *	inherited MASK IGNORED COMMAND...	start COMMAND with these two
 *						sets of signals (hexadecimal,
 *						bit 0 is signal 1)
 */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

/* With only the lines of `keys`, a list with spaces; NULL: all of it. */
static void print_file(const char *path, const char *keys)
{
	FILE *file = fopen(path, "re");
	char line[4096];

	while (file && fgets(line, sizeof(line), file)) {
		char key[64] = " ";

		if (sscanf(line, "%60[^:\n]", key + 1) == 1)
			strcat(key, " ");
		if (!keys || strstr(keys, key))
			printf("%s: %s", path, line);
	}
	if (file)
		fclose(file);
}

static void print_descriptors(void)
{
	for (int fd = 0; fd < 1024; fd++) {
		char path[40], to[256] = "";
		struct stat st;

		if (fstat(fd, &st) < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (readlink(path, to, sizeof(to) - 1) < 0)
			to[0] = '\0';
		/* Anonymous ones have numbers of their own in each run. */
		to[strcspn(to, "[")] = '\0';
		printf("fd %d: %s %o %x %x\n", fd, to, st.st_mode,
		       fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
	}
}

static void print_limits(void)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit limit = { 0, 0 };

		getrlimit(i, &limit);
		printf("limit %d: %ju %ju\n", i, (uintmax_t)limit.rlim_cur,
		       (uintmax_t)limit.rlim_max);
	}
}

/* The kernel's view: the library hides signals 32 and 33. */
static void print_signals(void)
{
	for (int i = 1; i <= 64; i++) {
		struct {
			void (*handler)(int);
			unsigned long flags;
			void (*restorer)(void);
			uint64_t mask;
		} action;

		memset(&action, 0, sizeof(action));
		syscall(SYS_rt_sigaction, i, NULL, &action, 8);
		printf("signal %d: %s %lx\n", i,
		       action.handler == SIG_IGN ? "ignored" :
		       action.handler == SIG_DFL ? "default" : "handled",
		       action.flags);
	}
}

static void print_numbers(void)
{
	struct itimerval timer = { { 0, 0 }, { 0, 0 } };
	int death = -1, reaper = -1;
	char text[4096];

	prctl(PR_GET_PDEATHSIG, &death);
	prctl(PR_GET_CHILD_SUBREAPER, &reaper);
	getitimer(ITIMER_REAL, &timer);
	printf("cwd %s\n", getcwd(text, sizeof(text)) ? text : "?");
	printf("umask %o\n", umask(0));
	printf("group %d session %d\n", getpgrp(), getsid(0));
	printf("nice %d policy %d\n", getpriority(PRIO_PROCESS, 0),
	       sched_getscheduler(0));
	printf("slack %d death %d reaper %d dumpable %d persona %x\n",
	       prctl(PR_GET_TIMERSLACK), death, reaper,
	       prctl(PR_GET_DUMPABLE), personality(0xffffffff));
	printf("timer %d tracer-free tty %d\n", timer.it_value.tv_sec != 0,
	       open("/dev/tty", O_RDONLY | O_CLOEXEC) >= 0);
}

static int print_all(int argc, char **argv)
{
	print_descriptors();
	for (int i = 0; i < argc; i++)
		printf("argument %d: %s\n", i, argv[i]);
	for (char **p = environ; *p; p++)
		printf("environment: %s\n", *p);
	print_limits();
	print_signals();
	print_numbers();
	print_file("/proc/self/status",
		   " Name Umask Uid Gid Groups Threads SigPnd ShdPnd "
		   "SigBlk SigIgn SigCgt CapInh CapPrm CapEff CapBnd CapAmb "
		   "NoNewPrivs Seccomp Cpus_allowed Mems_allowed "
		   "CoreDumping THP_enabled Speculation_Store_Bypass ");
	print_file("/proc/self/oom_score_adj", NULL);
	print_file("/proc/self/coredump_filter", NULL);
	print_file("/proc/self/autogroup", NULL);
	print_file("/proc/self/cgroup", NULL);
	return 0;
}

static int start_with(char **argv)
{
	uint64_t mask = strtoull(argv[1], NULL, 16);
	uint64_t ignored = strtoull(argv[2], NULL, 16);

	for (int i = 1; i <= 64; i++) {
		struct {
			void (*handler)(int);
			unsigned long flags;
			void (*restorer)(void);
			uint64_t mask;
		} action;

		memset(&action, 0, sizeof(action));
		action.handler = ignored >> (i - 1) & 1 ? SIG_IGN : SIG_DFL;
		syscall(SYS_rt_sigaction, i, &action, NULL, 8);
	}
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, 8);
	execvp(argv[3], argv + 3);
	return 99;
}

int main(int argc, char **argv)
{
	return argc > 3 ? start_with(argv) : print_all(argc, argv);
}
