/* SPDX-License-Identifier: MIT */
#include "compare/compare.h"

#include "compare/code.h"
#include "compare/metrics.h"

#include <math.h>

int compare_profiles(struct comparison *comparison, const struct profile *base,
		     const struct profile *new,
		     const struct compare_options *options, struct error *err)
{
	comparison->threshold_percent = options->threshold_percent;
	comparison->noise_percent = (double)NAN;
	compare_sides(comparison, base, new);
	for (int side = 0; side < SIDE_COUNT; side++)
		comparison->sides[side].filter = options->filters[side];
	compare_checks(comparison, base, new, options);
	if (!comparison->refused) {
		compare_metrics(comparison, base, new, options);
		if (compare_choose_metric(comparison, options, err))
			return -1;
		compare_code(comparison, base, new, options);
	}
	compare_decide(comparison, options);
	return 0;
}
