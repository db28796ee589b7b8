/* SPDX-License-Identifier: MIT */
/* Which profiles, and which part of them: the same words in each command. */
#ifndef CPROF_CMD_VIEW_ARGS_H
#define CPROF_CMD_VIEW_ARGS_H

#include "cli/opt.h"
#include "command.h"
#include "render/view.h"

struct view_args {
	enum weight_clock clock;
	struct string_vec threads;
	struct string_vec processes;
	struct string_vec modules;
	struct string_vec functions;
	struct string_vec files;
	struct string_vec regions;
	struct filter_spec time;	/* only its times are used */
	bool salvage;
	bool debuginfod;
};

opt_parse_fn view_parse_by;		/* int, an enum rows_by */
opt_parse_fn view_parse_clock;		/* enum weight_clock */
opt_parse_fn view_parse_time;		/* struct filter_spec */

/* Lines of a table of options, for the struct view_args at `v`. */
#define VIEW_OPTIONS(v)							\
	{ 0, "clock", "CLOCK", "cpu (default), wall, off-cpu (waiting)", \
	  view_parse_clock, &(v)->clock },				\
	OPT_LIST(0, "thread", "T", &(v)->threads, NULL),		\
	OPT_LIST(0, "process", "P", &(v)->processes,			\
		 "only these (name, pattern or number)"),		\
	OPT_LIST(0, "module", "M", &(v)->modules, NULL),		\
	OPT_LIST(0, "function", "F", &(v)->functions,			\
		 "only stacks through these"),				\
	OPT_LIST(0, "file", "FILE", &(v)->files, NULL),			\
	OPT_LIST(0, "region", "R", &(v)->regions,			\
		 "likewise: source files; named regions"),		\
	{ 0, "time", "A-B", "only this part of each run: 1.5-3, -500ms", \
	  view_parse_time, &(v)->time }

#define FILE_OPTIONS(v)							\
	OPT_FLAG(0, "salvage", &(v)->salvage, NULL),			\
	OPT_DEBUGINFOD(&(v)->debuginfod,				\
		       "read damaged files; ask servers for names")

void view_args_release(struct view_args *args);

/* The filter that was asked for; its lists are those of `args`. */
void view_args_spec(const struct view_args *args, struct filter_spec *spec);

/*
 * Load the profiles that the operands stand for (see operands_find()), and
 * name frames of recordings that could not do so.  The caller owns the
 * profile.  Errors: see profile_load().
 */
int view_args_load(struct profile **profile, struct view_args *args,
		   const char *command, char **operands, int count,
		   struct error *err);

#endif
