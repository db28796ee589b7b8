/* SPDX-License-Identifier: MIT */
#include "report_options.h"

#include "command.h"

#include "render/metrics_view.h"

enum {
	TOP_TEXT = 30,
	TOP_HOTTEST = 10	/* of the default report */
};

#define MIN_PERCENT_TEXT 1.0
/* A tree of all that a large profile holds is of no use to anybody. */
#define MIN_PERCENT_JSON 0.1

static int parse_view(const char *text, void *value, struct error *err)
{
	const int view = metrics_view_find(text);

	if (view < 0)
		return error_set(err, ERROR_USAGE, "'%s': views are memory, "
				 "resources, counters and timeline", text);
	*(int *)value = view;
	return 0;
}

static int check_args(const struct report_args *args, struct error *err)
{
	const int views = (args->by >= 0) + args->tree + args->bottom_up +
			  !!args->callers + !!args->callees +
			  !!args->annotate + (args->view >= 0);

	if (views > 1)
		return error_set(err, ERROR_USAGE, "one of --by, --tree, "
				 "--bottom-up, --callers, --callees, "
				 "--annotate and --view at a time");
	if ((args->html || args->open) && (views || args->json))
		return error_set(err, ERROR_USAGE,
				 "a page has all views: --html goes with "
				 "filters and --clock only");
	if (args->embed_source && !args->html && !args->open)
		return error_set(err, ERROR_USAGE,
				 "--embed-source goes with --html");
	return 0;
}

static int parse_table(struct report_args *args, int argc, char **argv,
		       struct error *err)
{
	/* An option without a text shares the line of the next in --help. */
	const struct opt options[] = {
		{ 0, "by", "WHAT", "function, line, file, module, region, "
		  "thread...", view_parse_by, &args->by },
		OPT_FLAG(0, "tree", &args->tree, NULL),
		OPT_FLAG(0, "bottom-up", &args->bottom_up,
			 "the call tree alone; what is hot"),
		OPT_STRING(0, "callers", "F", &args->callers, NULL),
		OPT_STRING(0, "callees", "F", &args->callees,
			   "who calls F; what F calls"),
		OPT_STRING(0, "annotate", "F", &args->annotate, NULL),
		{ 0, "view", "V", "lines; memory, resources, counters, "
		  "timeline", parse_view, &args->view },
		VIEW_OPTIONS(&args->part),
		OPT_U32(0, "top", "N", &args->top, NULL),
		/* A long "PERCENT" would cost the help a line. */
		{ 0, "min-percent", "P", "rows (30); nodes (1%)",
		  opt_parse_percent, opt_double(&args->min_percent) },
		OPT_FLAG(0, "all-frames", &args->all_frames, NULL),
		OPT_FLAG(0, "strict", &args->strict,
			 "fold nothing; status 1 if quality is poor"),
		OPT_FLAG(0, "json", &args->json, NULL),
		OPT_FLAG(0, "no-pager", &args->no_pager,
			 "for programs; without a pager"),
		OPT_FLAG(0, "html", &args->html, NULL),
		OPT_FLAG(0, "open", &args->open,
			 "write a page for browsers; and show it"),
		OPT_FLAG(0, "embed-source", &args->embed_source,
			 "put the source files into the page"),
		FILE_OPTIONS(&args->part),
		OPT_END
	};
	static const char *const usage[] = { "[options] [PROFILE...]", NULL };
	static const char *const examples[] = {
		"cprof report",
		"cprof report --by line --top 5 app@1.2", NULL
	};
	const struct cli_command report = {
		"report", "show where the time went", usage, options, examples
	};

	return command_parse(&report, argc, argv, err);
}

int report_args_parse(struct report_args *args, int argc, char **argv,
		      struct error *err)
{
	int first = parse_table(args, argc, argv, err);

	if (first > 0 && check_args(args, err))
		return -1;
	return first;
}

void report_args_release(struct report_args *args)
{
	view_args_release(&args->part);
}

static enum view_kind kind_of(const struct report_args *args)
{
	if (args->view >= 0)
		return args->view;
	if (args->by >= 0)
		return VIEW_ROWS;
	if (args->tree)
		return VIEW_TREE;
	if (args->bottom_up)
		return VIEW_BOTTOM_UP;
	if (args->callers)
		return VIEW_CALLERS;
	if (args->callees)
		return VIEW_CALLEES;
	return args->annotate ? VIEW_ANNOTATE : VIEW_DEFAULT;
}

void report_args_view(const struct report_args *args, struct view *view,
		      struct filter_spec *spec)
{
	view_args_spec(&args->part, spec);
	view->kind = kind_of(args);
	view->spec = spec;
	view->clock = args->part.clock;
	view->by = args->by >= 0 ? args->by : ROWS_BY_FUNCTION;
	view->function = args->callers ? args->callers :
			 args->callees ? args->callees : args->annotate;
	view->all_frames = args->all_frames;
	/* Programs get all rows, unless they ask for less. */
	view->top = args->top;
	if (!args->top && !args->json)
		view->top = view->kind == VIEW_DEFAULT ? TOP_HOTTEST :
			    TOP_TEXT;
	view->min_percent = args->min_percent;
	if (args->min_percent < 0)
		view->min_percent = args->json ? MIN_PERCENT_JSON :
				    MIN_PERCENT_TEXT;
}
