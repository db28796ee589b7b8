/* SPDX-License-Identifier: MIT */
/* Is it a profile?  A look at the first bytes only. */
#ifndef CPROF_FORMAT_SNIFF_H
#define CPROF_FORMAT_SNIFF_H

#include <stdbool.h>

/* A regular file, which we may read, that begins as profiles do. */
bool profile_sniff(const char *path);

#endif
