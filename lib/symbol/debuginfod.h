/* SPDX-License-Identifier: MIT */
/*
 * Debug information from servers on the network, by build-id, through
 * libdebuginfod; where it asks is in DEBUGINFOD_URLS.
 */
#ifndef CPROF_SYMBOL_DEBUGINFOD_H
#define CPROF_SYMBOL_DEBUGINFOD_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Was cprof built to use them (configure --with-debuginfod)? */
bool debuginfod_possible(void);

/*
 * Whether this process may ask; call it before it reads any file.  Without
 * permission nobody in this process asks, be it libdw.
 */
void debuginfod_permit(bool wanted);

/*
 * Fetch the debug file with this build-id.  Returns a descriptor that the
 * caller owns, or -1: ERROR_NOT_FOUND, ERROR_UNSUPPORTED without the
 * library.  May take minutes.
 */
int debuginfod_fetch(const uint8_t *id, size_t len, struct error *err);

#endif
