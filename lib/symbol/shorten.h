/* SPDX-License-Identifier: MIT */
/* Names of C++ without what everybody leaves out when writing them. */
#ifndef CPROF_SYMBOL_SHORTEN_H
#define CPROF_SYMBOL_SHORTEN_H

#include "base/strbuf.h"

/*
 * Add the demangled name `name` to `out`, with std::string for what it
 * stands for, without allocators, comparisons and the like where they are
 * the defaults of the library, and with ">>" for "> >".  A name whose
 * brackets do not match is added as it is.
 */
void shorten_cxx_name(struct strbuf *out, const char *name);

#endif
