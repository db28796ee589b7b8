/* SPDX-License-Identifier: MIT */
#include "gate_args.h"

#include "base/strbuf.h"

#include <string.h>

static const char *const option_names[GATE_SIDES] = { "--base", "--new" };

static void add_word(struct word_list *words, const char *text)
{
	word_list_push(words, mem_strdup(text));
}

/* The operands as one line, for a shell. */
static char *join(const char *text, int operands, char **operand)
{
	struct strbuf line = STRBUF_INIT;

	for (int i = 0; i < operands; i++) {
		char *word = words_replace(operand[i], text);

		strbuf_add(&line, i ? " " : "");
		strbuf_add(&line, word);
		free(word);
	}
	return strbuf_take(&line);
}

static int fill_words(struct word_list *words, const char *text,
		      int operands, char **operand, struct error *err)
{
	if (!operands)
		return words_split(words, text, err);
	for (int i = 0; i < operands; i++) {
		if (strcmp(operand[i], "{}") == 0) {
			if (words_split(words, text, err))
				return -1;
		} else {
			word_list_push(words, words_replace(operand[i], text));
		}
	}
	return 0;
}

static void fill_shell(struct word_list *words, const char *text,
		       int operands, char **operand)
{
	add_word(words, "sh");
	add_word(words, "-c");
	if (operands)
		word_list_push(words, join(text, operands, operand));
	else
		add_word(words, text);
}

static int fill_env(struct string_vec *out, const struct string_vec *env,
		    struct error *err)
{
	for (size_t i = 0; i < env->count; i++) {
		const char *equals = strchr(env->items[i], '=');

		if (!equals || equals == env->items[i])
			return error_set(err, ERROR_USAGE, "'%s' is no "
					 "variable (as in --base-env "
					 "MODE=fast)", env->items[i]);
		string_vec_push(out, env->items[i]);
	}
	string_vec_push(out, NULL);
	return 0;
}

static bool has_marker(int operands, char **operand)
{
	for (int i = 0; i < operands; i++) {
		if (strstr(operand[i], "{}"))
			return true;
	}
	return false;
}

static int check_marker(const struct gate_args *args, int operands,
			char **operand, struct error *err)
{
	if (!operands)
		return 0;
	if (!has_marker(operands, operand) &&
	    (args->text[GATE_BASE] || args->text[GATE_NEW]))
		return error_set(err, ERROR_USAGE, "the command has no {} to "
				 "put --base and --new in");
	return 0;
}

static int fill_side(struct gate_commands *out, const struct gate_args *args,
		     int side, int operands, char **operand,
		     struct error *err)
{
	const char *text = args->text[side] ? args->text[side] : "";
	struct word_list *words = &out->argv[side];

	if (!args->text[side] && (!operands || has_marker(operands, operand)))
		return error_set(err, ERROR_USAGE, "%s is missing: the %s "
				 "command", option_names[side],
				 side == GATE_BASE ? "old" : "new");
	if (args->shell)
		fill_shell(words, text, operands, operand);
	else if (fill_words(words, text, operands, operand, err))
		return error_context(err, "%s", option_names[side]);
	if (!words->count || !*words->items[0])
		return error_set(err, ERROR_USAGE, "%s has no command",
				 option_names[side]);
	word_list_push(words, NULL);
	if (fill_env(&out->env[side], &args->env[side], err))
		return -1;
	out->commands[side] = (struct runner_command){
		.argv = (const char *const *)words->items,
		.env = out->env[side].items,
	};
	return 0;
}

int gate_commands_init(struct gate_commands *out, const struct gate_args *args,
		       int operands, char **operand, struct error *err)
{
	memset(out, 0, sizeof(*out));
	if (check_marker(args, operands, operand, err))
		return -1;
	for (int side = 0; side < GATE_SIDES; side++) {
		/* What was stored is not run again. */
		if (side == GATE_BASE && args->baseline)
			continue;
		if (fill_side(out, args, side, operands, operand, err))
			return -1;
	}
	return 0;
}

void gate_commands_release(struct gate_commands *commands)
{
	for (int side = 0; side < GATE_SIDES; side++) {
		word_list_free(&commands->argv[side]);
		string_vec_release(&commands->env[side]);
	}
}
