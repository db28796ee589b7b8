/* SPDX-License-Identifier: MIT */
#include "compare_args.h"

#include "command.h"

#include <stdlib.h>
#include <string.h>

struct rename_option {
	struct rename_vec *renames;
	struct arena *arena;
};

/* "OLD=NEW"; the '=' of "operator==" and its like may stand in either. */
static int parse_rename(const char *text, void *value, struct error *err)
{
	const struct rename_option *option = value;
	const char *equals = strchr(text, '=');
	struct rename rename;

	while (equals && equals > text &&
	       strncmp(equals, "==", 2) == 0 && equals[2])
		equals = strchr(equals + 2, '=');
	if (!equals || equals == text || !equals[1])
		return error_set(err, ERROR_USAGE,
				 "'%s' is not OLD=NEW", text);
	rename.from = arena_strndup(option->arena, text, equals - text);
	rename.to = arena_strdup(option->arena, equals + 1);
	rename_vec_push(option->renames, rename);
	return 0;
}

static int parse_by(const char *text, void *value, struct error *err)
{
	const int by = rows_by_find(text);

	if (by != ROWS_BY_FUNCTION && by != ROWS_BY_LINE &&
	    by != ROWS_BY_MODULE)
		return error_set(err, ERROR_USAGE, "'%s': changes are by "
				 "function, line or module", text);
	*(int *)value = by;
	return 0;
}

static int parse_table(struct compare_args *args, int argc, char **argv,
		       struct error *err)
{
	struct rename_option rename = { &args->renames, &args->arena };
	/* An option without a text shares the line of the next in --help. */
	const struct opt options[] = {
		OPT_LIST(0, "base", "A...", &args->sides[SIDE_BASE], NULL),
		OPT_LIST(0, "new", "B...", &args->sides[SIDE_NEW],
			 "what is compared with what"),
		{ 0, "threshold", "P", NULL, opt_parse_percent,
		  opt_double(&args->threshold_percent) },
		{ 0, "single-run-threshold", "P",
		  "smaller changes are none (2%; 25%)", opt_parse_percent,
		  opt_double(&args->single_run_percent) },
		{ 0, "min-improvement", "P", "worth an upgrade (10%)",
		  opt_parse_percent,
		  opt_double(&args->min_improvement_percent) },
		OPT_STRING(0, "metric", "M", &args->metric, NULL),
		OPT_STRING(0, "region", "R", &args->region,
			   "what decides (wall; whole runs)"),
		{ 0, "rename", "OLD=NEW", "the function OLD of BASE is NEW",
		  parse_rename, &rename },
		OPT_FLAG(0, "force", &args->force, NULL),
		OPT_FLAG(0, "no-pager", &args->no_pager,
			 "compare the incomparable; print it as it is"),
		OPT_FLAG(0, "allow-inconclusive", &args->allow_inconclusive,
			 "status 0 when nothing can be told"),
		OPT_STRING('f', "format", "F", &args->format, NULL),
		OPT_FLAG(0, "formats", &args->list,
			 "form of the output (text); list them"),
		OPT_STRING('o', "output", "FILE", &args->output, NULL),
		OPT_STRING(0, "source-root", "DIR", &args->source_root,
			   "write to FILE; name sources from DIR"),
		{ 0, "by", "WHAT", NULL, parse_by, &args->by },
		OPT_U32(0, "top", "N", &args->top, NULL),
		CHART_OPTIONS(&args->chart,
			      "functions, lines, modules; look of svg and png"),
		OPT_LIST(0, "thread", "T", &args->part.threads, NULL),
		OPT_LIST(0, "process", "P", &args->part.processes, NULL),
		OPT_LIST(0, "module", "M", &args->part.modules, NULL),
		OPT_LIST(0, "function", "F", &args->part.functions, NULL),
		OPT_LIST(0, "file", "FILE", &args->part.files,
			 "code of these only"),
		OPT_FLAG(0, "salvage", &args->part.salvage, NULL),
		OPT_DEBUGINFOD(&args->part.debuginfod,
			       "step over damage; ask for names"),
		OPT_END
	};
	static const char *const usage[] = {
		"[options] BASE NEW", NULL
	};
	static const char *const examples[] = {
		"cprof compare app@1.0 app@1.1",
		"cprof compare -o report.md --base a*.prof --new b*.prof", NULL
	};
	const struct cli_command compare = {
		"compare", "tell what changed, and whether it matters", usage,
		options, examples
	};

	return command_parse(&compare, argc, argv, err);
}

static bool takes_many(const char *word)
{
	return strcmp(word, "--base") == 0 || strcmp(word, "--new") == 0;
}

/*
 * "--base a b --new c" is "--base a --base b --new c": what stands behind
 * such an option, up to the next one, belongs to it.  The caller free()s
 * the words, which end with NULL; `*count` is how many there are.
 */
static char **repeat_options(int argc, char **argv, int *count)
{
	char **words = mem_calloc(2 * (size_t)argc + 1, sizeof(*words));
	char *option = NULL;
	bool given = false;	/* has `option` its first value? */

	*count = 0;
	for (int i = 0; i < argc; i++) {
		char *word = argv[i];

		if (word[0] == '-' && word[1]) {
			option = takes_many(word) ? word : NULL;
			given = false;
		} else if (option && given) {
			words[(*count)++] = option;
		} else {
			given = true;
		}
		words[(*count)++] = word;
	}
	return words;
}

static int find_sides(struct compare_args *args, char **operands, int count,
		      struct error *err)
{
	const bool base = args->sides[SIDE_BASE].count;
	const bool new = args->sides[SIDE_NEW].count;

	if (args->list)
		return 0;
	for (int i = 0; i < count; i++) {
		if (operands[i][0] == '-')
			return error_set(err, ERROR_USAGE, "'%s' stands behind "
					 "a file; options come first",
					 operands[i]);
	}
	if (base != new)
		return error_set(err, ERROR_USAGE, "--base and --new go "
				 "together");
	if (base && count)
		return error_set(err, ERROR_USAGE, "'%s': with --base and "
				 "--new there are no operands", operands[0]);
	if (!base && count != SIDE_COUNT)
		return error_set(err, ERROR_USAGE, "two operands, please: BASE "
				 "and NEW; for many files --base A... --new "
				 "B...");
	for (int side = 0; !base && side < SIDE_COUNT; side++)
		string_vec_push(&args->sides[side], operands[side]);
	return 0;
}

int compare_args_parse(struct compare_args *args, int argc, char **argv,
		       struct error *err)
{
	int count;
	char **words = repeat_options(argc, argv, &count);
	int first = parse_table(args, count, words, err);

	if (first > 0 && args->region)
		string_vec_push(&args->part.regions, args->region);
	if (first > 0 && find_sides(args, words + first, count - first, err))
		first = -1;
	free(words);
	return first;
}

void compare_args_release(struct compare_args *args)
{
	for (int side = 0; side < SIDE_COUNT; side++)
		string_vec_release(&args->sides[side]);
	rename_vec_release(&args->renames);
	arena_release(&args->arena);
	view_args_release(&args->part);
}
