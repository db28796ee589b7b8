/* SPDX-License-Identifier: MIT */
/* What `cprof gate` was asked for. */
#ifndef CPROF_CMD_GATE_ARGS_H
#define CPROF_CMD_GATE_ARGS_H

#include "cli/opt.h"
#include "gate/trial.h"

enum { GATE_BASE, GATE_NEW, GATE_SIDES };

struct gate_args {
	const char *text[GATE_SIDES];		/* --base, --new */
	struct string_vec env[GATE_SIDES];
	const char *baseline;
	bool trust_baseline;
	bool shell;
	const char *prepare;
	const char *input;
	uint32_t warmup;
	uint64_t timeout_ns;
	bool ignore_failure;
	bool show_output;
	struct string_vec metrics;
	double threshold_percent;
	uint32_t max_pairs;
	uint64_t max_time_ns;
	bool allow_inconclusive;
	bool explain;
	bool no_explain;
	bool bisect;
	struct string_vec formats;
	struct string_vec outputs;		/* of the formats, in turn */
	bool quiet;
};

/* The words of both commands; texts are owned. */
struct gate_commands {
	struct word_list argv[GATE_SIDES];	/* with a NULL at the end */
	struct string_vec env[GATE_SIDES];	/* the same */
	struct runner_command commands[GATE_SIDES];
};

/*
 * Make the commands of --base, --new and the operands: an operand "{}"
 * becomes the words of --base or --new, "{}" within one the text of it.
 */
int gate_commands_init(struct gate_commands *out, const struct gate_args *args,
		       int operands, char **operand, struct error *err);
void gate_commands_release(struct gate_commands *commands);

#endif
