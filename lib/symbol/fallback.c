/* SPDX-License-Identifier: MIT */
#include "symbol/fallback.h"

#include "base/path.h"

#include <inttypes.h>
#include <string.h>

const char *module_base_name(const struct module *module)
{
	return path_base(module->path ? module->path : "");
}

void fallback_name(struct strbuf *out, const struct module *module,
		   uint64_t address)
{
	const char *name = module_base_name(module);
	size_t len = strlen(name);

	switch (module->kind) {
	case MODULE_SPECIAL:
		strbuf_add(out, special_frame_name(address));
		return;
	case MODULE_JIT:
		strbuf_add(out, "[jit]");
		return;
	case MODULE_UNKNOWN:
		strbuf_add(out, "[unmapped]");
		return;
	}
	/* "[vdso]" has its brackets already. */
	if (len > 2 && name[0] == '[' && name[len - 1] == ']') {
		name++;
		len -= 2;
	}
	strbuf_add_char(out, '[');
	strbuf_add_bytes(out, name, len);
	strbuf_addf(out, "+0x%" PRIx64 "]", address);
}
