/* SPDX-License-Identifier: MIT */
/* The profiles of a gate: its runs, and sampled ones that explain them. */
#ifndef CPROF_CMD_GATE_RECORD_H
#define CPROF_CMD_GATE_RECORD_H

#include "gate_args.h"

#include "base/strbuf.h"
#include "gate/recorder.h"

struct gate_profiles {
	struct strbuf path[GATE_SIDES];
	struct strbuf name[GATE_SIDES];
	bool recorded[GATE_SIDES];	/* the file is in its place */
	size_t sampled;			/* pairs of sampled runs */
	bool run_failed;		/* one of them: they tell nothing */
	bool prepare_failed;		/* --prepare, of one of them */
};

/*
 * Write what was measured into a profile for each side, in the directory of
 * profiles; with `explain`, add sampled runs that take turns.  -1 when a
 * profile is missing or incomplete: what was measured is not less true.
 */
int gate_record(struct gate_profiles *profiles, const struct gate_args *args,
		const struct gate_commands *commands,
		const struct trial *trial, bool explain, struct error *err);

/*
 * The parts of it: a recorder of one side, whose path and name go to
 * `profiles`, for runs of about `wall_ns`; and how many sampled runs of that
 * length are worth their time.
 */
int gate_record_open(struct recorder **recorder,
		     struct gate_profiles *profiles,
		     const struct gate_args *args,
		     const struct gate_commands *commands, int side,
		     double wall_ns, struct error *err);
size_t gate_record_pairs(double wall_ns);

void gate_profiles_release(struct gate_profiles *profiles);

#endif
