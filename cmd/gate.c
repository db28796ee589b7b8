/* SPDX-License-Identifier: MIT */
#include "chart_args.h"
#include "command.h"

#include "base/escape.h"
#include "base/output.h"
#include "compare_services.h"
#include "gate_args.h"
#include "gate_baseline.h"
#include "gate_report.h"
#include "gate_words.h"
#include "record/run_plan.h"
#include "record/status_line.h"
#include "render/compare_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	EXIT_REGRESSION = 1,
	EXIT_INCONCLUSIVE = 3,
	EXIT_SKIP = 125		/* git bisect run: cannot be tested */
};

static const double usual_threshold_percent = 2;
static const double alpha = 0.05;

struct gate {
	struct gate_args args;
	struct gate_commands commands;
	struct trial_config config;
	struct trial trial;
	struct gate_profiles profiles;
	struct status_line line;
};

static void show_progress(void *arg, size_t rounds, size_t of)
{
	struct gate *gate = arg;
	const size_t columns = status_line_columns(&gate->line);
	struct strbuf text = STRBUF_INIT;

	if (!columns)
		return;
	strbuf_addf(&text, "%zu of at most %zu rounds", rounds, of);
	if (text.len < columns)
		status_line_show(&gate->line, strbuf_text(&text));
	strbuf_release(&text);
}

static void print_error(const char *what, const struct error *err)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_add(&text, "cprof gate: ");
	if (what)
		strbuf_addf(&text, "%s: ", what);
	escape_text(&text, err->text);
	strbuf_add_char(&text, '\n');
	fputs(text.text, stderr);
	strbuf_release(&text);
}

static int choose_metrics(struct gate *gate, struct error *err)
{
	const struct string_vec *names = &gate->args.metrics;

	gate->config.decides[TRIAL_WALL] = !names->count;
	for (size_t i = 0; i < names->count; i++) {
		enum trial_metric metric = trial_metric_find(names->items[i]);

		if (metric == TRIAL_METRICS)
			return error_set(err, ERROR_USAGE, "'%s' is no metric "
					 "(wall, cpu, user, system or memory)",
					 names->items[i]);
		gate->config.decides[metric] = true;
	}
	return 0;
}

static int unknown_format(const char *name, struct error *err)
{
	struct strbuf names = STRBUF_INIT;

	for (size_t i = 0; compare_formats[i]; i++)
		strbuf_addf(&names, "%s%s", i ? ", " : "",
			    compare_formats[i]->name);
	error_set(err, ERROR_USAGE, "'%s' is no format (%s)", name,
		  strbuf_text(&names));
	strbuf_release(&names);
	return -1;
}

static int check_formats(const struct gate_args *args, struct error *err)
{
	const size_t formats = args->formats.count;
	const size_t outputs = args->outputs.count;
	const struct compare_format *format;

	for (size_t i = 0; i < formats; i++) {
		const char *name = args->formats.items[i];

		format = compare_format_find(name);
		if (!format)
			return unknown_format(name, err);
		if (chart_args_check_output(name, format->binary, i < outputs ?
					    args->outputs.items[i] : "-",
					    err))
			return -1;
	}
	for (size_t i = 0; i < outputs; i++) {
		if (!*args->outputs.items[i])
			return error_set(err, ERROR_USAGE,
					 "-o needs a file name");
	}
	if (outputs > MAX(formats, (size_t)1) ||
	    (formats > 1 && outputs < formats))
		return error_set(err, ERROR_USAGE, "%zu forms (-f) and %zu "
				 "files (-o): which goes where?", formats,
				 outputs);
	return 0;
}

/* The more metrics may say so, the surer each has to be. */
static int check_rounds(const struct gate *gate, struct error *err)
{
	size_t deciding = 0, least;

	for (size_t i = 0; i < TRIAL_METRICS; i++)
		deciding += gate->config.decides[i];
	least = decision_least_rounds(alpha / MAX(deciding, (size_t)1));
	if (gate->args.max_pairs >= least)
		return 0;
	return error_set(err, ERROR_USAGE, "--max-pairs %u is not enough for "
			 "any verdict: %zu and %d more to confirm it are the "
			 "least", gate->args.max_pairs,
			 least - DECISION_CONFIRM, DECISION_CONFIRM);
}

static int check_args(const struct gate_args *args, struct error *err)
{
	if (args->baseline && args->text[GATE_BASE])
		return error_set(err, ERROR_USAGE,
				 "either --base or --baseline, not both");
	if (args->baseline && args->env[GATE_BASE].count)
		return error_set(err, ERROR_USAGE, "--base-env is of no use "
				 "with --baseline: nothing of it is run");
	if (args->baseline && args->max_time_ns)
		return error_set(err, ERROR_USAGE, "--max-time ends rounds; "
				 "with --baseline there are none");
	if (args->trust_baseline && !args->baseline)
		return error_set(err, ERROR_USAGE,
				 "--trust-baseline needs --baseline");
	if (args->baseline && args->metrics.count > 1)
		return error_set(err, ERROR_USAGE, "one --metric decides "
				 "against a baseline");
	if (args->explain && args->no_explain)
		return error_set(err, ERROR_USAGE,
				 "either --explain or --no-explain, not both");
	/* Where a run opens it, that looks as if the command were missing. */
	if (args->input && access(args->input, R_OK))
		return error_set_errno(err, "--input %s", args->input);
	return check_formats(args, err);
}

static int configure(struct gate *gate, int operands, char **operand,
		     struct error *err)
{
	const struct gate_args *args = &gate->args;

	if (check_args(args, err) || choose_metrics(gate, err) ||
	    check_rounds(gate, err) ||
	    gate_commands_init(&gate->commands, args, operands, operand, err))
		return -1;
	gate->config.threshold = args->threshold_percent / 100;
	gate->config.alpha = alpha;
	gate->config.max_rounds = args->max_pairs;
	gate->config.max_time_ns = args->max_time_ns;
	gate->config.warmup = args->warmup;
	gate->config.ignore_failure = args->ignore_failure;
	gate->config.seed = run_series_new();
	gate->config.progress = show_progress;
	gate->config.arg = gate;
	return 0;
}

static int open_runner(struct gate *gate, struct error *err)
{
	const struct gate_args *args = &gate->args;
	const struct runner_config runner = {
		.commands = gate->commands.commands, .count = GATE_SIDES,
		.prepare = args->prepare, .input = args->input,
		.show_output = args->show_output,
		.timeout_ns = args->timeout_ns,
	};

	return runner_open(&gate->config.runner, &runner, err);
}

static int run_trial(struct gate *gate, struct error *err)
{
	const struct gate_args *args = &gate->args;
	int ret;

	if (open_runner(gate, err))
		return -1;
	if (!args->quiet)
		status_line_open(&gate->line, STDERR_FILENO, getenv("TERM"));
	ret = trial_run(&gate->trial, &gate->config, err);
	status_line_clear(&gate->line);
	runner_close(gate->config.runner);
	return ret;
}

/* One form of the report; NULL or "-": to standard output. */
static int write_report(const char *name,
			const char *output,
			const struct comparison *comparison,
			struct error *err)
{
	const struct compare_format *format = compare_format_find(name);
	const bool to_file = output && strcmp(output, "-") != 0;
	const struct compare_look look = {
		.text = text_style_of(to_file ? -1 : STDOUT_FILENO),
	};
	struct strbuf text = STRBUF_INIT;
	int ret = format->write(&text, comparison, &look, err);

	if (ret == 0 && to_file)
		ret = output_write_file(output, strbuf_text(&text), text.len,
					err);
	else if (ret == 0)
		fwrite(strbuf_text(&text), 1, text.len, stdout);
	strbuf_release(&text);
	return ret ? ret : services_job_summary(format, comparison, err);
}

/*
 * The closing line is for people: not behind what a program reads.  Minutes
 * of runs are not lost because a report cannot be written.
 */
static int write_reports(const struct gate *gate,
			 const struct comparison *comparison,
			 const struct strbuf *closing, struct error *err)
{
	const struct string_vec *formats = &gate->args.formats;
	const struct string_vec *outputs = &gate->args.outputs;
	bool for_people = true;

	for (size_t i = 0; i < MAX(formats->count, (size_t)1); i++) {
		const char *name = formats->count ? formats->items[i] : "text";
		const char *output = i < outputs->count ? outputs->items[i] :
							  "-";

		if (write_report(name, output, comparison, err)) {
			fprintf(stderr, "cprof gate: %s\n",
				strbuf_text(closing));
			return -1;
		}
		for_people &= strcmp(output, "-") != 0 ||
			      strcmp(name, "text") == 0;
	}
	if (for_people)
		puts(strbuf_text(closing));
	return 0;
}

static int print_report(const struct gate *gate, struct error *err)
{
	char *source_root = services_source_root(NULL);
	struct strbuf closing = STRBUF_INIT;
	struct gate_report report;
	int ret;

	gate_words_closing(&closing, &gate->trial, &gate->config);
	gate_report_init(&report, &gate->args, &gate->commands, &gate->config,
			 &gate->trial, &gate->profiles);
	report.comparison.source_root = source_root;
	ret = write_reports(gate, &report.comparison, &closing, err);
	gate_report_release(&report);
	strbuf_release(&closing);
	free(source_root);
	return ret;
}

static int exit_status_of(const struct gate *gate)
{
	const struct gate_args *args = &gate->args;

	switch (trial_verdict(&gate->trial, &gate->config)) {
	case DECISION_SLOWER:
		return EXIT_REGRESSION;
	case DECISION_NOT_SLOWER:
	case DECISION_FASTER:
		return EXIT_SUCCESS;
	default:
		if (args->allow_inconclusive)
			return EXIT_SUCCESS;
		return args->bisect ? EXIT_SKIP : EXIT_INCONCLUSIVE;
	}
}

/*
 * Why there is none is worth a line, but no other verdict; what cannot be
 * prepared is trouble.
 */
static int record_profiles(struct gate *gate, struct error *err)
{
	const struct gate_args *args = &gate->args;
	const enum decision_verdict verdict =
		trial_verdict(&gate->trial, &gate->config);
	const bool explain = args->explain ||
		(!args->no_explain && (verdict == DECISION_SLOWER ||
				       verdict == DECISION_UNCONFIRMED));
	const struct gate_profiles *profiles = &gate->profiles;

	if (gate_record(&gate->profiles, args, &gate->commands, &gate->trial,
			explain, err) == 0)
		return 0;
	if (profiles->prepare_failed)
		return -1;
	print_error(profiles->run_failed ? "nothing is explained" :
		    "no profile, or not all of it", err);
	return 0;
}

/* Status 0, 1, 3 or 125. */
static int run_against_baseline(struct gate *gate, struct error *err)
{
	char *source_root = services_source_root(NULL);
	struct gate_baseline baseline;
	int status = -1;

	if (open_runner(gate, err) == 0) {
		status = gate_baseline_run(&baseline, &gate->args,
					   &gate->commands, &gate->config,
					   err);
		baseline.comparison.source_root = source_root;
		if (status == 0)
			status = write_reports(gate, &baseline.comparison,
					       &baseline.closing, err);
		if (status == 0)
			status = comparison_exit_status(&baseline.comparison);
		gate_baseline_release(&baseline);
		runner_close(gate->config.runner);
	}
	free(source_root);
	return status == EXIT_INCONCLUSIVE && gate->args.bisect ? EXIT_SKIP :
								  status;
}

static int gate_run(struct gate *gate, int operands, char **operand,
		    struct error *err)
{
	if (configure(gate, operands, operand, err))
		return -1;
	if (gate->args.baseline)
		return run_against_baseline(gate, err);
	if (run_trial(gate, err))
		return -1;
	if (record_profiles(gate, err))
		return -1;
	if (print_report(gate, err))
		return -1;
	return exit_status_of(gate);
}

static int parse_count(const char *text, void *value, struct error *err)
{
	/* Unlike others, this one may be 0. */
	if (strcmp(text, "0") != 0)
		return opt_parse_u32(text, value, err);
	*(uint32_t *)value = 0;
	return 0;
}

static int parse(struct gate_args *args, int argc, char **argv,
		 struct error *err)
{
	const struct opt options[] = {
		OPT_STRING(0, "base", "CMD", &args->text[GATE_BASE], NULL),
		OPT_STRING(0, "new", "CMD", &args->text[GATE_NEW],
			   "the old and the new command, or what {} is"),
		OPT_STRING(0, "baseline", "NAME", &args->baseline, NULL),
		OPT_FLAG(0, "trust-baseline", &args->trust_baseline, NULL),
		OPT_LIST(0, "base-env", "K=V", &args->env[GATE_BASE], NULL),
		OPT_LIST(0, "new-env", "K=V", &args->env[GATE_NEW],
			 "stored runs as base; a variable of one side"),
		OPT_FLAG(0, "shell", &args->shell, NULL),
		OPT_STRING(0, "input", "FILE", &args->input, NULL),
		OPT_STRING(0, "prepare", "CMD", &args->prepare, NULL),
		OPT_DURATION(0, "timeout", &args->timeout_ns, NULL),
		{ 0, "warmup", "N", "how each command is run",
		  parse_count, &args->warmup },
		OPT_FLAG(0, "ignore-failure", &args->ignore_failure, NULL),
		OPT_FLAG(0, "show-output", &args->show_output,
			 "commands may fail, and write"),
		OPT_LIST(0, "metric", "NAME", &args->metrics,
			 "what decides: wall, cpu, user, system, memory"),
		OPT_PERCENT(0, "threshold", &args->threshold_percent,
			    "the smallest change that matters (2%)"),
		OPT_U32(0, "max-pairs", "N", &args->max_pairs, NULL),
		OPT_DURATION(0, "max-time", &args->max_time_ns, NULL),
		OPT_FLAG(0, "allow-inconclusive", &args->allow_inconclusive,
			 NULL),
		OPT_FLAG(0, "bisect", &args->bisect,
			 "when to give up (40), and with which status"),
		OPT_FLAG(0, "explain", &args->explain, NULL),
		OPT_FLAG(0, "no-explain", &args->no_explain,
			 "sample, or not, whatever comes out"),
		OPT_LIST('f', "format", "NAME", &args->formats, NULL),
		OPT_LIST('o', "output", "FILE", &args->outputs,
			 "as text, markdown, junit, ...; to FILE"),
		OPT_FLAG('q', "quiet", &args->quiet, "no progress"),
		OPT_END
	};
	static const char *const usage[] = {
		"[options] --base CMD --new CMD",
		"[options] --base TEXT --new TEXT -- COMMAND [ARG|{}...]",
		NULL
	};
	static const char *const examples[] = {
		"cprof gate --base './v1 input' --new './v2 input'",
		"cprof gate --base v1 --new v2 -- ./{} input", NULL
	};
	const struct cli_command command = {
		"gate", "run two commands in turns and tell whether the new "
		"one is slower", usage, options, examples
	};

	return command_parse(&command, argc, argv, err);
}

static bool is_bisect(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--bisect") == 0)
			return true;
	}
	return false;
}

/* To git bisect run, 2 means bad, and so does 3. */
static int skip(const struct error *err)
{
	print_error(NULL, err);
	return EXIT_SKIP;
}

int cmd_gate(int argc, char **argv, struct error *err)
{
	struct gate gate = {
		.args = { .warmup = 1, .max_pairs = DECISION_ROUNDS_USUAL,
			  .threshold_percent = usual_threshold_percent },
		.line = STATUS_LINE_INIT,
	};
	struct gate_args *args = &gate.args;
	int first = parse(args, argc, argv, err);
	int ret = first;

	if (first > 0)
		ret = gate_run(&gate, argc - first, argv + first, err);
	gate_commands_release(&gate.commands);
	trial_release(&gate.trial);
	gate_profiles_release(&gate.profiles);
	string_vec_release(&args->env[GATE_BASE]);
	string_vec_release(&args->env[GATE_NEW]);
	string_vec_release(&args->metrics);
	string_vec_release(&args->formats);
	string_vec_release(&args->outputs);
	return ret < 0 && is_bisect(argc, argv) ? skip(err) : ret;
}
