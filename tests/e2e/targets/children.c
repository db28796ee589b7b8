/* SPDX-License-Identifier: MIT */
/*
 * A parent and four children, made by fork, fork + exec, vfork + exec and
 * posix_spawn, each with a function and an amount of CPU time of its own.
 *
 *	children
 */
#include "truth.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

DEFINE_WORK(in_parent, 1442695040888963407u)
DEFINE_WORK(in_forked, 1442695040888963409u)
DEFINE_WORK(in_execed, 1442695040888963411u)
DEFINE_WORK(in_vforked, 1442695040888963413u)
DEFINE_WORK(in_spawned, 1442695040888963415u)

static const struct child {
	const char *name;
	work_fn *work;
	uint64_t cpu_ms;
} children[] = {
	{ "in_forked", in_forked, 500 },
	{ "in_execed", in_execed, 400 },
	{ "in_vforked", in_vforked, 300 },
	{ "in_spawned", in_spawned, 600 },
};

static void run_child(const char *name)
{
	for (size_t i = 0; i < sizeof(children) / sizeof(*children); i++)
		if (!strcmp(children[i].name, name))
			work_cpu(children[i].work, children[i].cpu_ms * 1000000,
				 tsc_per_ns());
}

static pid_t start_child(const char *self, int how)
{
	char name[16];
	char *argv[] = { (char *)self, name, NULL };
	pid_t pid = -1;

	snprintf(name, sizeof(name), "%s", children[how].name);
	switch (how) {
	case 0:
		pid = fork();
		if (pid == 0) {
			run_child(name);
			_exit(0);
		}
		break;
	case 1:
		pid = fork();
		if (pid == 0) {
			execv(self, argv);
			_exit(127);
		}
		break;
	case 2:
		pid = vfork();
		if (pid == 0) {
			execv(self, argv);
			_exit(127);
		}
		break;
	case 3:
		if (posix_spawn(&pid, self, NULL, NULL, argv, environ))
			pid = -1;
		break;
	}
	return pid;
}

static uint64_t use_ns(const struct rusage *use)
{
	return ((uint64_t)use->ru_utime.tv_sec +
		(uint64_t)use->ru_stime.tv_sec) * NS_PER_S +
	       ((uint64_t)use->ru_utime.tv_usec +
		(uint64_t)use->ru_stime.tv_usec) * 1000;
}

int main(int argc, char **argv)
{
	uint64_t used[4], own, total;

	if (argc == 2) {
		run_child(argv[1]);
		return 0;
	}
	for (int how = 0; how < 4; how++) {
		struct rusage use;
		pid_t pid = start_child("/proc/self/exe", how);
		int status;

		if (pid < 0 || wait4(pid, &status, 0, &use) != pid || status)
			return 2;
		used[how] = use_ns(&use);
	}
	own = thread_cpu_ns();
	work_cpu(in_parent, 700000000, tsc_per_ns());
	own = thread_cpu_ns() - own;
	total = rusage_ns(RUSAGE_SELF) + rusage_ns(RUSAGE_CHILDREN);
	printf("truth in_parent %.6f\n", (double)own / (double)total);
	for (int how = 0; how < 4; how++)
		printf("truth %s %.6f\n", children[how].name,
		       (double)used[how] / (double)total);
	print_cpu();
	return 0;
}
