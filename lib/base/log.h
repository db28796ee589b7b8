/* SPDX-License-Identifier: MIT */
/*
 * The debug log, for developers: CPROF_DEBUG=domain[:level],... on stderr,
 * for example CPROF_DEBUG=trace:2,unwind or CPROF_DEBUG=all.  Never called
 * between the stop and the resumption of a thread.
 */
#ifndef CPROF_BASE_LOG_H
#define CPROF_BASE_LOG_H

#include "base/compiler.h"

#include <stdbool.h>

enum log_domain {
	LOG_TRACE,
	LOG_UNWIND,
	LOG_SYMBOL,
	LOG_FORMAT,
	LOG_RECORD,
	LOG_DOMAINS
};

/* Read the setting; called once, by main. */
void log_setup(const char *setting);

bool log_enabled(enum log_domain domain, int level);
void log_debug(enum log_domain domain, int level, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

#endif
