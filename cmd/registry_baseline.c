/* SPDX-License-Identifier: MIT */
#include "registry_args.h"

#include "registry/prune.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>


/* What cannot be read, or is not whole, is nothing to compare with. */
static int check_whole(const struct ref_files *files, struct error *err)
{
	struct registry registry;
	int ret = registry_read(&registry, files->paths.items,
				files->paths.count, err);

	for (size_t i = 0; i < registry.entries.count && !ret; i++) {
		const struct registry_entry *entry =
			&registry.entries.items[i];

		if (entry->state != REGISTRY_WHOLE)
			ret = error_set(err, ERROR_FORMAT, "%s is %s: no "
					"baseline", entry->path,
					registry_state_name(entry->state));
	}
	registry_release(&registry);
	return ret;
}

static int set_baseline(const char *name, char **operands, int count,
			struct error *err)
{
	struct ref_files files = OPERAND_FILES;
	int ret = -1;
	int lock = -1;

	if (baseline_check_name(name, err) ||
	    operands_find(&files, "registry baseline", operands, count, err))
		goto out;
	lock = registry_lock(files.directory, err);
	if (lock < 0 || check_whole(&files, err) ||
	    baseline_write(files.directory, name, files.paths.items,
			   files.paths.count, err))
		goto out;
	printf("@%s: %zu profile%s\n", name, files.paths.count,
	       files.paths.count == 1 ? "" : "s");
	ret = EXIT_SUCCESS;
out:
	if (lock >= 0)
		close(lock);
	ref_files_release(&files);
	return ret;
}

static int cmd_set(int argc, char **argv, struct error *err)
{
	const struct opt options[] = { OPT_END };
	static const char *const usage[] = { "NAME [PROFILE...]", NULL };
	static const char *const examples[] = {
		"cprof registry baseline set main app@1.0",
		"cprof registry baseline set nightly    # the newest profile",
		NULL
	};
	const struct cli_command command = {
		"registry baseline set", "name profiles; they are never "
		"pruned", usage, options, examples
	};
	int first = command_parse(&command, argc, argv, err);

	if (first <= 0)
		return first;
	if (first == argc)
		return error_set(err, ERROR_USAGE, "which name?");
	return set_baseline(argv[first], argv + first + 1, argc - first - 1,
			    err);
}

static json_t *baseline_json(const char *name,
			     const struct string_vec *paths)
{
	json_t *row = json_object();
	json_t *profiles = json_array();

	for (size_t i = 0; i < paths->count; i++) {
		json_t *profile = json_object();

		json_put(profile, "path", json_text(paths->items[i]));
		json_put(profile, "exists",
			 json_boolean(access(paths->items[i], F_OK) == 0));
		json_push(profiles, profile);
	}
	json_put(row, "name", json_text(name));
	json_put(row, "profiles", profiles);
	return row;
}

static void baseline_text(struct strbuf *out, const char *name,
			  const struct string_vec *paths)
{
	struct strbuf text = STRBUF_INIT;
	size_t gone = 0;

	for (size_t i = 0; i < paths->count; i++)
		gone += access(paths->items[i], F_OK) != 0;
	strbuf_addf(&text, "@%s\t%zu profile%s", name, paths->count,
		    paths->count == 1 ? "" : "s");
	if (gone)
		strbuf_addf(&text, ", %zu of them gone", gone);
	strbuf_addf(out, "%s\n", strbuf_text(&text));
	strbuf_release(&text);
}

static int list_baselines(const struct registry_args *args, struct error *err)
{
	const char *directory = operands_directory();
	struct string_vec names = VEC_INIT;
	struct arena arena = ARENA_INIT;
	struct strbuf text = STRBUF_INIT;
	json_t *root = json_object();
	json_t *list = json_array();
	int ret = baseline_names(directory, &arena, &names, err);

	for (size_t i = 0; i < names.count && !ret; i++) {
		struct string_vec paths = VEC_INIT;

		ret = baseline_read(directory, names.items[i], &arena, &paths,
				    err);
		baseline_text(&text, names.items[i], &paths);
		json_push(list, baseline_json(names.items[i], &paths));
		string_vec_release(&paths);
	}
	json_put(root, "schema", json_text("cprof.registry-baselines/1"));
	json_put(root, "baselines", list);
	if (args->json) {
		strbuf_clear(&text);
		json_add(&text, root);
	}
	json_decref(root);
	if (!ret)
		ret = registry_emit(args, &text, err);
	string_vec_release(&names);
	strbuf_release(&text);
	arena_release(&arena);
	return ret;
}

static int cmd_list(int argc, char **argv, struct error *err)
{
	struct registry_args args = REGISTRY_ARGS_INIT;
	const struct opt options[] = {
		REGISTRY_OUTPUT_OPTIONS(&args),
		OPT_END
	};
	static const char *const usage[] = { "[options]", NULL };
	static const char *const examples[] = {
		"cprof registry baseline list",
		"cprof registry baseline list --json", NULL
	};
	const struct cli_command command = {
		"registry baseline list", "list the baselines", usage,
		options, examples
	};
	int first = command_parse(&command, argc, argv, err);

	if (first <= 0)
		return first;
	if (first < argc)
		return error_set(err, ERROR_USAGE, "unexpected operand '%s' "
				 "(cprof registry show @%s)", argv[first],
				 argv[first]);
	return list_baselines(&args, err);
}

static int remove_baseline(const char *name, struct error *err)
{
	const char *directory = operands_directory();
	int lock;
	int ret;

	if (baseline_check_name(name, err))
		return -1;
	lock = registry_lock(directory, err);
	if (lock < 0)
		return -1;
	ret = baseline_remove(directory, name, err);
	close(lock);
	return ret;
}

static int cmd_rm(int argc, char **argv, struct error *err)
{
	const struct opt options[] = { OPT_END };
	static const char *const usage[] = { "NAME...", NULL };
	static const char *const examples[] = {
		"cprof registry baseline rm main",
		"cprof registry baseline rm nightly old", NULL
	};
	const struct cli_command command = {
		"registry baseline rm", "forget names; the profiles stay",
		usage, options, examples
	};
	int first = command_parse(&command, argc, argv, err);

	if (first <= 0)
		return first;
	if (first == argc)
		return error_set(err, ERROR_USAGE, "which name?");
	for (int i = first; i < argc; i++) {
		if (remove_baseline(argv[i], err))
			return -1;
	}
	return EXIT_SUCCESS;
}

int registry_baseline(int argc, char **argv, struct error *err)
{
	static const struct command words[] = {
		{ "set", cmd_set, "name profiles; they are never pruned", 0 },
		{ "list", cmd_list, "list the baselines", 0 },
		{ "rm", cmd_rm, "forget names; the profiles stay", 0 },
		{ NULL, NULL, NULL, 0 }
	};
	static const char *const examples[] = {
		"cprof registry baseline set main app@1.0",
		"cprof report @main", NULL
	};
	static const struct command_group group = {
		"registry baseline", "give names to profiles that others are "
		"compared with", words, examples
	};

	return command_group_run(&group, argc, argv, err);
}
