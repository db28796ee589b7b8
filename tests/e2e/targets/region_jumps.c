/* SPDX-License-Identifier: MIT */
/*
 * A handler that leaves by siglongjmp(3), again and again, from wherever the
 * signal came: nearly always out of the library at work.  Prints how many
 * regions ended, and how often it jumped.
 */
#include <cprof.h>

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

enum { JUMPS = 100, EVERY_US = 2000 };

static sigjmp_buf back;

static void jump(int number)
{
	(void)number;
	siglongjmp(back, 1);
}

int main(void)
{
	const struct itimerval timer = {
		{ 0, EVERY_US }, { 0, EVERY_US }
	};
	static volatile long ended, jumps;

	cprof_region_begin("before");
	cprof_region_end("before");
	signal(SIGALRM, jump);
	if (sigsetjmp(back, 1))
		jumps++;
	else
		setitimer(ITIMER_REAL, &timer, NULL);
	while (jumps < JUMPS) {
		cprof_region_begin("work");
		cprof_region_end("work");
		ended++;
	}
	setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 0 }, { 0, 0 } },
		  NULL);
	printf("%ld %ld\n", ended, jumps);
	return 0;
}
