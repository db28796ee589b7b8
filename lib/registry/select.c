/* SPDX-License-Identifier: MIT */
#include "registry/select.h"

#include <fnmatch.h>
#include <string.h>

bool registry_pattern_fits(const char *pattern, const char *text)
{
	return strcmp(pattern, text) == 0 || fnmatch(pattern, text, 0) == 0;
}

static bool any_fits(const struct string_vec *patterns, const char *text)
{
	for (size_t i = 0; i < patterns->count; i++) {
		if (registry_pattern_fits(patterns->items[i], text))
			return true;
	}
	return !patterns->count;
}

static bool label_fits(const char *pattern, const struct label *label)
{
	const size_t len = strcspn(pattern, "=");
	char *key;
	bool fits;

	if (!pattern[len])
		return registry_pattern_fits(pattern, label->key);
	key = mem_printf("%.*s", (int)len, pattern);
	fits = registry_pattern_fits(key, label->key) &&
		registry_pattern_fits(pattern + len + 1, label->value);
	free(key);
	return fits;
}

static bool has_label(const struct registry_entry *entry, const char *pattern)
{
	const struct run_begin *run = registry_main_run(entry);

	for (size_t i = 0; run && i < run->label_count; i++) {
		if (label_fits(pattern, &run->labels[i]))
			return true;
	}
	return false;
}

static bool has_region(const struct registry_entry *entry,
		       const char *pattern)
{
	for (size_t i = 0; i < entry->summary.region_count; i++) {
		if (registry_pattern_fits(pattern,
					  entry->summary.regions[i].name))
			return true;
	}
	return false;
}

bool registry_selects(const struct registry_select *select,
		      const struct registry_entry *entry)
{
	if (entry->start_realtime_ns < select->since_ns ||
	    !any_fits(&select->names, registry_entry_name(entry)) ||
	    !any_fits(&select->versions, registry_entry_version(entry)))
		return false;
	for (size_t i = 0; i < select->labels.count; i++) {
		if (!has_label(entry, select->labels.items[i]))
			return false;
	}
	return !select->region || has_region(entry, select->region);
}

void registry_select_release(struct registry_select *select)
{
	string_vec_release(&select->names);
	string_vec_release(&select->versions);
	string_vec_release(&select->labels);
}
