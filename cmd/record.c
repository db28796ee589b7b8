/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "pid_list.h"
#include "record_words.h"

#include "base/clock.h"
#include "base/path.h"
#include "proc/process.h"
#include "proc/task.h"
#include "record/output_path.h"
#include "record/run_plan.h"
#include "record/session.h"
#include "record/signals.h"
#include "record/status_line.h"
#include "record/summary_text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	EXIT_NO_RECORDING = 125,
	RATE_USUAL_HZ = 1000,
	RATE_MAX_HZ = 10000,
	OVERHEAD_USUAL_PPM = 10000,
	COMM_MAX = 15		/* room for a name in the kernel */
};

VEC_DEFINE(label_vec, struct label);
VEC_DEFINE(ticks_vec, uint64_t);

struct record_args {
	uint32_t rate_hz;
	int64_t overhead_ppm;		/* below 0: not given */
	uint8_t level;
	const char *output;
	struct string_vec pid_lists;
	uint64_t duration_ns;
	const char *name;
	const char *version;
	struct string_vec labels;
	struct string_vec regions;
	uint32_t runs;
	bool plain_runs;
	bool no_plain_runs;
	bool children;
	bool no_follow;
	bool if_enabled;
	bool force;
	bool debuginfod;
	bool strict;
	bool quiet;
};

/* All that a recording needs and that outlives the parsing. */
struct record {
	struct record_args args;
	struct pid_vec pids;
	struct ticks_vec pid_starts;
	struct label_vec labels;
	struct strbuf path;
	struct strbuf name;
	struct recording recording;
	struct status_line line;
};

/* "1", "0.5%" or "off" into parts per million, 0 for off. */
static int parse_overhead(const char *text, void *value, struct error *err)
{
	int64_t *ppm = value;
	double percent;

	if (strcmp(text, "off") == 0) {
		*ppm = 0;
		return 0;
	}
	if (opt_parse_percent(text, &percent, NULL) || percent < 0.01)
		return error_set(err, ERROR_USAGE, "'%s' is not an overhead: "
				 "a percentage from 0.01 to 100, or off", text);
	/* 0.57 is a little less, in binary. */
	*ppm = percent * 10000 + 0.5;
	return 0;
}

static int parse_level(const char *text, void *value, struct error *err)
{
	uint8_t *level = value;

	for (*level = LEVEL_BASIC; *level < LEVEL_COUNT; (*level)++) {
		if (strcmp(text, run_level_name(*level)) == 0)
			return 0;
	}
	return error_set(err, ERROR_USAGE, "'%s' is not a level: basic, "
			 "standard, detailed or comprehensive", text);
}

/* All that there is to see is wanted, whatever it costs. */
static uint32_t allowed_ppm(const struct record_args *args)
{
	if (args->overhead_ppm >= 0)
		return args->overhead_ppm;
	return args->level == LEVEL_COMPREHENSIVE ? 0 : OVERHEAD_USUAL_PPM;
}

static int parse_duration(const char *text, void *value, struct error *err)
{
	if (opt_parse_duration_ns(text, value, err))
		return -1;
	/* Without the option the field is 0: no end. */
	if (!*(uint64_t *)value)
		return error_set(err, ERROR_USAGE,
				 "'%s' is no time to record", text);
	return 0;
}

/* Splits in place: the words of argv are ours. */
static int parse_label(const char *text, struct label_vec *labels,
		       struct error *err)
{
	char *equals = strchr(text, '=');

	if (!equals || equals == text)
		return error_set(err, ERROR_USAGE, "'%s' is not a label "
				 "(as in --label branch=main)", text);
	*equals = '\0';
	label_vec_push(labels, (struct label){ text, equals + 1 });
	return 0;
}

/*
 * The program's base name.  Of a process: what it is called, which for a
 * server behind a symbolic link is not the name of its file; but that of
 * the file where the kernel has only room for the beginning of it.
 */
static void find_name(struct record *record)
{
	const struct recording *recording = &record->recording;
	char exe[PATH_MAX], name[32];

	if (recording->argv) {
		strbuf_add(&record->name, path_base(recording->argv[0]));
		return;
	}
	process_exe(recording->pids[0], exe, sizeof(exe));
	task_name(recording->pids[0], recording->pids[0], name);
	if (!*name || (strlen(name) == COMM_MAX &&
		       strncmp(path_base(exe), name, COMM_MAX) == 0))
		strbuf_add(&record->name, path_base(exe));
	else
		strbuf_add(&record->name, name);
	if (!record->name.len)
		strbuf_addf(&record->name, "process-%d",
			    (int)recording->pids[0]);
}

/* `-o` replaces a profile; a name that we chose is new. */
static int find_path(struct record *record, struct error *err)
{
	const struct record_args *args = &record->args;
	struct recording *recording = &record->recording;
	const char *directory;

	recording->mode = args->force ? WRITER_FORCE : WRITER_REPLACE;
	if (args->output) {
		strbuf_add(&record->path, args->output);
		recording->path = args->output;
		return 0;
	}
	directory = output_directory(getenv("CPROF_OUTPUT_DIR"));
	if (output_directory_make(directory, err))
		return -1;
	output_path_add(&record->path, directory, recording->name,
			recording->version, clock_realtime_ns(), getpid());
	recording->path = record->path.text;
	recording->mode = WRITER_KEEP;
	return 0;
}

static int check_args(const struct record *record, int operands,
		      struct error *err)
{
	const struct record_args *args = &record->args;

	if (!record->pids.count && !operands)
		return error_set(err, ERROR_USAGE, "no command to run, and no "
				 "process to attach to (-p PID)");
	if (record->pids.count && operands)
		return error_set(err, ERROR_USAGE,
				 "either a command or -p PID, not both");
	if (record->pids.count && (args->runs > 1 || args->if_enabled))
		return error_set(err, ERROR_USAGE, "%s needs a command",
				 args->if_enabled ? "--if-enabled" : "--runs");
	if (record->pids.count && args->plain_runs)
		return error_set(err, ERROR_USAGE,
				 "--plain-runs needs a command");
	if (args->children && !record->pids.count)
		return error_set(err, ERROR_USAGE, "--children needs -p PID; "
				 "those of a command are recorded anyway");
	if (args->children && args->no_follow)
		return error_set(err, ERROR_USAGE,
				 "either --children or --no-follow, not both");
	if (args->plain_runs && args->no_plain_runs)
		return error_set(err, ERROR_USAGE, "either --plain-runs or "
				 "--no-plain-runs, not both");
	if (args->rate_hz > RATE_MAX_HZ)
		return error_set(err, ERROR_USAGE,
				 "-F %u is too often; %d Hz is the most",
				 args->rate_hz, RATE_MAX_HZ);
	if (args->output && !*args->output)
		return error_set(err, ERROR_USAGE, "-o needs a file name");
	return 0;
}

/* A thread's id stands for its process, as it does for other tools. */
static pid_t process_of(pid_t id)
{
	struct process_status status;

	return process_status_read(id, &status) ? status.tgid : id;
}

/* What the options and operands mean, short of the file's path. */
static int fill_recording(struct record *record, int operands, char **operand,
			  struct error *err)
{
	const struct record_args *args = &record->args;
	struct recording *recording = &record->recording;

	for (size_t i = 0; i < args->pid_lists.count; i++) {
		if (pid_list_parse(args->pid_lists.items[i], &record->pids,
				   err))
			return -1;
	}
	for (size_t i = 0; i < args->labels.count; i++) {
		if (parse_label(args->labels.items[i], &record->labels, err))
			return -1;
	}
	if (check_args(record, operands, err))
		return -1;
	if (operands) {
		recording->argv = (const char *const *)operand;
		recording->argc = operands;
	}
	/* From now on, it is these that are meant. */
	for (size_t i = 0; i < record->pids.count; i++) {
		pid_t *pid = &record->pids.items[i];
		uint64_t ticks = 0;

		*pid = process_of(*pid);
		process_start_read(*pid, &ticks);
		ticks_vec_push(&record->pid_starts, ticks);
	}
	recording->pids = record->pids.items;
	recording->pid_starts = record->pid_starts.items;
	recording->pid_count = record->pids.count;
	recording->regions = args->regions.items;
	recording->region_count = args->regions.count;
	recording->labels = record->labels.items;
	recording->label_count = record->labels.count;
	recording->rate_hz = args->rate_hz;
	recording->overhead_ppm = allowed_ppm(args);
	recording->level = args->level;
	recording->follow = !args->no_follow;
	recording->children = args->children;
	recording->debuginfod = args->debuginfod;
	recording->version = args->version;
	find_name(record);
	recording->name = *args->name ? args->name : strbuf_text(&record->name);
	return 0;
}

static void show_progress(const struct session_progress *now, void *arg)
{
	struct record *record = arg;
	size_t columns = status_line_columns(&record->line);
	struct strbuf text = STRBUF_INIT;

	if (!columns)
		return;
	progress_text_add(&text, now, columns);
	status_line_show(&record->line, strbuf_text(&text));
	strbuf_release(&text);
}

static void clear_progress(void *arg)
{
	struct record *record = arg;

	status_line_clear(&record->line);
}

static void show_notice(const char *text, void *arg)
{
	record_say_meanwhile(text);
}

/*
 * A program that writes to the terminal owns it: then there is no status
 * line beside it.
 */
static void choose_watch(struct record *record, struct session_watch *watch)
{
	*watch = (struct session_watch){ .notice = show_notice,
					 .arg = record };
	if (record->args.quiet ||
	    (record->recording.argv && isatty(STDOUT_FILENO)))
		return;
	status_line_open(&record->line, STDERR_FILENO, getenv("TERM"));
	if (record->line.fd < 0)
		return;
	watch->progress = show_progress;
	watch->clear = clear_progress;
}

static void say_cannot_execute(const char *program, int error)
{
	struct strbuf text = STRBUF_INIT;
	struct stat status;

	strbuf_addf(&text, "cannot execute '%s': ", program);
	if (error == ENOENT && strchr(program, '/') &&
	    access(program, F_OK) == 0)
		strbuf_add(&text, "the interpreter that it names is missing");
	else if (error == EACCES && !stat(program, &status) &&
		 S_ISDIR(status.st_mode))
		strbuf_add(&text, "it is a directory");
	else
		strbuf_add(&text, strerror(error));
	record_say(strbuf_text(&text));
	strbuf_release(&text);
}

/* When there is no memory for any words. */
static int end_silently(void *result)
{
	return session_pass_status(result);
}

static int say_result(const struct record *record,
		      const struct session_result *result)
{
	const struct record_words words = {
		.recording = &record->recording,
		.output = record->args.output,
		.named = *record->args.name,
	};

	if (result->recorded && !record->args.quiet)
		record_say_summary(&words, result);
	if (!record->recording.argv)
		return EXIT_SUCCESS;
	if (result->exec_errno)
		say_cannot_execute(record->recording.argv[0],
				   result->exec_errno);
	else if (!result->recorded && record->args.strict)
		return EXIT_NO_RECORDING;
	return session_pass_status(result);
}

static int run_session(struct record *record, struct error *err)
{
	const struct record_args *args = &record->args;
	struct run_plan plan = {
		.runs = args->runs,
		.plain = args->plain_runs ||
			 (args->runs > 1 && !args->no_plain_runs),
		.series = run_series_new(),
	};
	struct session_options options = {
		.recording = &record->recording,
		.next = run_plan_next,
		.next_arg = &plan,
		.duration_ns = record->args.duration_ns,
		.outlive = true,
	};
	struct session_result result;
	int status;

	/* Who says --no-follow knows. */
	if (!args->quiet && !args->children && !args->no_follow)
		record_say_children(&record->recording);
	choose_watch(record, &options.watch);
	if (!record->recording.argv) {
		if (session_attach(&options, &result, err))
			return -1;
	} else if (session_launch(&options, &result, err)) {
		return -1;
	}
	if (record->recording.argv)
		mem_set_last_resort(end_silently, &result);
	status = say_result(record, &result);
	mem_set_last_resort(NULL, NULL);
	return status;
}

/* --if-enabled: as if cprof were not there. */
static int run_untouched(char **operand)
{
	struct session_result result = { .started = false };

	execvp(operand[0], operand);
	result.exec_errno = errno;
	say_cannot_execute(operand[0], errno);
	return session_pass_status(&result);
}

static int record(struct record *record, int operands, char **operand,
		  struct error *err)
{
	const char *enabled = getenv("CPROF_PROFILE");

	if (fill_recording(record, operands, operand, err))
		return -1;
	if (record->args.if_enabled &&
	    (!enabled || strcmp(enabled, "1") != 0))
		return run_untouched(operand);
	if (find_path(record, err))
		return -1;
	return run_session(record, err);
}

static int parse(struct record_args *args, int argc, char **argv,
		 struct error *err)
{
	const struct opt options[] = {
		OPT_U32('F', "frequency", "HZ", &args->rate_hz,
			"samples a second of each running thread (1000)"),
		{ 0, "max-overhead", "PCT", "work the program may lose to it "
		  "(1%), or off", parse_overhead, &args->overhead_ppm },
		{ 0, "level", "LEVEL", "basic, standard (usual), detailed, "
		  "comprehensive", parse_level, &args->level },
		OPT_STRING('o', "output", "FILE", &args->output,
			   "write the profile to FILE"),
		OPT_LIST('p', "pid", "PID[,PID]", &args->pid_lists,
			 "attach to running processes"),
		OPT_FLAG(0, "children", &args->children, NULL),
		OPT_FLAG(0, "no-follow", &args->no_follow,
			 "children that run already, too; none at all"),
		{ 'd', "duration", "TIME", "record so long, then let the "
		  "program run on", parse_duration, &args->duration_ns },
		OPT_STRING(0, "name", "NAME", &args->name, NULL),
		OPT_STRING(0, "version", "V", &args->version,
			   "what to call the profile; of which version it is"),
		OPT_LIST(0, "region", "R", &args->regions, NULL),
		OPT_LIST(0, "label", "K=V", &args->labels,
			 "functions that are regions; a note to keep"),
		OPT_U32(0, "runs", "N", &args->runs, NULL),
		OPT_FLAG(0, "plain-runs", &args->plain_runs, NULL),
		OPT_FLAG(0, "no-plain-runs", &args->no_plain_runs,
			 "run it N times, and as often unsampled"),
		OPT_FLAG(0, "if-enabled", &args->if_enabled,
			 "record only when CPROF_PROFILE=1 is set"),
		OPT_FLAG(0, "force", &args->force, NULL),
		OPT_FLAG(0, "strict", &args->strict,
			 "let -o replace any file; status 125 on failure"),
		OPT_DEBUGINFOD(&args->debuginfod,
			 "ask debuginfod servers for debug information"),
		OPT_FLAG('q', "quiet", &args->quiet,
			 "say nothing when all went well"),
		OPT_END
	};
	static const char *const usage[] = {
		"[options] [--] COMMAND [ARG...]", "[options] -p PID[,PID]",
		NULL
	};
	static const char *const examples[] = {
		"cprof record -- ./app input.txt",
		"cprof record -p 4711 -d 10", NULL
	};
	const struct cli_command command = {
		"record", "run a program, or attach to one, and sample it",
		usage, options, examples
	};

	return command_parse(&command, argc, argv, err);
}

int cmd_record(int argc, char **argv, struct error *err)
{
	struct record rec = {
		.args = { .rate_hz = RATE_USUAL_HZ, .runs = 1,
			  .overhead_ppm = -1, .level = LEVEL_STANDARD,
			  .name = "", .version = "" },
		.line = STATUS_LINE_INIT,
	};
	int first = parse(&rec.args, argc, argv, err);
	int ret = first;

	if (first > 0)
		ret = record(&rec, argc - first, argv + first, err);
	string_vec_release(&rec.args.pid_lists);
	string_vec_release(&rec.args.labels);
	string_vec_release(&rec.args.regions);
	pid_vec_release(&rec.pids);
	ticks_vec_release(&rec.pid_starts);
	label_vec_release(&rec.labels);
	strbuf_release(&rec.path);
	strbuf_release(&rec.name);
	return ret;
}
