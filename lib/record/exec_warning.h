/* SPDX-License-Identifier: MIT */
/* Programs that behave in another way while traced, or that are not read. */
#ifndef CPROF_RECORD_EXEC_WARNING_H
#define CPROF_RECORD_EXEC_WARNING_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <sys/types.h>

/* What has been told, once each; and what is known of this process. */
struct exec_warnings {
	bool privileged_told;
	bool sanitizer_told;
	bool foreign_told;
	bool know_rights;
	bool may_trace_all;	/* then the kernel honours set-user-ID */
};

/*
 * Is the program `exe` (a descriptor, O_PATH will do) one that cannot be
 * read, as its threads have 32 bits?  False when it cannot be told.
 */
bool exec_is_foreign(int exe);

/* Is there nothing left to tell? */
bool exec_warning_all_told(const struct exec_warnings *warnings);

/*
 * Look at the program `exe` (a descriptor, O_PATH will do) that process `pid`
 * runs.  `executed`: it was traced when it began to.  True, and a line in
 * `text`, when the user should know of it and was not told of one of its
 * kind yet.
 */
bool exec_warning(struct exec_warnings *warnings, int exe, pid_t pid,
		  bool executed, struct strbuf *text);

#endif
