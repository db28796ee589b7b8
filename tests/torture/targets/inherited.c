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
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/fsuid.h>
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

/* What it shares with others, and what is its own. */
static void print_links(void)
{
	static const char *const names[] = {
		"cwd", "root", "exe", "ns/cgroup", "ns/ipc", "ns/mnt",
		"ns/net", "ns/pid", "ns/pid_for_children", "ns/time",
		"ns/time_for_children", "ns/user", "ns/uts",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[64], to[256] = "";

		snprintf(path, sizeof(path), "/proc/self/%s", names[i]);
		if (readlink(path, to, sizeof(to) - 1) >= 0)
			printf("%s: %s\n", names[i], to);
	}
}

/* Fields of /proc/self/stat, as proc(5) counts them: not the times. */
static void print_stat(void)
{
	static const int numbers[] = {
		5, 6, 7, 8, 9, 18, 19, 20, 21, 31, 32, 33, 34, 38, 40, 41,
	};
	FILE *file = fopen("/proc/self/stat", "re");
	char text[2048] = "", *pos;

	if (file && fgets(text, sizeof(text), file) &&
	    (pos = strrchr(text, ')'))) {
		size_t next = 0;
		int number = 2;

		for (char *field = strtok(pos, " "); field;
		     field = strtok(NULL, " "), number++) {
			if (next == sizeof(numbers) / sizeof(numbers[0]) ||
			    number != numbers[next])
				continue;
			/* Whether it ever used its privileges is its own. */
			printf("stat %d: %lx\n", number,
			       strtoul(field, NULL, 10) &
			       (number == 9 ? ~0x100ul : ~0ul));
			next++;
		}
	}
	if (file)
		fclose(file);
}

/* By number: older headers lack the newer ones. */
static void print_settings(void)
{
	static const struct {
		const char *name;
		int option;
		unsigned long argument;
	} settings[] = {
		{ "keepcaps", PR_GET_KEEPCAPS, 0 },
		{ "timing", PR_GET_TIMING, 0 },
		{ "securebits", PR_GET_SECUREBITS, 0 },
		{ "seccomp", PR_GET_SECCOMP, 0 },
		{ "no new privileges", PR_GET_NO_NEW_PRIVS, 0 },
		{ "huge pages", PR_GET_THP_DISABLE, 0 },
		{ "machine checks", PR_MCE_KILL_GET, 0 },
		{ "store bypass", PR_GET_SPECULATION_CTRL, 0 },
		{ "indirect branch", PR_GET_SPECULATION_CTRL, 1 },
		{ "data cache flush", PR_GET_SPECULATION_CTRL, 2 },
		{ "I/O flusher", PR_GET_IO_FLUSHER, 0 },
		{ "write and execute", 66, 0 },
		{ "memory merge", 68, 0 },
	};
	int tsc = -1;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		printf("%s: %d\n", settings[i].name,
		       prctl(settings[i].option, settings[i].argument, 0, 0,
			     0));
	prctl(PR_GET_TSC, &tsc);
	printf("time stamp counter: %d\n", tsc);
	printf("cpuid: %ld\n", syscall(SYS_arch_prctl, 0x1011, 0));
}

static void print_schedule(void)
{
	struct {
		uint32_t size;
		uint32_t policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime;
		uint64_t deadline;
		uint64_t period;
		uint32_t util_min;
		uint32_t util_max;
	} attr = { .size = 0 };
	unsigned long nodes[16] = { 0 };
	int mode = -1;

	syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0);
	printf("policy %u flags %" PRIx64 " nice %d priority %u runtime %"
	       PRIu64 " deadline %" PRIu64 " period %" PRIu64
	       " clamps %u %u\n", attr.policy, attr.flags, attr.nice,
	       attr.priority, attr.runtime, attr.deadline, attr.period,
	       attr.util_min, attr.util_max);
	printf("I/O priority %ld\n", syscall(SYS_ioprio_get, 1, 0));
	syscall(SYS_get_mempolicy, &mode, nodes, sizeof(nodes) * 8, NULL, 0);
	printf("memory policy %d %lx\n", mode, nodes[0]);
}

static void print_rest(void)
{
	static const int auxiliary[] = {
		AT_UID, AT_EUID, AT_GID, AT_EGID, AT_SECURE, AT_FLAGS,
		AT_CLKTCK, AT_PAGESZ, AT_HWCAP, AT_HWCAP2, AT_MINSIGSTKSZ,
	};
	struct itimerval timer = { { 0, 0 }, { 0, 0 } };
	struct rusage children;
	uid_t uids[3] = { 0 };
	gid_t gids[3] = { 0 };
	stack_t stack;

	for (size_t i = 0; i < sizeof(auxiliary) / sizeof(auxiliary[0]); i++)
		printf("auxiliary %d: %lx\n", auxiliary[i],
		       getauxval(auxiliary[i]));
	printf("executed as %s\n", (const char *)getauxval(AT_EXECFN));
	for (int which = ITIMER_VIRTUAL; which <= ITIMER_PROF; which++) {
		getitimer(which, &timer);
		printf("timer %d: %d\n", which, timer.it_value.tv_sec != 0);
	}
	getresuid(&uids[0], &uids[1], &uids[2]);
	getresgid(&gids[0], &gids[1], &gids[2]);
	printf("users %u %u %u %d groups %u %u %u %d\n", uids[0], uids[1],
	       uids[2], setfsuid(-1), gids[0], gids[1], gids[2],
	       setfsgid(-1));
	sigaltstack(NULL, &stack);
	getrusage(RUSAGE_CHILDREN, &children);
	printf("other stack %d had children %d\n", stack.ss_flags,
	       children.ru_minflt != 0);
	printf("keys %ld %ld\n",
	       syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
		       KEY_SPEC_SESSION_KEYRING, 0),
	       syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
		       KEY_SPEC_PROCESS_KEYRING, 0));
}

/* As files that the kernel writes. */
static void print_files(void)
{
	static const char *const names[] = {
		"limits", "loginuid", "sessionid", "setgroups", "uid_map",
		"gid_map", "projid_map", "timens_offsets", "cpuset",
		"attr/current", "timerslack_ns", "oom_adj", "mountinfo",
		"cpu_resctrl_groups", "timers", "keys", "personality",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/%s", names[i]);
		print_file(path, NULL);
	}
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
	print_links();
	print_stat();
	print_settings();
	print_schedule();
	print_rest();
	print_files();
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
