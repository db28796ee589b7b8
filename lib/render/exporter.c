/* SPDX-License-Identifier: MIT */
#include "render/exporter.h"

#include "base/path.h"
#include "profile/profile.h"
#include "render/export_formats.h"

#include <fnmatch.h>
#include <string.h>

const struct exporter_ops *const exporters[] = {
	&exporter_json,
	&exporter_speedscope,
	&exporter_firefox,
	&exporter_chrome,
	&exporter_pprof,
	&exporter_html,
	&exporter_callgrind,
	&exporter_collapsed,
	&exporter_csv,
	&exporter_md,
	&exporter_svg,
	&exporter_png,
	NULL
};

const struct exporter_ops *exporter_find(const char *name)
{
	for (const struct exporter_ops *const *e = exporters; *e; e++) {
		if (strcmp((*e)->name, name) == 0)
			return *e;
	}
	return NULL;
}

static const struct exporter_ops *match(const char *name)
{
	const struct exporter_ops *best = NULL;
	size_t best_len = 0;

	for (const struct exporter_ops *const *e = exporters; *e; e++) {
		for (const char *const *p = (*e)->patterns; *p; p++) {
			if (strlen(*p) <= best_len || fnmatch(*p, name, 0))
				continue;
			best = *e;
			best_len = strlen(*p);
		}
	}
	return best;
}

const struct exporter_ops *exporter_for_path(const char *path)
{
	const struct exporter_ops *found = match(path_base(path));
	const size_t len = strlen(path_base(path));
	char *plain;

	if (found || len < 3 || strcmp(path_base(path) + len - 3, ".gz") != 0)
		return found;
	plain = mem_copy(path_base(path), len + 1);
	plain[len - 3] = '\0';
	found = match(plain);
	free(plain);
	return found;
}
