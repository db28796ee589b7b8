/* SPDX-License-Identifier: MIT */
/*
 * Where the change is: functions, lines and modules in seconds per run.
 *
 * The unit of evidence is the run: the own (self) CPU time of a function in
 * each run, its share of the samples times the CPU time that the kernel
 * counted, is one value.  Means are compared, by Student's t over runs,
 * because they add up; p-values are adjusted for the number of rows.  With
 * one run a side there is the sampling error and no more.
 */
#ifndef CPROF_COMPARE_CODE_H
#define CPROF_COMPARE_CODE_H

#include "compare/comparison.h"
#include "compare/options.h"

/*
 * Fill comparison->functions, ->lines, ->modules and ->pairing from the
 * profiled runs of both sides; without any on a side they stay empty.
 * The metrics must have been judged before: what their CPU time says is
 * the change that the rows explain.
 */
void compare_code(struct comparison *comparison, const struct profile *base,
		  const struct profile *new,
		  const struct compare_options *options);

#endif
