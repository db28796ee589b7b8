/* SPDX-License-Identifier: MIT */
/* Names of functions as people write them. */
#ifndef CPROF_SYMBOL_DEMANGLE_H
#define CPROF_SYMBOL_DEMANGLE_H

#include "base/strbuf.h"

#include <stdbool.h>

/* Does `name` begin as mangled names do? */
bool name_is_mangled(const char *name);

/*
 * Add the name of the function that the symbol `name` stands for to `out`:
 * C++ without its parameters, Rust without its hash, all without versions
 * ("@@GLIBC_2.14") and what compilers call parts and copies (".cold",
 * ".constprop.0").  False, and nothing added, when that is the name itself
 * or would grow beyond all reason.
 */
bool demangle(struct strbuf *out, const char *name);

#endif
