/* SPDX-License-Identifier: MIT */
/*
 * Looks that come upon a system call too often.  A thread that is asked to
 * stop runs on for some microseconds, and when it makes a system call in
 * them, it stops at the end of that: a call of 0.2 us every 100 us had 7 % of
 * the looks, and one every 20 us nearly all (measured in a virtual machine,
 * where a request takes long).  The kernel's account of user and system time
 * tells how many there should be.  The others get the stack of a look near
 * them at what the same caller did besides; their time stays where it is.
 */
#ifndef CPROF_RECORD_CALL_SKID_H
#define CPROF_RECORD_CALL_SKID_H

#include "model/sample.h"
#include "record/stack_table.h"

#include <stddef.h>
#include <stdint.h>

enum {
	/* Flags of intervals in a log, besides SAMPLE_...; never in a file. */
	LOOK_IN_CALL = 64,	/* it was in a system call ... */
	LOOK_SOON = 128		/* ... and stopped as soon as user code might */
};

/* Of one thread.  All zero: nothing is known. */
struct call_skid {
	/* Sums; windows count for less as they get older. */
	double stops;
	double user_ns;
	double system_ns;
	/* The account at the last window. */
	uint64_t last_user_ns;
	uint64_t last_system_ns;
	double kept;		/* of looks, the part not yet kept */
};

/* Does a window have looks that may have to be moved? */
bool call_skid_in(const struct interval_vec *intervals);

/*
 * The window's end: the thread has used so much in all.  With `fresh`, that
 * tells nothing of this window, for it was never looked at before.  When this
 * window is much unlike those before it, they are forgotten.
 */
void call_skid_account(struct call_skid *skid, uint64_t user_ns,
		       uint64_t system_ns, bool fresh);

/*
 * Move looks of the window out of system calls, to stacks of the same window
 * (which are in `stacks`), and take our flags off all.  Those of a caller that
 * was never seen outside of calls go to what calls that; how much of its time
 * goes to what is a guess then.  Where nothing near was seen outside of calls,
 * they stay.  Returns how many were moved within their caller.
 */
size_t call_skid_move(struct call_skid *skid,
		      const struct stack_table *stacks,
		      struct interval_vec *intervals);

#endif
