/* SPDX-License-Identifier: MIT */
/* Any string as a mangled name, and as one already demangled. */
#include "symbol/demangle.h"
#include "symbol/shorten.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct strbuf name = STRBUF_INIT;
	struct strbuf out = STRBUF_INIT;

	strbuf_add_bytes(&name, (const char *)data, len);
	strbuf_add(&out, "<>");
	shorten_cxx_name(&out, strbuf_text(&name));
	assert(strncmp(strbuf_text(&out), "<>", 2) == 0);
	assert(out.len <= 2 + strlen(strbuf_text(&name)));
	strbuf_clear(&out);
	demangle(&out, strbuf_text(&name));
	assert(out.len <= 64 * 1024);
	strbuf_release(&name);
	strbuf_release(&out);
	return 0;
}
