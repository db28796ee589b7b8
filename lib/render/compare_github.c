/* SPDX-License-Identifier: MIT */
/*
 * Annotations of GitHub's workflows: commands on standard output, a line
 * each, which the runner shows at the lines of a change.  Of each level it
 * takes ten of a step: the verdict is one, the rest are functions.
 */
#include "render/compare_forms.h"

#include "base/escape.h"
#include "render/compare_words.h"
#include "render/markup.h"

#include <inttypes.h>
#include <string.h>

enum { FUNCTIONS_SHOWN = 9 };

/*
 * The one way for text into a command: what the runner unescapes, after
 * control characters, which a log would obey, were made visible.
 */
static void add_escaped(struct strbuf *out, const char *text, const char *also)
{
	for (; *text; text++) {
		if (*text == '%' || strchr(also, *text))
			strbuf_addf(out, "%%%02X", (unsigned char)*text);
		else
			strbuf_add_char(out, *text);
	}
}

static void add_property(struct strbuf *out, const char *name,
			 const char *text)
{
	struct strbuf safe = STRBUF_INIT;

	escape_text(&safe, text);
	strbuf_addf(out, "%s=", name);
	add_escaped(out, strbuf_text(&safe), ":,");
	strbuf_release(&safe);
}

static void add_message(struct strbuf *out, const char *text)
{
	strbuf_add(out, "::");
	add_escaped(out, text, "");
	strbuf_add_char(out, '\n');
}

static const char *level_of(const struct comparison *comparison)
{
	switch (comparison->outcome) {
	case OUTCOME_PASS:
		return "notice";
	case OUTCOME_REGRESSION:
		return "error";
	default:
		return "warning";
	}
}

static void add_verdict(struct strbuf *out,
			const struct comparison *comparison)
{
	struct strbuf text = STRBUF_INIT;

	words_add_sides(&text, comparison, escape_text);
	strbuf_add(&text, ": ");
	words_add_headline(&text, comparison, escape_text);
	for (size_t i = 0; i < comparison->reasons.count; i++) {
		strbuf_add(&text, "; ");
		escape_text(&text, comparison->reasons.items[i]);
	}
	strbuf_addf(out, "::%s title=cprof", level_of(comparison));
	add_message(out, strbuf_text(&text));
	strbuf_release(&text);
}

static void add_place(struct strbuf *out, const struct comparison *comparison,
		      const struct code_change *row)
{
	const char *path = words_repository_path(comparison, row);

	if (!path)
		return;
	add_property(out, "file", path);
	if (row->line)
		strbuf_addf(out, ",line=%" PRIu32, row->line);
	strbuf_add_char(out, ',');
}

static void add_function(struct strbuf *out,
			 const struct comparison *comparison,
			 const struct code_change *row)
{
	const struct code_change *line = words_hottest_line(comparison, row);
	struct strbuf text = STRBUF_INIT;

	escape_text(&text, row->name);
	strbuf_add(&text, row->flags & CODE_NEW ? " is new, per run " :
		   " is slower, per run ");
	words_add_change(&text, METRIC_NS, &row->self);
	if (line) {
		strbuf_add(&text, "; at this line ");
		words_add_delta(&text, METRIC_NS, line->self.delta);
	}
	/* Where the whole is no slower, nobody is warned of its parts. */
	strbuf_add(out, comparison->outcome == OUTCOME_REGRESSION ?
		   "::warning " : "::notice ");
	add_place(out, comparison, line ? line : row);
	add_property(out, "title", row->name);
	add_message(out, strbuf_text(&text));
	strbuf_release(&text);
}

static int github_write(struct strbuf *out,
			const struct comparison *comparison,
			const struct compare_look *look, struct error *err)
{
	const struct code_change_vec *rows = &comparison->functions.rows;
	size_t left = FUNCTIONS_SHOWN;

	(void)look;
	(void)err;
	add_verdict(out, comparison);
	for (size_t i = 0; i < rows->count && left; i++) {
		if (rows->items[i].self.verdict != VERDICT_SLOWER)
			continue;
		add_function(out, comparison, &rows->items[i]);
		left--;
	}
	return 0;
}

const struct compare_format compare_github = {
	.name = "github",
	.summary = "GitHub workflows: annotations, and the job's summary",
	.write = github_write,
};
