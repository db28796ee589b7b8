/* SPDX-License-Identifier: MIT */
/* Which module has which colour: the heaviest get hues of their own. */
#ifndef CPROF_RENDER_CHART_MODULES_H
#define CPROF_RENDER_CHART_MODULES_H

#include "render/chart.h"

struct chart_modules {
	uint32_t heaviest[THEME_MODULES];	/* module ids */
	size_t count;				/* of these */
	bool others;				/* are there more? */
};

/* Rank the modules of `profile` by `weights`, which are by module id. */
void chart_modules_init(struct chart_modules *modules,
			const struct profile *profile,
			const uint64_t *weights);

/* An entry for each, and one for the rest. */
void chart_modules_legend(const struct chart_modules *modules,
			  struct chart *chart);

uint32_t chart_module_colour(const struct chart_modules *modules,
			     const struct chart *chart, uint32_t module);

/* A little lighter or darker by name, so that neighbours differ. */
uint32_t chart_function_colour(const struct chart_modules *modules,
			       const struct chart *chart,
			       const struct function *function);

#endif
