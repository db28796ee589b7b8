/* SPDX-License-Identifier: MIT */
/*
 * Many tests at once: Benjamini and Hochberg, "Controlling the false
 * discovery rate", Journal of the Royal Statistical Society B 57(1), 1995.
 */
#ifndef CPROF_STAT_MULTIPLE_H
#define CPROF_STAT_MULTIPLE_H

#include <stddef.h>

/*
 * Adjusted p-values into `adjusted` (may be `p` itself), as R's p.adjust
 * with "BH": those not above q are what is rejected at a false discovery
 * rate of q.
 */
void benjamini_hochberg(const double *p, double *adjusted, size_t count);

#endif
