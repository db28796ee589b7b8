/* SPDX-License-Identifier: MIT */
#include "render/filter_text.h"

#include "base/units.h"

static void add_patterns(struct strbuf *out, const struct text_style *style,
			 const char *what, const struct patterns *patterns)
{
	for (size_t i = 0; i < patterns->count; i++) {
		if (out->len)
			strbuf_add(out, i ? " or " : ", ");
		if (!i)
			strbuf_addf(out, "%s ", what);
		text_add_foreign(out, style, patterns->items[i]);
	}
}

static void add_range(struct strbuf *out, const struct filter_spec *spec)
{
	if (spec->from_ns) {
		strbuf_add(out, "from ");
		units_add_duration(out, spec->from_ns);
	}
	if (spec->to_ns) {
		strbuf_add(out, spec->from_ns ? " to " : "up to ");
		units_add_duration(out, spec->to_ns);
	}
}

void filter_text_add(struct strbuf *out, const struct text_style *style,
		     const struct filter_spec *spec)
{
	const struct {
		const char *what;
		const struct patterns *patterns;
	} lists[] = {
		{ "thread", &spec->threads },
		{ "process", &spec->processes },
		{ "module", &spec->modules },
		{ "function", &spec->functions },
		{ "file", &spec->files },
		{ "region", &spec->regions },
	};

	add_range(out, spec);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		add_patterns(out, style, lists[i].what, lists[i].patterns);
}
