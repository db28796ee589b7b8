/* SPDX-License-Identifier: MIT */
#include "symbol/shorten.h"

#include "base/vec.h"

#include <ctype.h>
#include <stdbool.h>

/* An open bracket, and where its arguments begin in the output. */
struct bracket {
	char kind;
	size_t open;
	size_t first_arg;	/* index in args */
};

VEC_DEFINE(bracket_vec, struct bracket);
VEC_DEFINE(size_vec, size_t);

struct shortening {
	const char *in;
	struct strbuf *out;
	size_t base;		/* of out, where the name begins */
	struct bracket_vec brackets;
	struct size_vec args;
};

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void cut(struct strbuf *out, size_t len)
{
	out->len = len;
	if (out->text)
		out->text[len] = '\0';
}

static bool ident_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* Arguments that are what the library puts in when nothing is written. */
static bool is_default(const char *arg)
{
	static const char *const defaults[] = {
		"std::allocator<", "std::char_traits<", "std::less<",
		"std::hash<", "std::equal_to<", "std::default_delete<",
	};

	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		if (starts_with(arg, defaults[i]))
			return true;
	}
	return false;
}

static void open_bracket(struct shortening *work, char kind)
{
	struct bracket bracket = {
		.kind = kind, .open = work->out->len,
		.first_arg = work->args.count,
	};

	bracket_vec_push(&work->brackets, bracket);
	strbuf_add_char(work->out, kind);
	size_vec_push(&work->args, work->out->len);
}

/* Where the name before the bracket at `open` begins. */
static const char *name_before(const struct shortening *work, size_t open)
{
	const char *begin = work->out->text + work->base;
	const char *at = work->out->text + open;

	while (at > begin && (ident_char(at[-1]) || at[-1] == ':'))
		at--;
	return at;
}

static void name_strings(struct shortening *work, const struct bracket *bracket)
{
	static const struct {
		const char *long_name, *short_name;
	} strings[] = {
		{ "std::basic_string<char>", "std::string" },
		{ "std::basic_string<wchar_t>", "std::wstring" },
		{ "std::basic_string_view<char>", "std::string_view" },
		{ "std::basic_ostream<char>", "std::ostream" },
		{ "std::basic_istream<char>", "std::istream" },
	};
	const char *name = name_before(work, bracket->open);

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		if (strcmp(name, strings[i].long_name) != 0)
			continue;
		cut(work->out, name - work->out->text);
		strbuf_add(work->out, strings[i].short_name);
		return;
	}
}

static bool close_bracket(struct shortening *work, char kind)
{
	struct bracket bracket;
	size_t count;

	if (!work->brackets.count)
		return false;
	bracket = work->brackets.items[work->brackets.count - 1];
	if (bracket.kind == '(' && kind == '>') {
		strbuf_add_char(work->out, kind);	/* (a)>(b) */
		return true;
	}
	if ((bracket.kind == '<') != (kind == '>'))
		return false;
	work->brackets.count--;
	count = work->args.count - bracket.first_arg;
	for (; kind == '>' && count > 1; count--) {
		size_t arg = work->args.items[bracket.first_arg + count - 1];

		if (!is_default(work->out->text + arg))
			break;
		cut(work->out, arg - strlen(", "));
	}
	work->args.count = bracket.first_arg;
	if (kind == '>' && work->out->text[work->out->len - 1] == ' ')
		cut(work->out, work->out->len - 1);
	strbuf_add_char(work->out, kind);
	if (kind == '>')
		name_strings(work, &bracket);
	return true;
}

/* "operator<<", "operator()": brackets that are none. */
static bool take_operator(struct shortening *work, const char *begin)
{
	static const char *const symbols[] = {
		"<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "->",
		"()", "<", ">", ",",
	};
	const char *symbol = work->in + strlen("operator");

	if (!starts_with(work->in, "operator") ||
	    (work->in > begin && ident_char(work->in[-1])))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(symbols); i++) {
		if (!starts_with(symbol, symbols[i]))
			continue;
		strbuf_add(work->out, "operator");
		strbuf_add(work->out, symbols[i]);
		work->in = symbol + strlen(symbols[i]);
		return true;
	}
	return false;
}

static bool take_char(struct shortening *work)
{
	const char c = *work->in++;

	switch (c) {
	case '<':
	case '(':
		open_bracket(work, c);
		return true;
	case '>':
	case ')':
		return close_bracket(work, c);
	case '-':
		strbuf_add_char(work->out, c);
		if (*work->in == '>')
			strbuf_add_char(work->out, *work->in++);
		return true;
	case ',':
		strbuf_add_char(work->out, c);
		if (*work->in == ' ' && work->brackets.count) {
			strbuf_add_char(work->out, *work->in++);
			size_vec_push(&work->args, work->out->len);
		}
		return true;
	}
	strbuf_add_char(work->out, c);
	return true;
}

void shorten_cxx_name(struct strbuf *out, const char *name)
{
	static const char abi[] = "std::__cxx11::";
	struct shortening work = {
		.in = name, .out = out, .base = out->len,
	};
	bool good = true;

	while (good && *work.in) {
		if (take_operator(&work, name))
			continue;
		if (starts_with(work.in, abi)) {
			strbuf_add(out, "std::");
			work.in += strlen(abi);
			continue;
		}
		good = take_char(&work);
	}
	if (!good || work.brackets.count) {
		cut(out, work.base);
		strbuf_add(out, name);
	}
	bracket_vec_release(&work.brackets);
	size_vec_release(&work.args);
}
