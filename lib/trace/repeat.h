/* SPDX-License-Identifier: MIT */
/*
 * Calls that begin anew, and whose end is to be seen.  The thread goes on by
 * PTRACE_SYSCALL, and stops once more when the call begins and when it has
 * ended.  When the tracer ends before that, the thread just goes on.
 */
#ifndef CPROF_TRACE_REPEAT_H
#define CPROF_TRACE_REPEAT_H

#include "trace/capture.h"

/*
 * A call that is made again from its begin, or is mended when it has ended
 * (see capture.h), is not disturbed until then: so each is made twice at the
 * most.
 */
enum repeat_step {
	REPEAT_NONE,
	REPEAT_BEGINS,		/* it stops once more when it begins ... */
	REPEAT_RUNS,		/* ... and when it has ended */
};

struct repeat {
	enum repeat_step step;
	uint64_t run_ns;	/* its CPU time when it was to begin again */
	double part;		/* that had been done in vain */
};

/*
 * How a thread goes on that was captured, with its account then; `account`
 * NULL: not known.
 */
struct repeat repeat_of(const struct capture *capture,
			const struct task_account *account);

/*
 * CPU time that it did in vain, when it is through the second time; 0: none,
 * or not known.
 */
uint64_t repeat_lost_ns(const struct repeat *repeat,
			const struct task_account *account);

#endif
