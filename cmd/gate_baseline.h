/* SPDX-License-Identifier: MIT */
/* A gate against runs that were stored: they did not take turns. */
#ifndef CPROF_CMD_GATE_BASELINE_H
#define CPROF_CMD_GATE_BASELINE_H

#include "compare/comparison.h"
#include "gate_record.h"

struct gate_baseline {
	struct comparison comparison;
	struct profile *profiles[GATE_SIDES];
	struct filter filters[GATE_SIDES];
	struct gate_profiles recorded;
	struct strbuf closing;		/* one line */
};

/*
 * Run the new command by `config->runner` (its command 1), twice as often
 * when it looks slower, and compare it with the plain runs of
 * args->baseline.  To be released in any case.
 */
int gate_baseline_run(struct gate_baseline *gate, const struct gate_args *args,
		      const struct gate_commands *commands,
		      const struct trial_config *config, struct error *err);

void gate_baseline_release(struct gate_baseline *gate);

#endif
