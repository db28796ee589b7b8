/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "doctor_checks.h"

#include "base/escape.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	EXIT_CANNOT = 1,	/* the answer is no */
	NAME_COLUMNS = 16,
};

struct doctor_args {
	uint32_t pid;		/* 0: the machine */
	bool json;
};

static const char *const status_names[] = {
	[CHECK_OK] = "ok", [CHECK_NOTE] = "note", [CHECK_FAILED] = "failed",
};

static void print_json(const struct diagnosis *diagnosis, uint32_t pid)
{
	struct strbuf text = STRBUF_INIT;
	json_t *root = json_object();
	json_t *checks = json_array();

	for (size_t i = 0; i < diagnosis->checks.count; i++) {
		const struct check *check = &diagnosis->checks.items[i];
		json_t *row = json_object();

		json_put(row, "name", json_text(check->name));
		json_put(row, "status", json_text(status_names[check->status]));
		json_put(row, "text", json_text(check->text));
		json_push(checks, row);
	}
	json_put(root, "schema", json_text("cprof.doctor/1"));
	if (pid)
		json_put(root, "pid", json_count(pid));
	else
		json_put(root, "can_launch",
			 json_boolean(diagnosis->can_launch));
	json_put(root, "can_attach", json_boolean(diagnosis->can_attach));
	json_put(root, "checks", checks);
	json_add(&text, root);
	fputs(strbuf_text(&text), stdout);
	strbuf_release(&text);
	json_decref(root);
}

static void print_text(const struct diagnosis *diagnosis)
{
	static const char *const marks[] = {
		[CHECK_OK] = " ", [CHECK_NOTE] = "!", [CHECK_FAILED] = "X",
	};
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < diagnosis->checks.count; i++) {
		const struct check *check = &diagnosis->checks.items[i];

		strbuf_clear(&text);
		escape_text(&text, check->text);
		printf("%s %-*s  %s\n", marks[check->status], NAME_COLUMNS,
		       check->name, strbuf_text(&text));
	}
	strbuf_release(&text);
}

static void print_answer(const struct diagnosis *diagnosis, uint32_t pid)
{
	if (pid)
		printf("\nprocess %u %s be recorded here.\n", pid,
		       diagnosis->can_attach ? "can" : "cannot");
	else if (diagnosis->can_launch && diagnosis->can_attach)
		puts("\ncprof can record here.");
	else if (diagnosis->can_launch)
		puts("\ncprof can record here what it starts itself.");
	else
		puts("\ncprof cannot record here.");
}

static int examine(const struct doctor_args *args, struct error *err)
{
	struct diagnosis diagnosis = DIAGNOSIS_INIT;
	int ret = -1;

	if (args->pid) {
		if (diagnosis_of_process(&diagnosis, args->pid, err))
			goto out;
		ret = diagnosis.can_attach ? EXIT_SUCCESS : EXIT_CANNOT;
	} else {
		if (diagnosis_of_machine(&diagnosis, err))
			goto out;
		ret = diagnosis.can_launch ? EXIT_SUCCESS : EXIT_CANNOT;
	}
	if (args->json) {
		print_json(&diagnosis, args->pid);
	} else {
		print_text(&diagnosis);
		print_answer(&diagnosis, args->pid);
	}
out:
	diagnosis_release(&diagnosis);
	return ret;
}

int cmd_doctor(int argc, char **argv, struct error *err)
{
	struct doctor_args args = { .pid = 0 };
	const struct opt options[] = {
		OPT_U32('p', "pid", "PID", &args.pid,
			"look at this process: can it be recorded?"),
		OPT_FLAG(0, "json", &args.json, "print the answers as JSON"),
		OPT_END
	};
	static const char *const usage[] = { "[options]", NULL };
	static const char *const examples[] = {
		"cprof doctor", "cprof doctor -p \"$(pidof redis-server)\"",
		NULL
	};
	const struct cli_command doctor = {
		"doctor", "tell whether tracing is possible here, and what "
		"is missing", usage, options, examples
	};
	int first = command_parse(&doctor, argc, argv, err);

	if (first <= 0)
		return first;
	if (first < argc)
		return error_set(err, ERROR_USAGE, "unexpected operand '%s'; "
				 "for a process use -p PID", argv[first]);
	return examine(&args, err);
}
