/* SPDX-License-Identifier: MIT */
/* Where a profile goes when nobody says. */
#ifndef CPROF_RECORD_OUTPUT_PATH_H
#define CPROF_RECORD_OUTPUT_PATH_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdint.h>
#include <sys/types.h>

/* The directory of profiles: `setting` ($CPROF_OUTPUT_DIR), or ./profiles. */
const char *output_directory(const char *setting);

/* Make `directory` and what lies above it; one that is there is fine. */
int output_directory_make(const char *directory, struct error *err);

/*
 * Add DIRECTORY/NAME[-VERSION]-TIME-PID.prof to `path`.  Of the names only
 * letters, digits and "._+-" are kept, and not more than fits a file name.
 * `time_ns` is since the epoch; the path says it in UTC.
 */
void output_path_add(struct strbuf *path, const char *directory,
		     const char *name, const char *version, uint64_t time_ns,
		     pid_t pid);

#endif
