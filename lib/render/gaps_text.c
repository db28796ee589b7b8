/* SPDX-License-Identifier: MIT */
#include "render/gaps_text.h"

enum {
	GAPS_LISTED = 3,
	WORTH = 20	/* of so many parts of all, one is worth a line */
};

/* What is left to tell, while the lines are made. */
struct gap_lines {
	struct strbuf *out;
	const struct text_style *style;
	const struct view *view;
	size_t listed;
};

static enum module_kind kind_of(const struct gap_lines *lines,
				const struct module_gap *gap)
{
	return lines->view->profile->modules.items[gap->module].module.kind;
}

static bool is_worth(const struct gap_lines *lines, uint64_t ns)
{
	return ns && ns >= lines->view->overview->cpu_weight_ns / WORTH;
}

/* "- MODULE (12% of the CPU time): WHAT" */
static void add_line(struct gap_lines *lines, const struct module_gap *gap,
		     uint64_t ns, const char *what)
{
	const struct view *view = lines->view;
	struct strbuf wrapped = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;

	if (!lines->listed++)
		text_add(lines->out, lines->style, TONE_TITLE,
			 "\nWhat is not known\n");
	strbuf_add(&text, "- ");
	text_add_foreign(&text, lines->style,
			 view->profile->modules.items[gap->module].name);
	strbuf_addf(&text, " (%.0f%% of the CPU time): %s",
		    100.0 * ns / view->overview->cpu_weight_ns, what);
	text_add_wrapped(&wrapped, lines->style, strbuf_text(&text), 0, 2);
	text_add(lines->out, lines->style, TONE_WARNING,
		 strbuf_text(&wrapped));
	strbuf_release(&wrapped);
	strbuf_release(&text);
}

/* True: debug symbols would help. */
static bool add_names(struct gap_lines *lines, const struct module_gap *gap)
{
	const enum module_kind kind = kind_of(lines, gap);
	struct strbuf what = STRBUF_INIT;
	uint64_t ns = gap->nameless_ns;

	/* Nobody tells the lines of code made at run time. */
	if (kind != MODULE_JIT)
		ns += gap->lineless_ns;
	if (!is_worth(lines, ns))
		return false;
	if (kind == MODULE_JIT)
		strbuf_add(&what, "code made at run time that nobody named; "
			   "let its runtime write /tmp/perf-PID.map "
			   "(node --perf-basic-prof, python3 -X perf, java "
			   "-XX:+UnlockDiagnosticVMOptions "
			   "-XX:+DumpPerfMapAtExit)");
	else if (kind == MODULE_UNKNOWN)
		strbuf_add(&what, "addresses in no file");
	else if (gap->nameless_ns * 10 >= gap->self_ns)
		strbuf_add(&what, "no symbols for part of it");
	else if (gap->lineless_ns < gap->self_ns / 10 * 9)
		strbuf_addf(&what, "no source lines for %.0f%% of that",
			    100.0 * gap->lineless_ns / gap->self_ns);
	else
		strbuf_add(&what, "no debug information, so no source lines "
			   "and no inlined functions");
	add_line(lines, gap, gap->self_ns, strbuf_text(&what));
	strbuf_release(&what);
	return kind == MODULE_FILE;
}

static void add_callers(struct gap_lines *lines, const struct module_gap *gap)
{
	if (!is_worth(lines, gap->cut_ns))
		return;
	add_line(lines, gap, gap->cut_ns, kind_of(lines, gap) == MODULE_JIT ?
		 "who called it; the code made at run time does not tell "
		 "(java -XX:+PreserveFramePointer makes it do so)" :
		 "who called it; this code has no unwind information, as "
		 "assembly often has none");
}

void gaps_text(struct strbuf *out, const struct text_style *style,
	       const struct view *view)
{
	static const char remedy[] = "To see more: cprof report --debuginfod "
		"asks servers for debug symbols; or install them (packages "
		"NAME-dbg or NAME-dbgsym), or compile with -g, and record "
		"again.";
	const struct module_gap_vec *gaps = &view->overview->gaps;
	struct gap_lines lines = { .out = out, .style = style, .view = view };
	bool remedied = false;

	for (size_t i = 0; i < gaps->count && lines.listed < GAPS_LISTED; i++)
		remedied |= add_names(&lines, &gaps->items[i]);
	for (size_t i = 0; i < gaps->count; i++)
		add_callers(&lines, &gaps->items[i]);
	if (remedied)
		text_add_wrapped(out, style, remedy, 0, 0);
}
