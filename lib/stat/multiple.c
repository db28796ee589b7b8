/* SPDX-License-Identifier: MIT */
#include "stat/multiple.h"

#include "base/compiler.h"
#include "base/mem.h"

#include <stdlib.h>

struct place {
	double p;
	size_t index;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

void benjamini_hochberg(const double *p, double *adjusted, size_t count)
{
	struct place *places = mem_calloc(count + 1, sizeof(*places));
	double least = 1;

	for (size_t i = 0; i < count; i++)
		places[i] = (struct place){ p[i], i };
	qsort(places, count, sizeof(*places), compare_places);
	for (size_t i = count; i-- > 0;) {
		least = MIN(least, places[i].p * count / (i + 1));
		adjusted[places[i].index] = least;
	}
	free(places);
}
