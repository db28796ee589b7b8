/* SPDX-License-Identifier: MIT */
/*
 * Debug information from servers: libdw asks them by itself, through
 * libdebuginfod, when DEBUGINFOD_URLS is set.
 */
#ifndef CPROF_SYMBOL_DEBUGINFOD_H
#define CPROF_SYMBOL_DEBUGINFOD_H

#include <stdbool.h>

/* Was cprof built to use them (configure --with-debuginfod)? */
bool debuginfod_possible(void);

/* Whether this process may ask; call it before it reads any file. */
void debuginfod_permit(bool wanted);

#endif
