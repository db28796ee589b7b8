/* SPDX-License-Identifier: MIT */
#ifndef CPROF_CMD_REPORT_NAMES_H
#define CPROF_CMD_REPORT_NAMES_H

#include "profile/builder.h"

/*
 * Look up what a recording could not: a killed one has no names at all.
 * Only files with the recorded build-id are used, so this is right on any
 * machine; what is not found stays as it is.  With `debuginfod`, also
 * what has a name but no source line is looked up again.
 */
void report_names(struct profile_builder *builder, bool debuginfod);

#endif
