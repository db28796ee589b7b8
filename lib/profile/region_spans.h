/* SPDX-License-Identifier: MIT */
/*
 * When functions ran that are regions by their samples: stretches of looks
 * at a thread, one after the other, that all found it in the function.
 */
#ifndef CPROF_PROFILE_REGION_SPANS_H
#define CPROF_PROFILE_REGION_SPANS_H

#include "profile/profile.h"

/*
 * `call`: of a REGION_FUNCTION region.  It may have begun up to `slack_ns`
 * later than that, and ended so much later: nobody looked in between.
 */
typedef void region_span_fn(void *context, const struct profile_call *call,
			    uint64_t slack_ns);

/*
 * All of them, those of a thread in the order of their ends; what lies in
 * another before it.
 */
void region_spans_visit(const struct profile *profile,
			region_span_fn *visit, void *context);

#endif
