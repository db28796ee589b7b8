/* SPDX-License-Identifier: MIT */
#include "render/chart_modules.h"

#include "base/escape.h"
#include "base/hash.h"

#include <string.h>

static bool is_special(const struct profile *profile, uint32_t module)
{
	return profile->modules.items[module].module.kind == MODULE_SPECIAL;
}

/* Put `module` where it belongs among the heaviest; the last may go. */
static void rank(struct chart_modules *modules, const uint64_t *weights,
		 uint32_t module)
{
	size_t at = modules->count;

	while (at && weights[modules->heaviest[at - 1]] < weights[module])
		at--;
	modules->others |= modules->count == THEME_MODULES;
	if (at == THEME_MODULES)
		return;
	if (modules->count < THEME_MODULES)
		modules->count++;
	memmove(&modules->heaviest[at + 1], &modules->heaviest[at],
		(modules->count - at - 1) * sizeof(modules->heaviest[0]));
	modules->heaviest[at] = module;
}

void chart_modules_init(struct chart_modules *modules,
			const struct profile *profile,
			const uint64_t *weights)
{
	*modules = (struct chart_modules){ .count = 0 };
	for (size_t i = 0; i < profile->modules.count; i++) {
		if (weights[i] && !is_special(profile, i))
			rank(modules, weights, i);
	}
}

void chart_modules_legend(const struct chart_modules *modules,
			  struct chart *chart)
{
	for (size_t i = 0; i < modules->count; i++) {
		const struct profile_module *module = &chart->view->profile->
			modules.items[modules->heaviest[i]];
		struct strbuf name = STRBUF_INIT;

		chart_fit_text(chart, &name, &chart_small, module->name, 200);
		chart_add_legend(chart, LEGEND_BLOCK,
				 chart->theme->modules[i],
				 strbuf_text(&name));
		strbuf_release(&name);
	}
	if (modules->others)
		chart_add_legend(chart, LEGEND_BLOCK, chart->theme->special,
				 "other modules");
}

uint32_t chart_module_colour(const struct chart_modules *modules,
			     const struct chart *chart, uint32_t module)
{
	for (size_t i = 0; i < modules->count; i++) {
		if (modules->heaviest[i] == module)
			return chart->theme->modules[i];
	}
	return chart->theme->special;
}

uint32_t chart_function_colour(const struct chart_modules *modules,
			       const struct chart *chart,
			       const struct function *function)
{
	const uint32_t colour = chart_module_colour(modules, chart,
						    function->module);

	return colour_tint(colour, hash_bytes(function->name,
					      strlen(function->name)));
}
