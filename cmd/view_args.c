/* SPDX-License-Identifier: MIT */
#include "view_args.h"

#include "base/units.h"
#include "operands.h"
#include "profile/load.h"
#include "report_names.h"

#include <stdlib.h>
#include <string.h>

int view_parse_by(const char *text, void *value, struct error *err)
{
	int by = rows_by_find(text);

	if (by < 0)
		return error_set(err, ERROR_USAGE, "'%s': tables are by "
				 "function, line, file, module, thread, "
				 "process or region", text);
	*(int *)value = by;
	return 0;
}

int view_parse_clock(const char *text, void *value, struct error *err)
{
	static const enum weight_clock clocks[] = {
		WEIGH_CPU, WEIGH_WALL, WEIGH_OFF_CPU
	};

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		if (strcmp(text, weight_clock_name(clocks[i])) != 0)
			continue;
		*(enum weight_clock *)value = clocks[i];
		return 0;
	}
	return error_set(err, ERROR_USAGE,
			 "'%s': clocks are cpu, wall and off-cpu", text);
}

static int parse_bound(const char *text, size_t len, uint64_t *ns,
		       struct error *err)
{
	char *bound;
	int ret;

	if (!len)
		return 0;
	bound = mem_printf("%.*s", (int)len, text);
	ret = units_parse_duration(bound, ns, err);
	free(bound);
	return ret;
}

/* "1.5-3", "500ms-2s", "2-", "-3" */
int view_parse_time(const char *text, void *value, struct error *err)
{
	struct filter_spec *spec = value;
	const char *dash = strchr(text, '-');

	if (!dash || !*text || !(text[1]))
		return error_set(err, ERROR_USAGE, "'%s' is not a range of "
				 "time (try 1.5-3, 500ms-2s or 2-)", text);
	spec->from_ns = spec->to_ns = 0;
	if (parse_bound(text, dash - text, &spec->from_ns, err) ||
	    parse_bound(dash + 1, strlen(dash + 1), &spec->to_ns, err))
		return -1;
	if (dash[1] && spec->to_ns <= spec->from_ns)
		return error_set(err, ERROR_USAGE,
				 "'%s': the end must lie behind the start",
				 text);
	return 0;
}

void view_args_release(struct view_args *args)
{
	string_vec_release(&args->threads);
	string_vec_release(&args->processes);
	string_vec_release(&args->modules);
	string_vec_release(&args->functions);
	string_vec_release(&args->files);
	string_vec_release(&args->regions);
}

static struct patterns patterns_of(const struct string_vec *list)
{
	return (struct patterns){ list->items, list->count };
}

void view_args_spec(const struct view_args *args, struct filter_spec *spec)
{
	*spec = (struct filter_spec){
		.threads = patterns_of(&args->threads),
		.processes = patterns_of(&args->processes),
		.modules = patterns_of(&args->modules),
		.functions = patterns_of(&args->functions),
		.files = patterns_of(&args->files),
		.regions = patterns_of(&args->regions),
		.from_ns = args->time.from_ns,
		.to_ns = args->time.to_ns,
	};
}

/* A killed recording has samples, but no names yet. */
static void name_frames(void *context, struct profile_builder *builder)
{
	const struct view_args *args = context;

	if (args->debuginfod || profile_builder_is_partial(builder))
		report_names(builder, args->debuginfod);
}

int view_args_load(struct profile **profile, struct view_args *args,
		   const char *command, char **operands, int count,
		   struct error *err)
{
	const struct profile_load how = {
		.salvage = args->salvage,
		.if_damaged = args->salvage ? NULL :
			      "--salvage reads the rest",
		.name_frames = name_frames,
		.context = args,
	};
	struct ref_files files = OPERAND_FILES;
	int ret;

	*profile = NULL;
	ret = operands_find(&files, command, operands, count, err);
	if (!ret)
		ret = profile_load(profile, files.paths.items,
				   files.paths.count, &how, err);
	ref_files_release(&files);
	return ret;
}
