/* SPDX-License-Identifier: MIT */
#include "symbol/demangle.h"

#include "symbol/shorten.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <string.h>

enum {
	MANGLED_MAX = 16 * 1024,
	DEMANGLED_MAX = 64 * 1024
};

struct demangling {
	struct strbuf *out;
	size_t limit;		/* of out->len */
	jmp_buf too_long;
};

/*
 * Substitutions let a name of 100 bytes stand for gigabytes, and the
 * demangler has no way to be told to stop.  What it holds at this point is
 * on its stack, so it can be left by a jump.
 */
static void add_piece(const char *text, size_t len, void *opaque)
{
	struct demangling *demangling = opaque;

	if (len > demangling->limit - demangling->out->len)
		longjmp(demangling->too_long, 1);
	strbuf_add_bytes(demangling->out, text, len);
}

typedef int demangle_fn(const char *name, int options,
			demangle_callbackref callback, void *opaque);

/* Add what `fn` makes of `name`; false, and nothing added, if it cannot. */
static bool run_demangler(demangle_fn *fn, struct strbuf *out,
			  const char *name)
{
	const size_t before = out->len;
	struct demangling demangling = {
		.out = out, .limit = before + DEMANGLED_MAX,
	};

	if (!setjmp(demangling.too_long) &&
	    fn(name, DMGL_NO_OPTS, add_piece, &demangling) &&
	    out->len > before)
		return true;
	out->len = before;
	if (out->text)
		out->text[before] = '\0';
	return false;
}

bool name_is_mangled(const char *name)
{
	return name[0] == '_' && (name[1] == 'Z' || name[1] == 'R');
}

static bool demangle_name(struct strbuf *out, const char *name)
{
	struct strbuf text = STRBUF_INIT;
	bool done;

	/* First Rust: its old names are C++ names with a hash. */
	if (run_demangler(rust_demangle_callback, out, name))
		return true;
	done = name[1] == 'Z' &&
		run_demangler(cplus_demangle_v3_callback, &text, name);
	if (done)
		shorten_cxx_name(out, strbuf_text(&text));
	strbuf_release(&text);
	return done;
}

/* ".0", ".cold": where `name` is the end of one of a function's parts. */
static bool is_part_suffix(const char *suffix, size_t len)
{
	static const char *const numbered[] = {
		".part.", ".isra.", ".constprop.", ".lto_priv.", ".llvm.",
	};

	if (len == strlen(".cold") && strncmp(suffix, ".cold", len) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(numbered); i++) {
		size_t prefix = strlen(numbered[i]);

		if (len > prefix && strncmp(suffix, numbered[i], prefix) == 0)
			return strspn(suffix + prefix, "0123456789") ==
				len - prefix;
	}
	return false;
}

/* The length of `name` without the suffixes that compilers add. */
static size_t bare_len(const char *name, size_t len)
{
	for (size_t dots = 0, i = len; i > 1; i--) {
		if (name[i - 1] != '.')
			continue;
		if (is_part_suffix(name + i - 1, len - (i - 1))) {
			len = i - 1;
			dots = 0;
		} else if (++dots == 2) {
			break;
		}
	}
	return len;
}

bool demangle(struct strbuf *out, const char *name)
{
	const char *at = strchr(name, '@');
	/* Versions say little; the demangler would drop stubs' "@plt", too. */
	const char *stub = at > name && strcmp(at, "@plt") == 0 ? at : "";
	size_t whole = strnlen(name, MANGLED_MAX);
	struct strbuf bare = STRBUF_INIT;
	size_t len;
	bool done;

	if (whole == MANGLED_MAX)
		return false;
	len = at > name ? (size_t)(at - name) : whole;
	strbuf_add_bytes(&bare, name, len);
	done = name_is_mangled(name) && demangle_name(out, bare.text);
	if (!done) {
		len = bare_len(name, len);
		done = len + strlen(stub) != whole;
		if (done)
			strbuf_add_bytes(out, name, len);
	}
	if (done)
		strbuf_add(out, stub);
	strbuf_release(&bare);
	return done;
}
