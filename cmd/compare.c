/* SPDX-License-Identifier: MIT */
#include "compare_args.h"
#include "compare_services.h"
#include "operands.h"
#include "pager.h"

#include "base/output.h"
#include "compare/compare.h"
#include "render/compare_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void list_formats(void)
{
	for (const struct compare_format *const *f = compare_formats; *f; f++)
		command_list((*f)->name, (*f)->summary);
}

/* By -f, else by the end of the file's name, else text. */
static const struct compare_format *choose(const struct compare_args *args,
					   struct error *err)
{
	static const struct {
		const char *end;
		const char *name;
	} ends[] = {
		{ ".json", "json" }, { ".md", "markdown" },
		{ ".xml", "junit" }, { ".html", "html" }, { ".htm", "html" },
		{ ".svg", "svg" }, { ".png", "png" },
	};
	const char *name = args->format ? args->format : "text";
	const char *dot = strrchr(args->output, '.');
	const struct compare_format *format;

	for (size_t i = 0; !args->format && dot && i < ARRAY_SIZE(ends); i++) {
		if (strcmp(dot, ends[i].end) == 0)
			name = ends[i].name;
	}
	format = compare_format_find(name);
	if (!format)
		error_set(err, ERROR_USAGE, "unknown format '%s' (--formats "
			  "lists them)", name);
	else if (chart_args_check(&args->chart, name, format->is_chart,
				  err) ||
		 chart_args_check_output(name, format->binary, args->output,
					 err))
		return NULL;
	return format;
}

static int load_sides(struct profile *profiles[SIDE_COUNT],
		      struct compare_args *args, struct error *err)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct string_vec *operands = &args->sides[side];

		/* What is only read is not const in argv. */
		if (view_args_load(&profiles[side], &args->part, "compare",
				   (char **)operands->items, operands->count,
				   err))
			return -1;
	}
	return 0;
}

/* A filter that keeps nothing: what it asks for is on the other side only. */
static void keep_nothing(struct filter *filter, const struct profile *profile)
{
	u8_vec_reserve(&filter->threads, profile->threads.count + 1);
	for (size_t i = 0; i < profile->threads.count; i++)
		u8_vec_push(&filter->threads, 0);
}

static int make_filters(struct filter filters[SIDE_COUNT],
			const struct filter_spec *spec,
			struct profile *const profiles[SIDE_COUNT],
			struct error *err)
{
	bool fits[SIDE_COUNT];

	for (int side = 0; side < SIDE_COUNT; side++)
		fits[side] = !filter_init(&filters[side], spec,
					  profiles[side], err);
	if (!fits[SIDE_BASE] && !fits[SIDE_NEW])
		return -1;
	for (int side = 0; side < SIDE_COUNT; side++) {
		if (!fits[side])
			keep_nothing(&filters[side], profiles[side]);
	}
	return 0;
}

static int show(const struct comparison *comparison,
		const struct compare_format *format,
		const struct compare_args *args, struct error *err)
{
	const bool to_stdout = strcmp(args->output, "-") == 0;
	/* Into a file there are no colours, nor the width of a terminal. */
	const struct compare_look look = {
		.text = to_stdout ? text_style_of(STDOUT_FILENO) :
			(struct text_style){ .width = TEXT_WIDTH_PIPE,
					     .utf8 = true },
		.chart = &args->chart,
	};
	struct strbuf text = STRBUF_INIT;
	int ret = format->write(&text, comparison, &look, err);

	if (!ret && to_stdout)
		ret = pager_show(strbuf_text(&text), text.len,
				 args->no_pager ||
				 strcmp(format->name, "text") != 0, err);
	else if (!ret)
		ret = output_write_file(args->output, strbuf_text(&text),
					text.len, err);
	strbuf_release(&text);
	return ret;
}

static int compare_loaded(struct profile *const profiles[SIDE_COUNT],
			  const struct compare_format *format,
			  const struct compare_args *args, struct error *err)
{
	struct comparison comparison = COMPARISON_INIT;
	struct filter filters[SIDE_COUNT] = { 0 };
	struct filter_spec spec;
	const struct compare_options options = {
		.threshold_percent = args->threshold_percent,
		.single_run_percent = args->single_run_percent,
		.min_improvement_percent = args->min_improvement_percent,
		.metric = args->metric,
		.region = args->region,
		.renames = args->renames.items,
		.rename_count = args->renames.count,
		.spec = &spec,
		.filters = { &filters[SIDE_BASE], &filters[SIDE_NEW] },
		.force = args->force, .advise_force = true,
		.allow_inconclusive = args->allow_inconclusive,
	};
	char *source_root = services_source_root(args->source_root);
	int ret = -1;

	view_args_spec(&args->part, &spec);
	comparison.source_root = source_root;
	comparison.by = args->by;
	comparison.top = args->top;
	if (!make_filters(filters, &spec, profiles, err) &&
	    !compare_profiles(&comparison, profiles[SIDE_BASE],
			      profiles[SIDE_NEW], &options, err) &&
	    !show(&comparison, format, args, err) &&
	    !services_job_summary(format, &comparison, err))
		ret = comparison_exit_status(&comparison);
	comparison_release(&comparison);
	free(source_root);
	for (int side = 0; side < SIDE_COUNT; side++)
		filter_release(&filters[side]);
	return ret;
}

static int compare(struct compare_args *args, struct error *err)
{
	const struct compare_format *format = choose(args, err);
	struct profile *profiles[SIDE_COUNT] = { NULL };
	int ret = -1;

	chart_args_complete(&args->chart);
	if (format && !load_sides(profiles, args, err))
		ret = compare_loaded(profiles, format, args, err);
	for (int side = 0; side < SIDE_COUNT; side++)
		profile_free(profiles[side]);
	return ret;
}

int cmd_compare(int argc, char **argv, struct error *err)
{
	struct compare_args args = COMPARE_ARGS_INIT;
	int first = compare_args_parse(&args, argc, argv, err);
	int ret = MIN(first, 0);

	if (first > 0 && args.list)
		list_formats();
	else if (first > 0)
		ret = compare(&args, err);
	compare_args_release(&args);
	return ret;
}
