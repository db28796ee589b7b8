/* SPDX-License-Identifier: MIT */
#include "render/name.h"

#include "base/escape.h"

#include <ctype.h>
#include <inttypes.h>

enum {
	ANGLE_DEPTH_MAX = 8	/* deeper template arguments go at once */
};

/* Bytes of an operator's own brackets at `at`: "operator<<", "operator->". */
static size_t operator_length(const char *name, size_t at)
{
	static const char word[] = "operator";
	size_t len = sizeof(word) - 1;

	if (strncmp(name + at, word, len) != 0 ||
	    (at && (isalnum((unsigned char)name[at - 1]) ||
		    name[at - 1] == '_')))
		return 0;
	if (name[at + len] == '(' && name[at + len + 1] == ')')
		return len + 2;
	while (name[at + len] && strchr("<>-=", name[at + len]))
		len++;
	return len;
}

/*
 * Walk `name`: the depth of brackets at `at` goes up or down.  Returns how
 * many bytes belong together here.
 */
static size_t step(const char *name, size_t at, int *angle, int *round)
{
	size_t len = operator_length(name, at);

	if (len)
		return len;
	if (name[at] == '-' && name[at + 1] == '>')
		return 2;
	*angle += (name[at] == '<') - (name[at] == '>');
	*round += (name[at] == '(') - (name[at] == ')');
	return 1;
}

/* Where the return type of a template function ends: behind the blank. */
static size_t return_type_end(const char *name)
{
	size_t end = 0;
	size_t len;
	int angle = 0;
	int round = 0;

	for (size_t at = 0; name[at]; at += len) {
		if (!angle && !round && name[at] == ' ')
			end = at + 1;
		/* Blanks behind an operator or the parameters are no end. */
		if (!angle && !round && (operator_length(name, at) ||
					 name[at] == '('))
			return name[at] == '(' && at == end ? 0 : end;
		len = step(name, at, &angle, &round);
	}
	return 0;
}

static void replace_all(struct strbuf *text, const char *from, const char *to)
{
	struct strbuf out = STRBUF_INIT;
	const char *at = strbuf_text(text);
	const char *found;

	if (!strstr(at, from))
		return;
	while ((found = strstr(at, from))) {
		strbuf_add_bytes(&out, at, found - at);
		strbuf_add(&out, to);
		at = found + strlen(from);
	}
	strbuf_add(&out, at);
	strbuf_release(text);
	*text = out;
}

/* Leave out default arguments such as ", std::allocator<int>". */
static void drop_arguments(struct strbuf *text, const char *start)
{
	char *found;

	while ((found = strstr(text->text, start))) {
		size_t at = strlen(start);
		int angle = 1;
		int round = 0;

		while (found[at] && angle > 0)
			at += step(found, at, &angle, &round);
		if (angle > 0)
			return;
		memmove(found, found + at, strlen(found + at) + 1);
		text->len = strlen(text->text);
	}
}

static void simplify(struct strbuf *out, const char *name)
{
	static const char *const noise[][2] = {
		{ "std::__cxx11::", "std::" },
		{ "[abi:cxx11]", "" },
		{ "(anonymous namespace)", "(anon)" },
		{ "std::basic_string<char, std::char_traits<char>, "
		  "std::allocator<char> >", "std::string" },
		{ "std::basic_string_view<char, std::char_traits<char> >",
		  "std::string_view" },
	};

	strbuf_add(out, name + return_type_end(name));
	if (!strpbrk(name, "<(["))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(noise); i++)
		replace_all(out, noise[i][0], noise[i][1]);
	drop_arguments(out, ", std::allocator<");
	drop_arguments(out, ", std::char_traits<");
	drop_arguments(out, ", std::default_delete<");
	replace_all(out, " >", ">");
}

/* Is the bracket at `at` that of the parameters, the last one of the name? */
static bool is_parameters(const char *name, size_t at)
{
	int angle = 0;
	int round = 0;

	if (!at || name[at] != '(')
		return false;
	do
		at += step(name, at, &angle, &round);
	while (name[at] && round > 0);
	return !name[at] || strcmp(name + at, " const") == 0;
}

static void drop_parameters(struct strbuf *out, const char *name,
			    const char *dots)
{
	size_t len;
	int angle = 0;
	int round = 0;

	for (size_t at = 0; name[at]; at += len) {
		if (!angle && !round && is_parameters(name, at)) {
			strbuf_addf(out, "(%s)", name[at + 1] == ')' ? "" :
				    dots);
			return;
		}
		len = step(name, at, &angle, &round);
		strbuf_add_bytes(out, name + at, len);
	}
}

/* Template arguments deeper than `depth` become dots. */
static void drop_angles(struct strbuf *out, const char *name, int depth,
			const char *dots)
{
	size_t len;
	int angle = 0;
	int round = 0;

	for (size_t at = 0; name[at]; at += len) {
		const int before = angle;

		len = step(name, at, &angle, &round);
		if (before <= depth && angle <= depth)
			strbuf_add_bytes(out, name + at, len);
		else if (before == depth)
			strbuf_addf(out, "<%s", dots);
		else if (angle == depth)
			strbuf_add_char(out, '>');
	}
}

/*
 * Where the name goes on when just as many namespaces and classes are left
 * out that `width` columns hold the rest; else its last part.
 */
static size_t fitting_part(const char *name, size_t width)
{
	size_t start = 0;
	size_t len;
	int angle = 0;
	int round = 0;

	for (size_t at = 0; name[at]; at += len) {
		len = step(name, at, &angle, &round);
		if (angle || round || name[at] != ':' || name[at + 1] != ':')
			continue;
		start = at + 2;
		if (escape_width(name + start) <= width)
			break;
	}
	return start;
}

static bool fits(const struct strbuf *name, size_t width)
{
	return escape_width(strbuf_text(name)) <= width;
}

/*
 * Rust's "<type as trait>::method" and "<type>::method" become
 * "type::method"; other names stay.
 */
static void drop_trait(struct strbuf *out, const char *name)
{
	size_t type = 0;		/* bytes of the type */
	size_t at = 0;
	int angle = 0;
	int round = 0;

	do {
		if (!type && angle == 1 && !round &&
		    strncmp(name + at, " as ", 4) == 0)
			type = at - 1;
		at += step(name, at, &angle, &round);
	} while (name[at] && angle > 0);
	if (*name != '<' || strncmp(name + at, "::", 2) != 0) {
		strbuf_add(out, name);
		return;
	}
	strbuf_add_bytes(out, name + 1, type ? type : at - 2);
	strbuf_add(out, name + at);
}

static void shorten(struct strbuf *name, const char *dots, size_t width)
{
	struct strbuf old = *name;

	*name = (struct strbuf)STRBUF_INIT;
	drop_parameters(name, strbuf_text(&old), dots);
	if (!fits(name, width) && *strbuf_text(name)) {
		strbuf_release(&old);
		old = *name;
		*name = (struct strbuf)STRBUF_INIT;
		drop_trait(name, strbuf_text(&old));
	}
	for (int depth = ANGLE_DEPTH_MAX; depth >= 0 && !fits(name, width);
	     depth--) {
		strbuf_release(&old);
		old = *name;
		*name = (struct strbuf)STRBUF_INIT;
		drop_angles(name, strbuf_text(&old), depth, dots);
	}
	strbuf_release(&old);
}

void name_add_function(struct strbuf *out, const struct text_style *style,
		       const char *name, size_t width)
{
	struct strbuf plain = STRBUF_INIT;
	struct strbuf safe = STRBUF_INIT;
	const size_t dots = text_ellipsis_width(style);
	const char *text;
	size_t part;

	simplify(&plain, name);
	text_add_foreign(&safe, style, strbuf_text(&plain));
	if (!fits(&safe, width))
		shorten(&safe, text_ellipsis(style), width);
	text = strbuf_text(&safe);
	part = fits(&safe, width) || width <= dots ? 0 :
	       fitting_part(text, width - dots);
	if (part) {
		strbuf_add(out, text_ellipsis(style));
		width -= dots;
	}
	text_add_cut_middle(out, style, text + part, width);
	strbuf_release(&safe);
	strbuf_release(&plain);
}

/* The bytes of `text` before a ":NUMBER" at its end; `len` without one. */
static size_t without_number(const char *text, size_t len)
{
	size_t at = len;

	while (at && isdigit((unsigned char)text[at - 1]))
		at--;
	return at && at < len && text[at - 1] == ':' ? at - 1 : len;
}

/* As Python has them: "py::Class.method:/x/y.py", "py::f:<frozen os>". */
static size_t split_python(const char *name, struct strbuf *place)
{
	static const char prefix[] = "py::";
	const char *colon;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	colon = strchr(name + sizeof(prefix) - 1, ':');
	if (!colon || !colon[1])
		return 0;
	strbuf_add(place, colon + 1);
	return colon - name;
}

size_t name_split_place(const char *name, struct strbuf *place)
{
	const size_t python = split_python(name, place);
	const size_t len = strlen(name);
	const char *blank = strrchr(name, ' ');
	size_t once, twice;

	if (python)
		return python;
	if (!blank || blank == name)
		return len;
	once = without_number(name, len);
	if (once == len || name + once <= blank + 1)
		return len;
	/* Of "file:line:column" only the column goes. */
	twice = without_number(name, once);
	strbuf_add_bytes(place, blank + 1,
			 name + (twice < once ? once : len) - (blank + 1));
	return blank - name;
}

void name_add_without_place(struct strbuf *out, const char *name)
{
	struct strbuf place = STRBUF_INIT;
	const size_t len = name_split_place(name, &place);

	strbuf_add_bytes(out, name, len);
	/* How it was compiled, and of what kind it is, is no name. */
	if (place.len && strchr(":*~^+", name[len - 1]))
		strbuf_add(out, "(anonymous)");
	strbuf_release(&place);
}

bool name_tells_module(const char *name, const char *module)
{
	const size_t len = strlen(module);

	name += *name == '[';
	return strncmp(name, module, len) == 0 &&
	       strncmp(name + len, "+0x", 3) == 0;
}

void name_add_path(struct strbuf *out, const struct text_style *style,
		   const char *path, size_t width)
{
	struct strbuf safe = STRBUF_INIT;

	text_add_foreign(&safe, style, path);
	text_add_cut_start(out, style, strbuf_text(&safe), width);
	strbuf_release(&safe);
}

void name_add_frame(struct strbuf *out, const char *name)
{
	size_t at = out->len;

	escape_text(out, name);
	for (; at < out->len; at++) {
		if (out->text[at] == ';')
			out->text[at] = ':';
	}
}

void name_add_place(struct strbuf *out, const char *path, uint32_t line,
		    unsigned int components)
{
	const char *start = path + strlen(path);

	while (start > path) {
		if (start[-1] == '/' && start[0] && --components == 0)
			break;
		start--;
	}
	strbuf_add(out, start);
	if (line)
		strbuf_addf(out, ":%" PRIu32, line);
}
