/* SPDX-License-Identifier: MIT */
/* Profiles that may go. */
#ifndef CPROF_REGISTRY_PRUNE_H
#define CPROF_REGISTRY_PRUNE_H

#include "registry/select.h"

struct prune_rule {
	uint32_t keep;		/* of each name and version; 0: any number */
	uint64_t before_ns;	/* recorded before that; 0: any time */
	const struct registry_select *select;
};

VEC_DEFINE(prune_vec, const struct registry_entry *);

struct prune_plan {
	struct prune_vec victims;	/* the oldest first */
	uint64_t bytes;			/* of them */
	size_t kept;			/* whole profiles that stay */
	size_t in_baselines;		/* of those that a rule would remove */
	size_t not_whole;		/* files that are never removed */
};

/*
 * Choose what to remove: whole profiles that `rule` selects, that are not
 * among the newest `keep` of their name and version, were recorded before
 * `before_ns`, and are part of no baseline.  Links are never chosen.  -1
 * when the baselines cannot be read: then nobody knows.
 */
int prune_plan_init(struct prune_plan *plan, const struct registry *registry,
		    const struct prune_rule *rule, struct error *err);
void prune_plan_release(struct prune_plan *plan);

/*
 * Remove one, unless it became another file since the scan.  Returns 1,
 * 0 when it is not there any more, or another; -1 (ERROR_SYSTEM).
 */
int prune_remove(const struct registry_entry *victim, struct error *err);

/*
 * Keep others from changing baselines or removing profiles until close(2):
 * a descriptor, or -1 (ERROR_SYSTEM: another one does so for too long).
 */
int registry_lock(const char *directory, struct error *err);

#endif
