/* SPDX-License-Identifier: MIT */
/*
 * Processes that are hard to attach to.
 *
 *	odd spin MS		nothing odd: works so long
 *	odd not-dumpable MS	PR_SET_DUMPABLE 0
 *	odd zombie		its child has ended and is not waited for
 *	odd reuse PID MS	becomes process PID (clone3(2), set_tid)
 *	odd perf-map MS		code made at run time, named by the pid that
 *				it knows itself by
 */
#include "torture.h"

#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static int spin(long ms)
{
	await_start();
	spin_ns((uint64_t)ms * 1000000);
	puts("spun");
	fflush(stdout);
	return 11;
}

static int zombie(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(3);
	printf("%d\n", child);
	fflush(stdout);
	pause();
	return 0;
}

/* The maker waits and ends as its child does. */
static int reuse(pid_t pid, long ms)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};
	long child = syscall(SYS_clone3, &args, sizeof(args));
	int status = 0;

	if (child < 0)
		return 77;
	if (child == 0)
		_exit(spin(ms));
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

/* loop: dec %rdi; jnz loop; ret */
static int perf_map(long ms)
{
	static const unsigned char code[] = { 0x48, 0xff, 0xcf, 0x75, 0xfb,
					      0xc3 };
	const uint64_t until = now_ns() + (uint64_t)ms * 1000000;
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char path[64];
	FILE *map;

	memcpy(page, code, sizeof(code));
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	map = fopen(path, "w");
	if (!map)
		return 99;
	fprintf(map, "%lx %zx made_at_run_time\n", (unsigned long)page,
		sizeof(code));
	fclose(map);
	while (now_ns() < until)
		((void (*)(uint64_t))page)(1000000);
	puts("done");
	return 11;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	const long number = argc > 2 ? atol(argv[2]) : 0;

	if (!strcmp(mode, "not-dumpable"))
		prctl(PR_SET_DUMPABLE, 0);
	if (!strcmp(mode, "spin") || !strcmp(mode, "not-dumpable"))
		return spin(number);
	if (!strcmp(mode, "zombie"))
		return zombie();
	if (!strcmp(mode, "reuse") && argc > 3)
		return reuse(number, atol(argv[3]));
	if (!strcmp(mode, "perf-map"))
		return perf_map(number);
	return 99;
}
