/* SPDX-License-Identifier: MIT */
#include "compare/compare.h"

#include "base/strbuf.h"
#include "compare/runs.h"

#include <string.h>

enum {
	WORDS_MAX = 4000,	/* bytes of a command that are shown */
	VERSIONS_MAX = 8
};

static const char *take_text(struct comparison *comparison,
			     struct strbuf *text)
{
	const char *copy = arena_strdup(&comparison->arena,
					strbuf_text(text));

	strbuf_release(text);
	return copy;
}

static const char *command_of(struct comparison *comparison,
			      const struct run_begin *run)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < run->argc && text.len < WORDS_MAX; i++)
		strbuf_addf(&text, "%s%s", i ? " " : "", run->argv[i]);
	return take_text(comparison, &text);
}

/* Each version once, in order of the runs. */
static const char *versions_of(struct comparison *comparison,
			       const struct profile *profile)
{
	struct intern seen = INTERN_INIT;
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < profile->runs.count; i++) {
		const char *version = profile->runs.items[i].begin.version;
		bool is_new;

		if (!version || !*version)
			continue;
		intern_string(&seen, version, &is_new);
		if (is_new && seen.count <= VERSIONS_MAX)
			strbuf_addf(&text, "%s%s", text.len ? ", " : "",
				    version);
	}
	if (seen.count > VERSIONS_MAX)
		strbuf_add(&text, ", ...");
	intern_release(&seen);
	return take_text(comparison, &text);
}

static bool has_label(const struct run_begin *run, const struct label *label)
{
	for (size_t i = 0; i < run->label_count; i++) {
		if (strcmp(run->labels[i].key, label->key) == 0 &&
		    strcmp(run->labels[i].value, label->value) == 0)
			return true;
	}
	return false;
}

/* The labels that all runs have. */
static void find_labels(struct comparison *comparison,
			struct comparison_side *side,
			const struct profile *profile,
			const struct run_begin *first)
{
	struct label *labels = arena_alloc(&comparison->arena,
					   (first->label_count + 1) *
					   sizeof(*labels));

	for (size_t i = 0; i < first->label_count; i++) {
		bool all = true;

		for (size_t j = 0; all && j < profile->runs.count; j++)
			all = has_label(&profile->runs.items[j].begin,
					&first->labels[i]);
		if (all)
			labels[side->label_count++] = first->labels[i];
	}
	side->labels = labels;
}

static void find_files(struct comparison *comparison,
		       struct comparison_side *side,
		       const struct profile *profile)
{
	const char **files = arena_alloc(&comparison->arena,
					 (profile->files.count + 1) *
					 sizeof(*files));

	for (size_t i = 0; i < profile->files.count; i++)
		files[i] = profile->files.items[i].path;
	side->files = files;
	side->file_count = profile->files.count;
}

static void fill_side(struct comparison *comparison,
		      struct comparison_side *side,
		      const struct profile *profile)
{
	const struct profile_run *run = profile_main_run(profile);

	*side = (struct comparison_side){
		.name = "", .version = "", .command = "", .host = "",
		.cpu_model = "", .profile = profile,
		.profiled_runs = runs_of_kind(profile, RUN_PROFILED),
		.plain_runs = runs_of_kind(profile, RUN_PLAIN),
	};
	find_files(comparison, side, profile);
	if (profile->files.count) {
		side->host = profile->files.items[0].info.host;
		side->cpu_model = profile->files.items[0].info.cpu_model;
	}
	if (!run)
		return;
	side->name = run->begin.name;
	side->version = versions_of(comparison, profile);
	side->command = command_of(comparison, &run->begin);
	side->start_realtime_ns = run->begin.start_realtime_ns;
	find_labels(comparison, side, profile, &run->begin);
}

void compare_sides(struct comparison *comparison, const struct profile *base,
		   const struct profile *new)
{
	fill_side(comparison, &comparison->sides[SIDE_BASE], base);
	fill_side(comparison, &comparison->sides[SIDE_NEW], new);
}
