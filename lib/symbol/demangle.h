/* SPDX-License-Identifier: MIT */
/* Names of C++ and Rust as people write them. */
#ifndef CPROF_SYMBOL_DEMANGLE_H
#define CPROF_SYMBOL_DEMANGLE_H

#include "base/strbuf.h"

#include <stdbool.h>

/* Does `name` begin as mangled names do? */
bool name_is_mangled(const char *name);

/*
 * Add the demangled form of `name` to `out`: C++ without its parameters,
 * Rust without its hash.  False, and nothing added, when it is not a
 * mangled name, or one that would grow beyond all reason.
 */
bool demangle(struct strbuf *out, const char *name);

#endif
