/* SPDX-License-Identifier: MIT */
/* Numbers and sentences of a comparison, the same in each form of it. */
#ifndef CPROF_RENDER_COMPARE_WORDS_H
#define CPROF_RENDER_COMPARE_WORDS_H

#include "base/strbuf.h"
#include "compare/comparison.h"

/*
 * How a name from outside gets into the form: escape_text(),
 * markup_add_text(), markup_add_code() or strbuf_add() where all of it is
 * escaped later.
 */
typedef void words_name_fn(struct strbuf *out, const char *name);

/* "412 ms", "12.3 MB", "1,234", "0.4%"; negative ones with "-". */
void words_add_amount(struct strbuf *out, enum metric_unit unit,
		      double amount);

/* The same with "+" where it is above 0. */
void words_add_delta(struct strbuf *out, enum metric_unit unit, double delta);

/* "+11.3%"; "-" where there is no percentage: of nothing. */
void words_add_percent(struct strbuf *out, double percent);

/*
 * "+8.1% to +14.2%", in the unit when percentages make no sense; "none"
 * without an interval.
 */
void words_add_interval(struct strbuf *out, enum metric_unit unit,
			const struct change *change);

/*
 * Where CPU time changed for certain, and functions with a verdict explain
 * less than half of it: the smallest function that has half of it or more
 * with all that it calls; else NULL.  There is no interval for that.
 */
const struct code_change *words_culprit(const struct comparison *comparison);

/* "wall time", or "wall time of parse" of a region. */
void words_add_metric(struct strbuf *out, const struct metric_change *metric,
		      words_name_fn *add_name);

/* "slower: wall time +11.3% (+8.1% to +14.2%)": the verdict, one line. */
void words_add_headline(struct strbuf *out,
			const struct comparison *comparison,
			words_name_fn *add_name);

/* "app 1.2 against app 1.1" */
void words_add_sides(struct strbuf *out, const struct comparison *comparison,
		     words_name_fn *add_name);

/* "10 and 10 runs, interleaved; 5 and 5 profiled" */
void words_add_runs(struct strbuf *out, const struct comparison *comparison);

/* "41.0 ms of +52.0 ms", or nothing when no function has a verdict. */
void words_add_explained(struct strbuf *out,
			 const struct comparison *comparison);

/* "a CPU" of "waiting for a CPU", as an answer to: what for? */
const char *words_wait(const char *waits_for);

/* "new", "gone", "was old_name", "inlined into f", ...; "" if nothing. */
void words_add_flags(struct strbuf *out, const struct code_change *row,
		     words_name_fn *add_name);

/*
 * Where a row is, as its repository calls it: a relative path.  NULL when
 * the file is not known, or lies elsewhere.
 */
const char *words_repository_path(const struct comparison *comparison,
				  const struct code_change *row);

/* "100 ms became 140 ms: +40.0 ms (+32.3 ms to +47.7 ms)" */
void words_add_change(struct strbuf *out, enum metric_unit unit,
		      const struct change *change);

/*
 * The line of a slower function whose time grew most, a row of
 * comparison->lines; NULL when none is known.
 */
const struct code_change *
words_hottest_line(const struct comparison *comparison,
		   const struct code_change *function);

/*
 * How many of the first rows are worth telling: those with a verdict, else
 * the largest changes; `most` at the most.
 */
size_t words_rows_told(const struct code_changes *changes, size_t most);

#endif
