/* SPDX-License-Identifier: MIT */
#include "report_options.h"

#include "base/units.h"
#include "command.h"

#include <stdlib.h>
#include <string.h>

enum {
	TOP_TEXT = 30,
	TOP_HOTTEST = 10	/* of the default report */
};

#define MIN_PERCENT_TEXT 1.0

static int parse_by(const char *text, void *value, struct error *err)
{
	int by = rows_by_find(text);

	if (by < 0)
		return error_set(err, ERROR_USAGE, "'%s': tables are by "
				 "function, line, file, module, thread or "
				 "process", text);
	*(int *)value = by;
	return 0;
}

static int parse_clock(const char *text, void *value, struct error *err)
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
static int parse_time(const char *text, void *value, struct error *err)
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

static int check_args(const struct report_args *args, struct error *err)
{
	const int views = (args->by >= 0) + args->tree + args->bottom_up +
			  !!args->callers + !!args->callees +
			  !!args->annotate;

	if (views > 1)
		return error_set(err, ERROR_USAGE, "one of --by, --tree, "
				 "--bottom-up, --callers, --callees and "
				 "--annotate at a time");
	return 0;
}

static int parse_table(struct report_args *args, int argc, char **argv,
		       struct error *err)
{
	/* An option without a text shares the line of the next in --help. */
	const struct opt options[] = {
		{ 0, "by", "WHAT", "function, line, file, module, thread, "
		  "process", parse_by, &args->by },
		OPT_FLAG(0, "tree", &args->tree, NULL),
		OPT_FLAG(0, "bottom-up", &args->bottom_up,
			 "the call tree alone; what is hot"),
		OPT_STRING(0, "callers", "F", &args->callers, NULL),
		OPT_STRING(0, "callees", "F", &args->callees,
			   "who calls F; what F calls"),
		OPT_STRING(0, "annotate", "F", &args->annotate,
			   "source lines of F with their times"),
		{ 0, "clock", "CLOCK", "cpu (default), wall, off-cpu (waiting)",
		  parse_clock, &args->clock },
		OPT_LIST(0, "thread", "T", &args->threads, NULL),
		OPT_LIST(0, "process", "P", &args->processes,
			 "only these (name, pattern or number)"),
		OPT_LIST(0, "module", "M", &args->modules, NULL),
		OPT_LIST(0, "function", "F", &args->functions,
			 "only stacks through these"),
		OPT_LIST(0, "file", "FILE", &args->files,
			 "likewise (source file)"),
		{ 0, "time", "A-B", "only this part of each run: 1.5-3, -500ms",
		  parse_time, &args->time },
		OPT_U32(0, "top", "N", &args->top, NULL),
		OPT_PERCENT(0, "min-percent", &args->min_percent,
			    "rows (30); nodes (1%)"),
		OPT_FLAG(0, "all-frames", &args->all_frames,
			 "fold no start code, recursion or long chains"),
		OPT_FLAG(0, "json", &args->json, NULL),
		OPT_FLAG(0, "no-pager", &args->no_pager,
			 "for programs; without a pager"),
		OPT_FLAG(0, "salvage", &args->salvage,
			 "show what is whole of damaged files"),
		OPT_DEBUGINFOD(&args->debuginfod,
			 "ask servers for names that are missing"),
		OPT_END
	};
	static const char *const usage[] = { "[options] [FILE...]", NULL };
	static const char *const examples[] = {
		"cprof report",
		"cprof report --by line --top 5 app.prof", NULL
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
	string_vec_release(&args->threads);
	string_vec_release(&args->processes);
	string_vec_release(&args->modules);
	string_vec_release(&args->functions);
	string_vec_release(&args->files);
}

static struct patterns patterns_of(const struct string_vec *list)
{
	return (struct patterns){ list->items, list->count };
}

static enum view_kind kind_of(const struct report_args *args)
{
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
	*spec = (struct filter_spec){
		.threads = patterns_of(&args->threads),
		.processes = patterns_of(&args->processes),
		.modules = patterns_of(&args->modules),
		.functions = patterns_of(&args->functions),
		.files = patterns_of(&args->files),
		.from_ns = args->time.from_ns,
		.to_ns = args->time.to_ns,
	};
	view->kind = kind_of(args);
	view->spec = spec;
	view->clock = args->clock;
	view->by = args->by >= 0 ? args->by : ROWS_BY_FUNCTION;
	view->function = args->callers ? args->callers :
			 args->callees ? args->callees : args->annotate;
	view->all_frames = args->all_frames;
	/* Programs get everything, unless they ask for less. */
	view->top = args->top;
	if (!args->top && !args->json)
		view->top = view->kind == VIEW_DEFAULT ? TOP_HOTTEST :
			    TOP_TEXT;
	view->min_percent = args->min_percent;
	if (args->min_percent < 0)
		view->min_percent = args->json ? 0 : MIN_PERCENT_TEXT;
}
