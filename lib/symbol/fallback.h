/* SPDX-License-Identifier: MIT */
/* What a place in code is called when nothing names it. */
#ifndef CPROF_SYMBOL_FALLBACK_H
#define CPROF_SYMBOL_FALLBACK_H

#include "base/strbuf.h"
#include "model/stack.h"

/*
 * Add "[libfoo.so+0x1234]" to `out`; for code without a file, where an
 * address means nothing, one name for all of it: "[jit]", "[unmapped]".
 */
void fallback_name(struct strbuf *out, const struct module *module,
		   uint64_t address);

/* The last part of a path: "libfoo.so". */
const char *module_base_name(const struct module *module);

#endif
