/* SPDX-License-Identifier: MIT */
/*
 * Colours of charts: those of the page (assets/colour.js, style.css), which
 * differ for every kind of colour vision.  A test holds them together.
 */
#ifndef CPROF_RENDER_CHART_THEME_H
#define CPROF_RENDER_CHART_THEME_H

#include "model/sample.h"

#include <stdbool.h>
#include <stdint.h>

enum { THEME_MODULES = 8 };

struct chart_theme {
	const char *name;		/* "light" */
	uint32_t background;
	uint32_t panel;			/* behind what is measured */
	uint32_t line;			/* grids */
	uint32_t ink;
	uint32_t dim;			/* text that matters less */
	uint32_t accent;
	uint32_t bar;			/* a pale accent */
	uint32_t special;		/* what is no module's */
	uint32_t modules[THEME_MODULES];
	uint32_t states[STATE_COUNT];
	uint32_t heat[5];		/* from little to much */
	uint32_t same, more, less;	/* of a comparison */
};

extern const struct chart_theme chart_light;
extern const struct chart_theme chart_dark;

/* The part of `to` in the mixture is `share`, 0 to 1. */
uint32_t colour_mix(uint32_t from, uint32_t to, double share);

/* A little lighter or darker, warmer or colder: one of 25, by `hash`. */
uint32_t colour_tint(uint32_t colour, uint64_t hash);

/* Contrast as WCAG defines it: 1 to 21. */
double colour_contrast(uint32_t a, uint32_t b);

/* Black or white: what is easier to read on `colour`. */
uint32_t colour_ink_on(uint32_t colour);

/* The colour for `share`, 0 to 1, of the most there is. */
uint32_t chart_heat(const struct chart_theme *theme, double share);

/*
 * The colour of a change: `share`, -1 to 1, of the largest one.  Less than
 * in proportion, so that a tenth of it is still seen; below a fiftieth
 * there is none.
 */
uint32_t chart_change(const struct chart_theme *theme, double share);
bool chart_is_change(double share);

#endif
