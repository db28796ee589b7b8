/* SPDX-License-Identifier: MIT */
#include "render/compare_words.h"

#include "base/units.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum {
	UNJUDGED_ROWS = 5,	/* shown when nothing has a verdict */
	UNEXPLAINED_ROWS = 3	/* beside what has one */
};

/* Of the whole change: who reads of more wants to know where it is. */
static const double much_of_change = 0.25;

/* A number for people: as many places as its size asks for. */
static void add_number(struct strbuf *out, double value)
{
	if (value == floor(value) && value < 1e15)
		units_add_count(out, units_whole(value));
	else
		strbuf_addf(out, value < 10 ? "%.2f" : "%.1f", value);
}

void words_add_amount(struct strbuf *out, enum metric_unit unit,
		      double amount)
{
	const double size = fmin(fabs(amount), 9e18);

	if (amount == 0) {
		strbuf_add_char(out, '0');
		return;
	}
	if (!isfinite(amount)) {
		strbuf_add(out, isnan(amount) ? "-" : amount < 0 ?
			   "-infinity" : "infinity");
		return;
	}
	if (amount < 0)
		strbuf_add_char(out, '-');
	if (unit == METRIC_NS)
		units_add_duration(out, llround(size));
	else if (unit == METRIC_BYTES)
		units_add_bytes(out, llround(size));
	else if (unit == METRIC_PPM)
		strbuf_addf(out, "%.2f%%", size / 1e4);
	else
		add_number(out, size);
}

void words_add_delta(struct strbuf *out, enum metric_unit unit, double delta)
{
	if (delta > 0)
		strbuf_add_char(out, '+');
	words_add_amount(out, unit, delta);
}

void words_add_percent(struct strbuf *out, double percent)
{
	/* Of nothing: there is no percentage. */
	if (isnan(percent))
		strbuf_add_char(out, '-');
	else if (isinf(percent))
		strbuf_add(out, percent < 0 ? "-infinity" : "+infinity");
	else if (fabs(percent) < 0.05)
		strbuf_add(out, "0.0%");
	else
		strbuf_addf(out, fabs(percent) < 999.95 ? "%+.1f%%" :
			    "%+.0f%%", percent);
}

void words_add_interval(struct strbuf *out, enum metric_unit unit,
			const struct change *change)
{
	if (!change_has_interval(change)) {
		strbuf_add(out, "none");
	} else if (isfinite(change->low_percent) &&
		   isfinite(change->high_percent)) {
		words_add_percent(out, change->low_percent);
		strbuf_add(out, " to ");
		words_add_percent(out, change->high_percent);
	} else {
		words_add_delta(out, unit, change->low);
		strbuf_add(out, " to ");
		words_add_delta(out, unit, change->high);
	}
}

const char *words_wait(const char *waits_for)
{
	static const char waiting[] = "waiting for ";
	const size_t len = sizeof(waiting) - 1;

	return strncmp(waits_for, waiting, len) ? waits_for : waits_for + len;
}

/* `name` after `before`. */
static void add_named(struct strbuf *out, const char *before,
		      const char *name, words_name_fn *add_name)
{
	strbuf_add(out, before);
	add_name(out, name);
}

void words_add_metric(struct strbuf *out, const struct metric_change *metric,
		      words_name_fn *add_name)
{
	/* Metrics of counters have names that the program gave them. */
	if (metric->is_counter)
		add_name(out, metric->text);
	else
		strbuf_add(out, metric->text);
	if (metric->region)
		add_named(out, " of ", metric->region, add_name);
}

void words_add_headline(struct strbuf *out,
			const struct comparison *comparison,
			words_name_fn *add_name)
{
	const struct metric_change *metric = comparison_deciding(comparison);

	if (comparison->refused) {
		strbuf_add(out, "not comparable");
		return;
	}
	if (!metric) {
		strbuf_add(out, "nothing to compare");
		return;
	}
	strbuf_addf(out, "%s: ", verdict_text(comparison->verdict,
					      metric->unit));
	words_add_metric(out, metric, add_name);
	strbuf_add_char(out, ' ');
	if (isnan(metric->change.percent))
		words_add_delta(out, metric->unit, metric->change.delta);
	else
		words_add_percent(out, metric->change.percent);
	if (!change_has_interval(&metric->change))
		return;
	strbuf_add(out, " (");
	words_add_interval(out, metric->unit, &metric->change);
	strbuf_add_char(out, ')');
}

static void add_side(struct strbuf *out, const struct comparison_side *side,
		     words_name_fn *add_name)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_add(&text, side->name ? side->name : "");
	if (side->version && *side->version)
		strbuf_addf(&text, " %s", side->version);
	add_name(out, strbuf_text(&text));
	strbuf_release(&text);
}

void words_add_sides(struct strbuf *out, const struct comparison *comparison,
		     words_name_fn *add_name)
{
	add_side(out, &comparison->sides[SIDE_NEW], add_name);
	strbuf_add(out, " against ");
	add_side(out, &comparison->sides[SIDE_BASE], add_name);
}

void words_add_runs(struct strbuf *out, const struct comparison *comparison)
{
	const struct comparison_side *base = &comparison->sides[SIDE_BASE];
	const struct comparison_side *new = &comparison->sides[SIDE_NEW];
	const bool plain = base->plain_runs || new->plain_runs;

	if (plain)
		strbuf_addf(out, "%zu and %zu plain runs", base->plain_runs,
			    new->plain_runs);
	if (base->profiled_runs || new->profiled_runs)
		strbuf_addf(out, "%s%zu and %zu sampled runs",
			    plain ? ", " : "", base->profiled_runs,
			    new->profiled_runs);
	strbuf_add(out, comparison->interleaved ? ", interleaved" :
		   ", not interleaved");
}

void words_add_explained(struct strbuf *out,
			 const struct comparison *comparison)
{
	const struct code_changes *functions = &comparison->functions;

	if (!functions->changed)
		return;
	words_add_delta(out, METRIC_NS, functions->changed_ns);
	strbuf_add(out, " of ");
	words_add_delta(out, METRIC_NS, functions->total_ns);
}

void words_add_flags(struct strbuf *out, const struct code_change *row,
		     words_name_fn *add_name)
{
	if (row->flags & CODE_MERGED && row->partner)
		add_named(out, row->flags & CODE_GONE ?
			  "gone, perhaps inlined into " :
			  "new, perhaps split off ", row->partner, add_name);
	else if (row->flags & CODE_NEW)
		strbuf_add(out, "new");
	else if (row->flags & CODE_GONE)
		strbuf_add(out, "gone");
	else if (row->flags & CODE_INLINED)
		strbuf_add(out, "inlined more often");
	else if (row->flags & CODE_OUTLINED)
		strbuf_add(out, "inlined less often");
	if (row->flags & CODE_RENAMED && row->old_name)
		add_named(out, row->flags & ~CODE_RENAMED ? ", was " : "was ",
			  row->old_name, add_name);
}

/*
 * A path that begins in a folder for building: it may lie in the repository
 * above that, or in the sources of a library.
 */
static const char *above_build(const char *path, const char *root)
{
	struct strbuf full = STRBUF_INIT;
	bool here;

	while (strncmp(path, "../", 3) == 0)
		path += 3;
	strbuf_addf(&full, "%s/%s", root ? root : ".", path);
	here = *path && access(strbuf_text(&full), F_OK) == 0;
	strbuf_release(&full);
	return here ? path : NULL;
}

const char *words_repository_path(const struct comparison *comparison,
				  const struct code_change *row)
{
	const char *path = row->file;
	const char *root = comparison->source_root;
	const size_t len = root ? strlen(root) : 0;

	if (!path)
		return NULL;
	if (strncmp(path, "../", 3) == 0)
		return above_build(path, root);
	if (*path == '/') {
		if (!len || strncmp(path, root, len) != 0 ||
		    path[len] != '/')
			return NULL;
		path += len;
	}
	while (*path == '/' || strncmp(path, "./", 2) == 0)
		path += 1 + (*path == '.');
	return *path ? path : NULL;
}

void words_add_change(struct strbuf *out, enum metric_unit unit,
		      const struct change *change)
{
	words_add_amount(out, unit, change->base);
	strbuf_add(out, " became ");
	words_add_amount(out, unit, change->new);
	strbuf_add(out, ": ");
	words_add_delta(out, unit, change->delta);
	if (!change_has_interval(change))
		return;
	strbuf_add(out, " (");
	words_add_delta(out, unit, change->low);
	strbuf_add(out, " to ");
	words_add_delta(out, unit, change->high);
	strbuf_add_char(out, ')');
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

const struct code_change *
words_hottest_line(const struct comparison *comparison,
		   const struct code_change *function)
{
	const struct code_change_vec *lines = &comparison->lines.rows;
	const struct code_change *hottest = NULL;

	for (size_t i = 0; i < lines->count; i++) {
		const struct code_change *line = &lines->items[i];

		if (line->self.delta > (hottest ? hottest->self.delta : 0) &&
		    line->line && line->file &&
		    same_text(line->name, function->name) &&
		    same_text(line->module, function->module))
			hottest = line;
	}
	return hottest;
}

/* What most of a run is in, as main() is, tells nothing. */
static const double most_of_run = 0.9;

static bool cpu_changed(const struct comparison *comparison)
{
	for (size_t i = 0; i < comparison->metrics.count; i++) {
		const struct metric_change *metric =
			&comparison->metrics.items[i];

		if (!metric->region && strcmp(metric->name, "cpu") == 0)
			return metric->change.verdict == VERDICT_SLOWER ||
			       metric->change.verdict == VERDICT_FASTER;
	}
	return false;
}

const struct code_change *words_culprit(const struct comparison *comparison)
{
	const struct code_changes *changes = &comparison->functions;
	const double whole = changes->changed_ns + changes->unchanged_ns;
	const struct code_change *smallest = NULL;
	double run = 0, least = INFINITY;

	if (!cpu_changed(comparison) ||
	    fabs(changes->changed_ns) > fabs(whole) / 2)
		return NULL;
	for (size_t i = 0; i < changes->rows.count; i++)
		run += fmax(changes->rows.items[i].self.base,
			    changes->rows.items[i].self.new);
	for (size_t i = 0; i < changes->rows.count; i++) {
		const struct code_change *row = &changes->rows.items[i];
		const double delta = row->new_total_ns - row->base_total_ns;
		const double size = fmax(row->base_total_ns,
					 row->new_total_ns);

		if (!row->special && delta / whole >= 0.5 && size < least &&
		    size < most_of_run * run) {
			smallest = row;
			least = size;
		}
	}
	/* What is in the table needs no second mention. */
	return smallest && code_change_is_certain(smallest) ? NULL : smallest;
}

size_t words_rows_told(const struct code_changes *changes, size_t most)
{
	const double much = much_of_change * fabs(changes->total_ns);
	const size_t rows = changes->rows.count;
	size_t worth = UNJUDGED_ROWS;
	size_t count;

	if (changes->changed)
		worth = changes->changed;
	for (size_t more = 0; changes->changed && more < UNEXPLAINED_ROWS &&
	     worth < rows && fabs(changes->rows.items[worth].self.delta) >
	     much; more++)
		worth++;
	count = MIN(MIN(worth, most), rows);
	/* What did not change at all explains nothing. */
	while (count && changes->rows.items[count - 1].self.delta == 0)
		count--;
	return count;
}
