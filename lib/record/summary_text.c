/* SPDX-License-Identifier: MIT */
#include "record/summary_text.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/units.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

enum {
	SHORT_RUN_COST_NS = 25000000	/* that a run may lose at any rate */
};

/* "1%, 1% allowed" would explain nothing. */
#define VISIBLY_MORE 1.05

static void add_number(struct strbuf *out, uint64_t count, const char *one,
		       const char *many)
{
	units_add_count(out, count);
	strbuf_addf(out, " %s", count == 1 ? one : many);
}

static void add_percent(struct strbuf *out, uint64_t part, uint64_t whole)
{
	const double percent = 100.0 * part / whole;

	strbuf_addf(out, percent < 10 ? "%.2g%%" : "%.0f%%", percent);
}

/*
 * As a time, and as a part of the work of the program where it worked; and,
 * in the words of the report, what was allowed where it was more.
 */
static void add_cost(struct strbuf *out, const struct recording_summary *sum)
{
	const bool more = sum->overhead_ppm &&
			  sum->cost_ns > SHORT_RUN_COST_NS &&
			  sum->cost_ns * 1e6 > VISIBLY_MORE *
			  (double)sum->cpu_ns * sum->overhead_ppm;
	const bool worked = sum->cost_ns < sum->cpu_ns;

	strbuf_add(out, ", cost about ");
	units_add_duration(out, sum->cost_ns);
	if (!worked && !more)
		return;
	strbuf_add(out, " (");
	if (worked)
		add_percent(out, sum->cost_ns, sum->cpu_ns);
	if (more)
		strbuf_addf(out, "%s%g%%, or 25 ms, allowed for samples",
			    worked ? "; " : "", sum->overhead_ppm / 1e4);
	strbuf_add_char(out, ')');
}

/*
 * How often a running thread was sampled, for how long it stood still, and
 * what that cost of its work.
 */
static void add_rate(struct strbuf *out, const struct recording_summary *sum)
{
	if (!sum->cpu_ns || !sum->on_cpu_samples)
		return;
	strbuf_addf(out, ", %.0f Hz per running thread, held ",
		    sum->on_cpu_samples * 1e9 / sum->cpu_ns);
	add_percent(out, sum->held_ns, sum->cpu_ns);
	add_cost(out, sum);
}

static void add_losses(struct strbuf *out, const struct recording_summary *sum)
{
	const struct losses *l = &sum->losses;
	const struct {
		uint64_t count;
		const char *one, *many;
	} lost[] = {
		{ l->samples_lost, "sample lost", "samples lost" },
		{ l->stacks_unreadable, "stack not read", "stacks not read" },
		{ l->stacks_truncated, "stack cut short", "stacks cut short" },
		{ l->threads_missed, "thread not seen", "threads not seen" },
		{ l->ticks_missed, "tick missed", "ticks missed" },
		{ l->ticks_late, "tick late", "ticks late" },
		{ sum->symbols_lost, "name lost", "names lost" },
	};
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(lost); i++) {
		if (!lost[i].count)
			continue;
		strbuf_add(out, ", ");
		add_number(out, lost[i].count, lost[i].one, lost[i].many);
		any = true;
	}
	if (!any)
		strbuf_add(out, ", nothing lost");
}

void summary_text_add(struct strbuf *out, const struct recording_summary *sum,
		      const char *path)
{
	add_number(out, sum->samples, "sample", "samples");
	strbuf_add(out, " of ");
	add_number(out, sum->threads, "thread", "threads");
	strbuf_add(out, " in ");
	add_number(out, sum->processes, "process", "processes");
	strbuf_add(out, " in ");
	units_add_duration(out, sum->elapsed_ns);
	add_rate(out, sum);
	add_losses(out, sum);
	strbuf_add(out, "; ");
	escape_text(out, path);
	strbuf_add(out, ", ");
	units_add_bytes(out, sum->file_bytes);
}

void progress_text_add(struct strbuf *out, const struct session_progress *now,
		       size_t columns)
{
	const struct control_page *page = now->page;
	const size_t start = out->len;
	uint64_t lost = atomic_load(&page->lost);

	if (now->finishing || atomic_load(&page->finishing)) {
		strbuf_add(out, "cprof: looking up names");
	} else {
		strbuf_addf(out, "cprof: %" PRIu64 " s, ",
			    now->elapsed_ns / NS_PER_S);
		add_number(out, atomic_load(&page->samples), "sample",
			   "samples");
		strbuf_add(out, ", ");
		add_number(out, atomic_load(&page->threads), "thread",
			   "threads");
		strbuf_add(out, ", ");
		add_number(out, atomic_load(&page->processes), "process",
			   "processes");
		if (lost) {
			strbuf_add(out, ", ");
			units_add_count(out, lost);
			strbuf_add(out, " lost");
		}
	}
	/* In the last column some terminals begin a new line. */
	if (columns > 0 && out->len - start >= columns) {
		out->len = start + columns - 1;
		out->text[out->len] = '\0';
	}
}

void shell_word_add(struct strbuf *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-/=:,@%^";

	if (*text && strspn(text, plain) == strlen(text)) {
		strbuf_add(out, text);
		return;
	}
	strbuf_add_char(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			strbuf_add(out, "'\\''");
		else
			strbuf_add_char(out, *text);
	}
	strbuf_add_char(out, '\'');
}
