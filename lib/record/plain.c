/* SPDX-License-Identifier: MIT */
#include "record/plain.h"

#include "base/clock.h"

#include <sys/wait.h>
#include <unistd.h>

enum {
	TOUCHED_BYTES = 128 * 1024	/* of ours, on the way to exec */
};

uint64_t plain_floor_bytes(void)
{
	struct rusage usage = { .ru_maxrss = 0 };
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid < 0 || wait4(pid, NULL, 0, &usage) < 0)
		getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)usage.ru_maxrss * 1024 + TOUCHED_BYTES;
}

uint64_t plain_peak_bytes(const struct rusage *usage, uint64_t floor_bytes)
{
	const uint64_t bytes = (uint64_t)usage->ru_maxrss * 1024;

	return bytes > floor_bytes ? bytes : 0;
}

static uint64_t timeval_ns(const struct timeval *time)
{
	return time->tv_sec * NS_PER_S + time->tv_usec * NS_PER_US;
}

void plain_run_fill(struct plain_run *plain, int status,
		    const struct rusage *usage, uint64_t floor_bytes)
{
	plain->user_ns = timeval_ns(&usage->ru_utime);
	plain->system_ns = timeval_ns(&usage->ru_stime);
	plain->peak_memory_bytes = plain_peak_bytes(usage, floor_bytes);
	plain->exit_status = status;
}
