/* SPDX-License-Identifier: MIT */
#ifndef CPROF_CMD_PAGER_H
#define CPROF_CMD_PAGER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Show `text` on standard output: through $PAGER (less -FRX) when that is
 * a terminal, and not for another user (sudo); else as it is.
 */
int pager_show(const char *text, size_t len, bool no_pager,
	       struct error *err);

#endif
