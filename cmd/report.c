/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "pager.h"
#include "report_names.h"
#include "report_options.h"

#include "profile/load.h"
#include "render/report_json.h"
#include "render/report_text.h"

#include <stdlib.h>
#include <unistd.h>

/* A killed recording has samples, but no names yet. */
static void name_frames(void *context, struct profile_builder *builder)
{
	const struct report_args *args = context;

	if (args->debuginfod || profile_builder_is_partial(builder))
		report_names(builder, args->debuginfod);
}

/* Options end at the first operand, which surprises some. */
static int check_paths(char **paths, int count, struct error *err)
{
	for (int i = 1; i < count; i++) {
		if (paths[i][0] == '-' && access(paths[i], F_OK))
			return error_set(err, ERROR_USAGE, "'%s' stands behind "
					 "a file; options come first",
					 paths[i]);
	}
	return 0;
}

static int load(struct profile **profile, struct report_args *args,
		char **paths, int count, struct error *err)
{
	const struct profile_load how = {
		.salvage = args->salvage,
		.name_frames = name_frames,
		.context = args,
	};
	const char *directory = getenv("CPROF_OUTPUT_DIR");
	const char *newest;
	char *path;
	int ret;

	if (count)
		return profile_load(profile, (const char *const *)paths, count,
				    &how, err);
	if (!directory || !*directory)
		directory = "./profiles";
	path = profile_newest(directory, err);
	if (!path)
		return -1;
	newest = path;
	ret = profile_load(profile, &newest, 1, &how, err);
	free(path);
	return ret;
}

static int show(struct view *view, const struct report_args *args,
		struct error *err)
{
	const struct text_style style = text_style_of(STDOUT_FILENO);
	struct strbuf out = STRBUF_INIT;
	struct filter filter;
	int ret;

	ret = filter_init(&filter, view->spec, view->profile, err);
	view->filter = &filter;
	if (!ret && args->json)
		ret = report_json(&out, view, err);
	else if (!ret)
		ret = report_text(&out, &style, view, err);
	if (!ret)
		ret = pager_show(strbuf_text(&out), out.len,
				 args->no_pager || args->json, err);
	filter_release(&filter);
	strbuf_release(&out);
	return ret;
}

static int report(struct report_args *args, char **paths, int count,
		  struct error *err)
{
	struct profile *profile = NULL;
	struct overview overview;
	struct filter_spec spec;
	struct view view = { .kind = VIEW_DEFAULT };
	int ret;

	if (check_paths(paths, count, err) ||
	    load(&profile, args, paths, count, err))
		return -1;
	overview_init(&overview, profile);
	view.profile = profile;
	view.overview = &overview;
	report_args_view(args, &view, &spec);
	ret = show(&view, args, err);
	overview_release(&overview);
	profile_free(profile);
	return ret;
}

int cmd_report(int argc, char **argv, struct error *err)
{
	struct report_args args = REPORT_ARGS_INIT;
	int first = report_args_parse(&args, argc, argv, err);
	int ret = first;

	if (first > 0)
		ret = report(&args, argv + first, argc - first, err);
	report_args_release(&args);
	return ret < 0 ? -1 : EXIT_SUCCESS;
}
