/* SPDX-License-Identifier: MIT */
#include "command.h"

#include "base/escape.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	EXIT_TROUBLE = 2,
};

const struct command commands[] = {
	{ "record", cmd_record,
	  "run a program, or attach to one, and sample it", 125 },
	{ "report", cmd_report, "show where the time went", 0 },
	{ "compare", cmd_compare, "tell what changed, and whether it matters",
	  0 },
	{ "export", cmd_export, "write a profile for another program", 0 },
	{ "gate", cmd_gate,
	  "run two commands in turns and tell whether the new one is slower",
	  0 },
	{ "inspect", cmd_inspect,
	  "show what a profile file is made of, and whether it is whole", 0 },
	{ "registry", cmd_registry,
	  "list, summarise, name and prune the profiles of a directory", 0 },
	{ "dump", cmd_dump,
	  "show the stacks of all threads of a process, once", 0 },
	{ "doctor", cmd_doctor,
	  "tell whether tracing is possible here, and what is missing", 0 },
	{ "help", cmd_help, "tell how to use a command", 0 },
	{ NULL, NULL, NULL, 0 }
};

/*
 * A file that we open must not become descriptor 0, 1 or 2.  Reading or
 * writing a place holder fails, and close-on-exec keeps the absence true
 * for a program that we start.
 */
static void hold_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_PATH | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* A full disk may only show up when the last buffer is flushed. */
static int stdout_finish(struct error *err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return error_set(err, ERROR_SYSTEM, "standard output: %s",
			 errno ? strerror(errno) : "cannot write");
}

static void print_error(const char *command, const struct error *err)
{
	struct strbuf text = STRBUF_INIT;

	escape_text(&text, err->text);
	if (command)
		fprintf(stderr, "cprof %s: %s\n", command, strbuf_text(&text));
	else
		fprintf(stderr, "cprof: %s\n", strbuf_text(&text));
	strbuf_release(&text);
}

static int run_command(const struct command *command, int argc, char **argv)
{
	struct error err = ERROR_INIT;
	int status = command->run(argc, argv, &err);

	if (status >= 0 && stdout_finish(&err))
		status = -1;
	if (status < 0) {
		print_error(command->name, &err);
		status = command->trouble ? command->trouble : EXIT_TROUBLE;
	}
	return status;
}

static int print_version(void)
{
	struct error err = ERROR_INIT;

	puts("cprof " CPROF_VERSION);
	if (!stdout_finish(&err))
		return EXIT_SUCCESS;
	print_error(NULL, &err);
	return EXIT_TROUBLE;
}

/* "cprof", "cprof -h" and "cprof --help" are "cprof help". */
static const char *command_word(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0)
		return "help";
	return argv[1];
}

int main(int argc, char **argv)
{
	const char *word = command_word(argc, argv);
	const struct command *command = command_find(word);
	struct error err = ERROR_INIT;
	char *help[] = { (char[]){ "help" }, NULL };

	hold_standard_descriptors();
	log_setup(getenv("CPROF_DEBUG"));
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		return print_version();
	if (!command) {
		command_unknown(word, &err);
		print_error(NULL, &err);
		return EXIT_TROUBLE;
	}
	if (command->run == cmd_help && (argc < 2 || argv[1] != word))
		return run_command(command, 1, help);
	return run_command(command, argc - 1, argv + 1);
}
