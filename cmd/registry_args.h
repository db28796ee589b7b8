/* SPDX-License-Identifier: MIT */
/* What the commands of `cprof registry` have in common. */
#ifndef CPROF_CMD_REGISTRY_ARGS_H
#define CPROF_CMD_REGISTRY_ARGS_H

#include "command.h"
#include "operands.h"

#include "base/json.h"
#include "registry/baseline_index.h"
#include "registry/select.h"

command_fn registry_list;
command_fn registry_show;
command_fn registry_summary;
command_fn registry_baseline;
command_fn registry_prune;

struct registry_args {
	struct registry_select select;
	bool json;
	const char *output;
};

#define REGISTRY_ARGS_INIT { .output = "-" }

opt_parse_fn registry_parse_since;	/* uint64_t, ns since the epoch */

/* Lines of a table of options, for the struct registry_args at `v`. */
#define REGISTRY_SELECT_OPTIONS(v)					\
	OPT_LIST(0, "name", "NAME", &(v)->select.names, NULL),		\
	OPT_LIST(0, "version", "V", &(v)->select.versions,		\
		 "only these (text or pattern)"),			\
	OPT_LIST(0, "label", "K[=V]", &(v)->select.labels,		\
		 "only with all of these labels")

#define REGISTRY_SINCE_OPTION(v)					\
	{ 0, "since", "WHEN", "recorded since: 2h, 7d, 2026-11-20",	\
	  registry_parse_since, opt_u64(&(v)->select.since_ns) }

#define REGISTRY_REGION_OPTION(v)					\
	OPT_STRING(0, "region", "R", &(v)->select.region,		\
		   "tell of these regions (text or pattern)")

#define REGISTRY_OUTPUT_OPTIONS(v)					\
	OPT_FLAG(0, "json", &(v)->json, "print for programs"),		\
	OPT_STRING('o', "output", "FILE", &(v)->output,			\
		   "write FILE instead of standard output")

/* To standard output, through a pager, or to where -o says. */
int registry_emit(const struct registry_args *args, const struct strbuf *text,
		  struct error *err);

/* The same for an object, which is released. */
int registry_emit_json(const struct registry_args *args, json_t *root,
		       struct error *err);

/*
 * Scan the directory of profiles and say on standard error what is no whole
 * profile there.  To be released in any case.
 */
int registry_open(struct registry *registry, const char *command,
		  struct error *err);

/* Says on standard error in one line what is no whole profile. */
void registry_warn(const struct registry *registry, const char *command);

/*
 * What is part of which baseline; one that cannot be read is told on
 * standard error, and then nothing is part of any.  To be released.
 */
void registry_find_baselines(struct baseline_index *index,
			     const char *directory, const char *command);

/* "2026-11-20 14:30", local time; "-" for 0. */
void registry_add_time(struct strbuf *out, uint64_t realtime_ns);

/* "2026-11-20T13:30:00Z"; null for 0. */
json_t *registry_time_json(uint64_t realtime_ns);

/* "exit 1", "killed 9"; "" for a run that went well, or that goes on. */
void registry_add_status(struct strbuf *out, const struct summary_run *run);

/* Add "a, b"; nothing for none. */
void registry_add_words(struct strbuf *out, const struct string_vec *words);

/* Add "branch=main, host=ci". */
void registry_add_labels(struct strbuf *out, const struct run_begin *run);

/* The object of a profile in list and show; `region` as in select. */
json_t *registry_entry_json(const struct registry_entry *entry,
			    const struct string_vec *baselines,
			    const char *region);

/* The array "not_profiles". */
json_t *registry_strangers_json(const struct registry *registry);

#endif
