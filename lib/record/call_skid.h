/* SPDX-License-Identifier: MIT */
/*
 * Looks that come upon a system call too often.  A thread that is asked to
 * stop runs on for some microseconds, and when it makes a system call in
 * them, it stops at the end of that: a call of 0.2 us every 100 us had 7 % of
 * the looks (measured in a virtual machine, where a request takes long).
 * The kernel's account of user and system time tells how many there should
 * be; the others are left out, as if nobody had looked.
 */
#ifndef CPROF_RECORD_CALL_SKID_H
#define CPROF_RECORD_CALL_SKID_H

#include "model/sample.h"

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

/* Does a window have looks that may have to be left out? */
bool call_skid_in(const struct interval_vec *intervals);

/*
 * The window's end: the thread has used so much in all.  With `fresh`, that
 * tells nothing of this window, for it was never looked at before.
 */
void call_skid_account(struct call_skid *skid, uint64_t user_ns,
		       uint64_t system_ns, bool fresh);

/*
 * Leave out looks of the window, and take our flags off the others.  Their
 * length goes to a look beside them; one at a CPU always stays.  Returns how
 * many were left out.
 */
size_t call_skid_leave_out(struct call_skid *skid,
			   struct interval_vec *intervals);

#endif
