/* SPDX-License-Identifier: MIT */
/* To be there when the tick comes, whoever has the CPU. */
#ifndef CPROF_RECORD_PRIORITY_H
#define CPROF_RECORD_PRIORITY_H

/*
 * Make the calling thread punctual, as far as it may: it runs before all
 * that are not real-time, else it asks for short slices.  What it starts
 * does not inherit the former.
 *
 * When it has worked for 50 ms without a pause, it is as all the others
 * again, until the next call.  Takes SIGXCPU for that.
 */
void priority_be_punctual(void);

#endif
