/* SPDX-License-Identifier: MIT */
/* A gate's verdict as a comparison, which all forms of output can tell. */
#ifndef CPROF_CMD_GATE_REPORT_H
#define CPROF_CMD_GATE_REPORT_H

#include "compare/comparison.h"
#include "gate_record.h"

struct gate_report {
	struct comparison comparison;
	struct profile *profiles[GATE_SIDES];	/* NULL: could not be read */
	struct filter filters[GATE_SIDES];
};

/*
 * Fill it from what was measured and, when both profiles are there, from
 * these: functions, lines and modules of the sampled runs.  To be released.
 */
void gate_report_init(struct gate_report *report, const struct gate_args *args,
		      const struct gate_commands *commands,
		      const struct trial_config *config,
		      const struct trial *trial,
		      const struct gate_profiles *profiles);

void gate_report_release(struct gate_report *report);

#endif
