/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "pager.h"
#include "report_html.h"
#include "report_options.h"

#include "profile/quality.h"
#include "render/report_json.h"
#include "render/report_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	EXIT_POOR = 1
};

static int show_text(const struct view *view, const struct report_args *args,
		     struct error *err)
{
	const struct text_style style = text_style_of(STDOUT_FILENO);
	struct strbuf out = STRBUF_INIT;
	int ret;

	if (args->json)
		ret = report_json(&out, view, err);
	else
		ret = report_text(&out, &style, view, err);
	if (!ret)
		ret = pager_show(strbuf_text(&out), out.len,
				 args->no_pager || args->json, err);
	strbuf_release(&out);
	return ret;
}

static int show(struct view *view, const struct report_args *args,
		struct error *err)
{
	const struct html_options options = {
		.embed_source = args->embed_source,
	};
	struct filter filter;
	int ret;

	ret = filter_init(&filter, view->spec, view->profile, err);
	view->filter = &filter;
	if (!ret && (args->html || args->open))
		ret = report_html(view, &options, args->open, err);
	else if (!ret)
		ret = show_text(view, args, err);
	filter_release(&filter);
	return ret;
}

/* The status: 1 when the profile is too poor to be relied on. */
static int judge(const struct profile *profile,
		 const struct overview *overview)
{
	struct quality_flaw flaws[QUALITY_FLAWS_MAX];
	const size_t count = quality_flaws(profile, overview, flaws);

	for (size_t i = 0; i < count; i++)
		fprintf(stderr, "cprof report: poor quality: %.3g%% %s "
			"(limit: %g%%)\n", flaws[i].percent, flaws[i].what,
			flaws[i].limit);
	return count ? EXIT_POOR : EXIT_SUCCESS;
}

static int report(struct report_args *args, char **paths, int count,
		  struct error *err)
{
	struct profile *profile = NULL;
	struct overview overview;
	struct filter_spec spec;
	struct view view = { .kind = VIEW_DEFAULT };
	int ret;

	if (view_args_load(&profile, &args->part, "report", paths,
			   count, err))
		return -1;
	overview_init(&overview, profile);
	view.profile = profile;
	view.overview = &overview;
	report_args_view(args, &view, &spec);
	ret = show(&view, args, err);
	if (!ret && args->strict)
		ret = judge(profile, &overview);
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
	return first > 0 ? ret : MIN(first, 0);
}
