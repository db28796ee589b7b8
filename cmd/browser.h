/* SPDX-License-Identifier: MIT */
/* The user's browser. */
#ifndef CPROF_CMD_BROWSER_H
#define CPROF_CMD_BROWSER_H

#include "base/error.h"

/*
 * Show the file at `path` in it: in what BROWSER names, as xdg-open(1) reads
 * that ("firefox:chromium --new-window %s"), or with xdg-open.  It lives on
 * its own: nobody waits for it, and what ends the terminal does not end it.
 * Returns 0 when it was started, else -1 (ERROR_SYSTEM).
 */
int browser_open(const char *path, struct error *err);

#endif
