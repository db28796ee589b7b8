/* SPDX-License-Identifier: MIT */
#include "symbol/demangle.h"

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

static bool run_demanglers(struct demangling *demangling, const char *name)
{
	if (setjmp(demangling->too_long))
		return false;
	/* First Rust: its old names are C++ names with a hash. */
	if (rust_demangle_callback(name, DMGL_NO_OPTS, add_piece, demangling))
		return true;
	demangling->out->len = demangling->limit - DEMANGLED_MAX;
	return strncmp(name, "_Z", 2) == 0 &&
		cplus_demangle_v3_callback(name, DMGL_NO_OPTS, add_piece,
					   demangling);
}

bool demangle(struct strbuf *out, const char *name)
{
	const size_t before = out->len;
	struct demangling demangling = {
		.out = out, .limit = before + DEMANGLED_MAX,
	};

	if (name[0] != '_' || (name[1] != 'Z' && name[1] != 'R'))
		return false;
	if (strnlen(name, MANGLED_MAX) == MANGLED_MAX)
		return false;
	if (run_demanglers(&demangling, name) && out->len > before)
		return true;
	out->len = before;
	if (out->text)
		out->text[before] = '\0';
	return false;
}
