/* SPDX-License-Identifier: MIT */
#include "chart_args.h"
#include "command.h"
#include "view_args.h"

#include "base/output.h"
#include "render/exporter.h"
#include "render/gzip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct export_args {
	const char *format;
	const char *output;
	bool list;
	bool list_charts;
	int by;				/* enum rows_by */
	uint32_t top;			/* 0: all rows */
	bool weights;
	bool merge_threads;
	bool embed_source;
	struct chart_request chart;
	struct view_args part;
};

static int parse_chart(const char *text, void *value, struct error *err)
{
	const struct chart_kind *kind = chart_find(text);
	struct strbuf names = STRBUF_INIT;

	if (kind) {
		*(const struct chart_kind **)value = kind;
		return 0;
	}
	for (const struct chart_kind *const *k = chart_kinds; *k; k++)
		strbuf_addf(&names, "%s%s", k == chart_kinds ? "" :
			    k[1] ? ", " : " and ", (*k)->name);
	error_set(err, ERROR_USAGE, "unknown chart '%s': there is %s", text,
		  strbuf_text(&names));
	strbuf_release(&names);
	return -1;
}

static int parse(struct export_args *args, int argc, char **argv,
		 struct error *err)
{
	const struct opt options[] = {
		OPT_STRING('f', "format", "FORMAT", &args->format,
			   "see --formats; else the name of FILE tells"),
		OPT_STRING('o', "output", "FILE", &args->output,
			   "write FILE instead of standard output"),
		OPT_FLAG(0, "formats", &args->list, NULL),
		OPT_FLAG(0, "charts", &args->list_charts,
			 "list the formats; the charts"),
		{ 0, "by", "WHAT", NULL, view_parse_by, &args->by },
		OPT_U32(0, "top", "N", &args->top,
			"csv: rows by what (function); how many"),
		OPT_FLAG(0, "merge-threads", &args->merge_threads,
			 "no frame for the thread"),
		OPT_FLAG(0, "weight", &args->weights, NULL),
		OPT_FLAG(0, "embed-source", &args->embed_source,
			 "collapsed: ns; html: with the sources"),
		{ 0, "chart", "C", NULL, parse_chart, &args->chart.kind },
		OPT_STRING(0, "metric", "M", &args->chart.metric,
			   "svg, png: see --charts; what it shows"),
		CHART_OPTIONS(&args->chart,
			      "svg, png: light or dark; else as needed"),
		VIEW_OPTIONS(&args->part),
		FILE_OPTIONS(&args->part),
		OPT_END
	};
	static const char *const usage[] = {
		"[options] [-f FORMAT] [-o FILE] [PROFILE...]", NULL
	};
	static const char *const examples[] = {
		"cprof export -f speedscope -o app.speedscope.json app.prof",
		"cprof export -o app.pb.gz && go tool pprof -top app.pb.gz",
		"cprof export --chart timeline --theme dark -o app.png",
		NULL
	};
	const struct cli_command export = {
		"export", "write a profile for another program", usage,
		options, examples
	};

	return command_parse(&export, argc, argv, err);
}

static void list_formats(void)
{
	for (const struct exporter_ops *const *e = exporters; *e; e++)
		command_list((*e)->name, (*e)->summary);
}

static void list_charts(void)
{
	for (const struct chart_kind *const *k = chart_kinds; *k; k++)
		command_list((*k)->name, (*k)->summary);
}

/* "-" stands for standard output; it says nothing about the format. */
static const struct exporter_ops *choose(const struct export_args *args,
					 struct error *err)
{
	const struct exporter_ops *ops = NULL;

	if (args->format) {
		ops = exporter_find(args->format);
		if (!ops)
			error_set(err, ERROR_USAGE, "unknown format '%s' "
				  "(--formats lists them)", args->format);
	} else if (strcmp(args->output, "-") != 0) {
		ops = exporter_for_path(args->output);
		if (!ops)
			error_set(err, ERROR_USAGE, "the name '%s' does not "
				  "tell the format; say -f FORMAT (--formats "
				  "lists them)", args->output);
	} else {
		error_set(err, ERROR_USAGE, "which format? -f FORMAT "
			  "(--formats lists them), or -o with a name that "
			  "tells");
	}
	if (ops && chart_args_check_output(ops->name, ops->binary,
					   args->output, err))
		return NULL;
	return ops;
}

/* Is `name` a word of "csv, md, svg"? */
static bool is_listed(const char *list, const char *name)
{
	const size_t len = strlen(name);

	for (const char *at = list; at; at = strchr(at, ' ')) {
		at += strspn(at, " ");
		if (strncmp(at, name, len) == 0 && strchr(",", at[len]))
			return true;
	}
	return false;
}

static int check_by(const struct export_args *args,
		    const struct exporter_ops *ops, struct error *err)
{
	const char *chart = args->chart.kind ? args->chart.kind->name :
			    chart_kinds[0]->name;

	if (args->by == ROWS_BY_FUNCTION || !ops->is_chart ||
	    strcmp(chart, "functions") == 0 ||
	    (args->by == ROWS_BY_REGION && strcmp(chart, "heatmap") == 0))
		return 0;
	return error_set(err, ERROR_USAGE, "--by goes with the chart "
			 "functions, and --by region with heatmap, not with "
			 "%s", chart);
}

/* What a format has no use for was meant for another one. */
static int check_options(const struct export_args *args,
			 const struct exporter_ops *ops, struct error *err)
{
	const struct {
		bool given;
		const char *option;
		const char *formats;
	} uses[] = {
		{ args->weights, "weight", "collapsed" },
		{ args->merge_threads, "merge-threads",
		  "collapsed, callgrind" },
		{ args->embed_source, "embed-source", "html" },
		{ args->top, "top", "csv, md, svg, png" },
		{ args->by != ROWS_BY_FUNCTION, "by", "csv, svg, png" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(uses); i++) {
		if (uses[i].given && !is_listed(uses[i].formats, ops->name))
			return error_set(err, ERROR_USAGE, "--%s goes with "
					 "%s, not with %s", uses[i].option,
					 uses[i].formats, ops->name);
	}
	if (check_by(args, ops, err))
		return -1;
	return chart_args_check(&args->chart, ops->name, ops->is_chart, err);
}

static bool ends_with(const char *text, const char *end)
{
	const size_t len = strlen(text);

	return len > strlen(end) &&
	       strcmp(text + len - strlen(end), end) == 0;
}

static int write_view(const struct exporter_ops *ops,
		      const struct export_args *args, struct view *view,
		      struct error *err)
{
	struct strbuf note = STRBUF_INIT;
	const struct export_request request = {
		.view = view,
		.weights = args->weights,
		.merge_threads = args->merge_threads,
		.embed_source = args->embed_source,
		.chart = &args->chart,
		.note = &note,
	};
	struct strbuf text = STRBUF_INIT;
	struct strbuf packed = STRBUF_INIT;
	struct filter filter;
	int ret;

	ret = filter_init(&filter, view->spec, view->profile, err);
	view->filter = &filter;
	if (!ret)
		ret = ops->write(&text, &request, err);
	if (!ret && !ops->binary && ends_with(args->output, ".gz")) {
		gzip_add(&packed, strbuf_text(&text), text.len);
		ret = output_write_file(args->output, strbuf_text(&packed),
					packed.len, err);
	} else if (!ret) {
		ret = output_write_file(args->output, strbuf_text(&text),
					text.len, err);
	}
	if (!ret && note.len)
		fprintf(stderr, "cprof export: %s\n", strbuf_text(&note));
	filter_release(&filter);
	strbuf_release(&note);
	strbuf_release(&packed);
	strbuf_release(&text);
	return ret;
}

static int export(struct export_args *args, char **paths, int count,
		  struct error *err)
{
	const struct exporter_ops *ops = choose(args, err);
	struct profile *profile = NULL;
	struct overview overview;
	struct filter_spec spec;
	struct view view = {
		.kind = VIEW_TREE,
		.clock = args->part.clock,
		.by = args->by,
		.top = args->top,
		.all_frames = true,
	};
	int ret;

	if (!ops || check_options(args, ops, err))
		return -1;
	chart_args_complete(&args->chart);
	if (view_args_load(&profile, &args->part, "export", paths, count, err))
		return -1;
	view_args_spec(&args->part, &spec);
	overview_init(&overview, profile);
	view.profile = profile;
	view.overview = &overview;
	view.spec = &spec;
	ret = write_view(ops, args, &view, err);
	overview_release(&overview);
	profile_free(profile);
	return ret;
}

int cmd_export(int argc, char **argv, struct error *err)
{
	struct export_args args = {
		.output = "-",
		.by = ROWS_BY_FUNCTION,
	};
	int first = parse(&args, argc, argv, err);
	int ret = first;

	if (first > 0 && args.list)
		list_formats();
	else if (first > 0 && args.list_charts)
		list_charts();
	else if (first > 0)
		ret = export(&args, argv + first, argc - first, err);
	view_args_release(&args.part);
	return ret < 0 ? -1 : EXIT_SUCCESS;
}
