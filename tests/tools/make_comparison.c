/* SPDX-License-Identifier: MIT */
/*
 * usage: make_comparison KIND FORMAT
 *
 * Print a comparison of known content as `cprof compare -f FORMAT` would,
 * for tests of what reads it.  KIND: slower, uncertain, refused; payload-N,
 * in which the N-th name that is out to harm stands everywhere; payloads,
 * with a function, a region and more for each of them.
 */
#include "render/compare_format.h"

#include "unit/comparison_maker.h"
#include "unit/format_payloads.h"

#include <stdio.h>

/* A function, a region and a notice for each name, and all of them at once. */
static struct comparison made_payloads(struct arena *names)
{
	struct comparison comparison = made_sides();
	struct comparison_side *side = &comparison.sides[SIDE_NEW];
	struct strbuf all = STRBUF_INIT;

	for (size_t i = 0; i < PAYLOAD_COUNT; i++) {
		char *text = payload(i);
		const char *name = arena_strdup(names, text);

		free(text);
		strbuf_addf(&all, "%s ", name);
		made_metric(&comparison, name, "wall time", METRIC_NS,
			    made_change(1e6, 10, VERDICT_SLOWER));
		comparison.metrics.items[i].region = name;
		made_function(&comparison.functions, name, name, i,
			      made_change(1e6, 10, VERDICT_SLOWER));
		comparison_notice(&comparison, NOTICE_INFO, "label %s", name);
		comparison_reason(&comparison, "%s", name);
	}
	side->name = side->version = side->command = side->host =
		arena_strdup(names, strbuf_text(&all));
	strbuf_release(&all);
	comparison.verdict = VERDICT_SLOWER;
	comparison.outcome = OUTCOME_REGRESSION;
	return comparison;
}

static int make(struct comparison *comparison, const char *kind,
		struct arena *names)
{
	if (strcmp(kind, "slower") == 0) {
		*comparison = made_slower();
	} else if (strcmp(kind, "uncertain") == 0) {
		*comparison = made_uncertain();
	} else if (strcmp(kind, "refused") == 0) {
		*comparison = made_refused();
	} else if (strcmp(kind, "payloads") == 0) {
		*comparison = made_payloads(names);
	} else if (strncmp(kind, "payload-", 8) == 0) {
		char *name = payload(strtoul(kind + 8, NULL, 10) %
				     PAYLOAD_COUNT);

		*comparison = made_named(arena_strdup(names, name));
		free(name);
	} else {
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct text_style style = { .width = 100, .utf8 = true };
	const struct compare_format *format;
	struct comparison comparison;
	struct error err = ERROR_INIT;
	struct strbuf out = STRBUF_INIT;
	struct arena names = ARENA_INIT;

	if (argc != 3 || make(&comparison, argv[1], &names)) {
		fprintf(stderr, "usage: make_comparison KIND FORMAT\n");
		return 2;
	}
	format = compare_format_find(argv[2]);
	if (!format || format->write(&out, &comparison, &style, &err)) {
		fprintf(stderr, "make_comparison: %s\n", format ? err.text :
			"no such format");
		return 2;
	}
	fwrite(strbuf_text(&out), 1, out.len, stdout);
	strbuf_release(&out);
	comparison_release(&comparison);
	arena_release(&names);
	return fflush(stdout) ? 2 : 0;
}
