/* SPDX-License-Identifier: MIT */
/*
 * usage: make_run FILE NAME [KEY=VALUE...]
 *        make_run --many DIRECTORY COUNT
 *
 * Write a small profile, of which only what the registry shows matters:
 *
 *	version=V  host=H  start=SECONDS  wall=MS  step=MS  peak=BYTES
 *	status=N   runs=N  plain=N  regions=1  said=NAME  label=K=V (many)
 *
 * --many writes COUNT of them: 20 names, 5 versions of each, a second apart.
 */
#include "unit/run_file.h"

#include <stdio.h>
#include <string.h>

enum {
	LABELS_MAX = 16,
	START_S = 1700000000
};

static int set(struct run_file *file, struct label *labels, char *word)
{
	char *value = strchr(word, '=');
	const struct {
		const char *key;
		uint64_t *number;
	} numbers[] = {
		{ "start", &file->start_s }, { "wall", &file->wall_ms },
		{ "step", &file->step_ms }, { "peak", &file->peak_bytes },
	};

	if (!value)
		return -1;
	*value++ = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (strcmp(word, numbers[i].key) != 0)
			continue;
		*numbers[i].number = strtoull(value, NULL, 10);
		return 0;
	}
	if (strcmp(word, "version") == 0) {
		file->version = value;
	} else if (strcmp(word, "host") == 0) {
		file->host = value;
	} else if (strcmp(word, "status") == 0) {
		file->exit_status = strtol(value, NULL, 10) << 8;
	} else if (strcmp(word, "runs") == 0) {
		file->runs = strtoul(value, NULL, 10);
	} else if (strcmp(word, "plain") == 0) {
		file->plain_runs = strtoul(value, NULL, 10);
	} else if (strcmp(word, "regions") == 0) {
		file->regions = true;
	} else if (strcmp(word, "said") == 0) {
		file->said_name = value;
	} else if (strcmp(word, "label") == 0 && strchr(value, '=') &&
		   file->label_count < LABELS_MAX) {
		labels[file->label_count].key = value;
		value = strchr(value, '=');
		*value = '\0';
		labels[file->label_count++].value = value + 1;
	} else {
		return -1;
	}
	return 0;
}

static int make_many(const char *directory, unsigned int count,
		     struct error *err)
{
	int ret = 0;

	for (unsigned int i = 0; i < count && !ret; i++) {
		char name[32], version[32];
		char *path;
		struct run_file file = {
			.name = name, .version = version,
			.start_s = START_S + i, .wall_ms = 100 + i % 7,
			.peak_bytes = 1 << 20,
		};

		snprintf(name, sizeof(name), "service-%02u", i % 20);
		snprintf(version, sizeof(version), "1.%u", i / 20 % 5);
		path = mem_printf("%s/%s-%s-%06u.prof", directory, name,
				  version, i);
		ret = run_file_write(path, &file, err);
		free(path);
	}
	return ret;
}

static int make_one(int argc, char **argv, struct error *err)
{
	struct label labels[LABELS_MAX];
	struct run_file file = {
		.name = argv[2], .labels = labels, .start_s = START_S,
		.wall_ms = 100, .peak_bytes = 1 << 20,
	};

	for (int i = 3; i < argc; i++) {
		if (set(&file, labels, argv[i]))
			return error_set(err, ERROR_USAGE, "what is '%s'?",
					 argv[i]);
	}
	return run_file_write(argv[1], &file, err);
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	int ret;

	if (argc < 3) {
		fprintf(stderr, "usage: make_run FILE NAME [KEY=VALUE...]\n"
			"       make_run --many DIRECTORY COUNT\n");
		return 2;
	}
	if (argc == 4 && strcmp(argv[1], "--many") == 0)
		ret = make_many(argv[2], strtoul(argv[3], NULL, 10), &err);
	else
		ret = make_one(argc, argv, &err);
	if (ret)
		fprintf(stderr, "make_run: %s\n", err.text);
	return ret ? 2 : 0;
}
