/* SPDX-License-Identifier: MIT */
/* What forms of a comparison need to know of the service they are for. */
#ifndef CPROF_CMD_COMPARE_SERVICES_H
#define CPROF_CMD_COMPARE_SERVICES_H

#include "render/compare_format.h"

/*
 * Where the sources of a repository lie: `asked`, or what GitHub
 * ($GITHUB_WORKSPACE) or GitLab ($CI_PROJECT_DIR) says, or the working
 * directory.  For free(); without links and a '/' at the end.  NULL when
 * there is no such directory.
 */
char *services_source_root(const char *asked);

/*
 * For `github`: append the comparison in Markdown to $GITHUB_STEP_SUMMARY,
 * the summary of the job, where that is set.  Other forms: nothing.
 */
int services_job_summary(const struct compare_format *format,
			 const struct comparison *comparison,
			 struct error *err);

#endif
