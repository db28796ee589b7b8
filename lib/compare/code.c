/* SPDX-License-Identifier: MIT */
#include "compare/code.h"

#include "compare/code_notes.h"
#include "compare/code_sums.h"
#include "compare/code_waits.h"
#include "compare/judge.h"
#include "stat/distribution.h"
#include "stat/multiple.h"

#include <math.h>
#include <string.h>

/*
 * Below this share of a run nothing is told about a row: it is not what
 * anybody looks for, and the fewer rows there are, the more can be told of
 * each.
 */
#define ROW_SHARE_MIN 0.001

/* Of the rows that are called slower or faster, so many may be neither. */
#define FALSE_DISCOVERY_RATE 0.10

struct table {
	struct comparison *comparison;
	const struct compare_options *options;
	const struct code_weights *weights;	/* of both sides */
	struct code_keys keys;
	struct code_sums sums;
	struct code_changes *changes;
	double floor_ns;		/* ROW_SHARE_MIN of a run */
	bool single;			/* one run a side */
};

static double mean_run_ns(const struct code_weights *weights)
{
	double sum = 0;

	for (size_t i = 0; i < weights->run_count; i++)
		sum += weights->runs[i].total_ns;
	return weights->run_count ? sum / weights->run_count : 0;
}

/*
 * The variance of the time of a row in one run, from its share of the
 * samples.  Two more samples, one of them its own, keep a row without any
 * from being certain: Agresti and Coull, The American Statistician 52(2),
 * 1998.
 */
static double sampling_variance(const struct run_weight *run, double ns)
{
	const double n = run->effective + 2;
	double share;

	if (!(run->total_ns > 0))
		return 0;
	share = (ns / run->total_ns * run->effective + 1) / n;
	return run->total_ns * run->total_ns * share * (1 - share) / n;
}

/* Of one run on each side: the error of sampling, which is normal. */
static void judge_samples(const struct table *table, struct change *change)
{
	const double error = sqrt(
		sampling_variance(&table->weights[SIDE_BASE].runs[0],
				  change->base) +
		sampling_variance(&table->weights[SIDE_NEW].runs[0],
				  change->new));
	const double reach = error * normal_quantile(0.5 + JUDGE_LEVEL / 2);

	change->judged_by = JUDGED_SAMPLES;
	change->delta = change->new - change->base;
	change->low = change->delta - reach;
	change->high = change->delta + reach;
	change->level = JUDGE_LEVEL;
	if (error > 0)
		change->p = 2 * normal_cdf(-fabs(change->delta) / error);
}

static void judge_over_runs(const struct table *table, size_t key,
			    struct change *change)
{
	const struct t_test test = code_sum_test(&table->sums, key);
	const struct estimate estimate = t_test_estimate(&test, JUDGE_LEVEL);

	change->judged_by = table->sums.paired ? JUDGED_PAIRED_T : JUDGED_T;
	change->delta = estimate.value;
	change->low = estimate.low;
	change->high = estimate.high;
	change->level = estimate.level;
	change->p = t_test_p(&test, TAIL_BOTH);
}

static void judge_row(const struct table *table, size_t key,
		      struct change *change)
{
	double hundredth;

	*change = (struct change){
		.base = code_sum_mean(&table->sums, key, SIDE_BASE),
		.new = code_sum_mean(&table->sums, key, SIDE_NEW),
		.base_runs = table->sums.runs[SIDE_BASE],
		.new_runs = table->sums.runs[SIDE_NEW],
		.margin_percent = table->single ?
			table->options->single_run_percent :
			table->options->threshold_percent,
		.p = 1,
	};
	change->same_percent = change->margin_percent;
	if (table->single)
		judge_samples(table, change);
	else
		judge_over_runs(table, key, change);
	hundredth = change->base > 0 ? change->base / 100 : (double)NAN;
	change->percent = change->delta / hundredth;
	change->low_percent = change->low / hundredth;
	change->high_percent = change->high / hundredth;
}

/* Whether anything can be told of a row; the others have no p-value. */
static bool is_tested(const struct table *table, const struct code_change *row)
{
	return fmax(row->self.base, row->self.new) >= table->floor_ns &&
	       !row->special && row->self.p < 1;
}

static enum verdict row_verdict(const struct table *table,
				const struct code_change *row)
{
	const struct change *change = &row->self;
	const double share = change->margin_percent / 100 * change->base;
	const double least = fmax(share, table->floor_ns);
	/* One run a side says nothing of how runs differ: a wide margin. */
	const double low = table->single ? MIN(change->delta - least,
					       change->low) :
					   change->low - least;
	const double high = table->single ? MAX(change->delta + least,
						change->high) :
					    change->high + least;

	if (!change_has_interval(change) || row->special)
		return VERDICT_UNKNOWN;
	if (row->q <= FALSE_DISCOVERY_RATE && low > 0)
		return VERDICT_SLOWER;
	if (row->q <= FALSE_DISCOVERY_RATE && high < 0)
		return VERDICT_FASTER;
	if (!table->single && change->low >= -least && change->high <= least)
		return VERDICT_SAME;
	return VERDICT_UNKNOWN;
}

/* Where a location is, and whose it is. */
static void fill_place(struct code_change *row,
		       const struct profile *profile, uint32_t location_id,
		       enum rows_by by)
{
	const struct location *location = profile_location(profile,
							   location_id);
	const struct function *function =
		&profile->functions.items[location->function];
	const struct profile_module *module =
		&profile->modules.items[function->module];

	row->module = module->module.path;
	if (module->module.kind == MODULE_SPECIAL)
		row->special = true;
	if (by == ROWS_BY_MODULE) {
		row->name = module->name;
		return;
	}
	row->name = function->name;
	row->file = function->file;
	row->line = function->line;
	if (by == ROWS_BY_LINE) {
		row->file = profile_location_file(profile, location);
		row->line = location->line;
	}
}

static void fill_row(const struct table *table, struct code_change *row,
		     size_t key)
{
	const struct code_sum *sum = &table->sums.items[key];
	const uint32_t base = table->keys.location[SIDE_BASE][key];
	const uint32_t new = table->keys.location[SIDE_NEW][key];
	const int side = new != ID_NONE ? SIDE_NEW : SIDE_BASE;
	const struct pairing *pairing = &table->comparison->pairing;
	const struct profile *profile = table->weights[side].profile;
	const uint32_t id = side == SIDE_NEW ? new : base;

	row->pair = ID_NONE;
	fill_place(row, profile, id, table->keys.by);
	if (table->keys.by == ROWS_BY_FUNCTION) {
		row->pair = pairing->of[side][profile_location(profile, id)
					      ->function];
		row->name = pairing->pairs.items[row->pair].name;
	}
	if (table->keys.states)
		row->waits_for = thread_state_text(table->keys.states[key]);
	if (base == ID_NONE)
		row->flags |= CODE_NEW;
	if (new == ID_NONE)
		row->flags |= CODE_GONE;
	judge_row(table, key, &row->self);
	row->base_total_ns = (double)sum->total_ns[SIDE_BASE] /
			     MAX(table->sums.runs[SIDE_BASE], (size_t)1);
	row->new_total_ns = (double)sum->total_ns[SIDE_NEW] /
			    MAX(table->sums.runs[SIDE_NEW], (size_t)1);
	row->q = 1;
}

static void adjust_rows(struct table *table)
{
	struct code_change_vec *rows = &table->changes->rows;
	double *p = mem_calloc(rows->count + 1, sizeof(*p));
	size_t *of = mem_calloc(rows->count + 1, sizeof(*of));
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		if (!is_tested(table, &rows->items[i]))
			continue;
		p[count] = rows->items[i].self.p;
		of[count++] = i;
	}
	benjamini_hochberg(p, p, count);
	for (size_t i = 0; i < count; i++)
		rows->items[of[i]].q = p[i];
	for (size_t i = 0; i < rows->count; i++)
		rows->items[i].self.verdict = row_verdict(table,
							  &rows->items[i]);
	free(of);
	free(p);
}

static int compare_rows(const void *a, const void *b)
{
	const struct code_change *x = a;
	const struct code_change *y = b;
	const double dx = fabs(x->self.delta);
	const double dy = fabs(y->self.delta);

	if (code_change_is_certain(x) != code_change_is_certain(y))
		return code_change_is_certain(x) ? -1 : 1;
	if (dx > dy || dx < dy)
		return dx > dy ? -1 : 1;
	if (strcmp(x->name, y->name) != 0)
		return strcmp(x->name, y->name);
	if (strcmp(x->module, y->module) != 0)
		return strcmp(x->module, y->module);
	if (x->waits_for && strcmp(x->waits_for, y->waits_for) != 0)
		return strcmp(x->waits_for, y->waits_for);
	return (x->line > y->line) - (x->line < y->line);
}

/* What CPU time changed by, as whole runs tell it; NAN: they do not. */
static double cpu_change_ns(const struct table *table)
{
	const struct metric_change_vec *metrics = &table->comparison->metrics;

	for (size_t i = 0; i < metrics->count; i++) {
		const struct metric_change *metric = &metrics->items[i];

		if (!metric->region && strcmp(metric->name, "cpu") == 0)
			return metric->change.delta;
	}
	return (double)NAN;
}

/* Where only a part is looked at, the whole of it is what there is. */
static void explain(struct table *table)
{
	struct code_changes *changes = table->changes;
	const double cpu_ns = filter_spec_is_empty(table->options->spec) &&
			      !table->keys.states ? cpu_change_ns(table) :
						    (double)NAN;

	for (size_t i = 0; i < changes->rows.count; i++) {
		const struct code_change *row = &changes->rows.items[i];

		if (code_change_is_certain(row)) {
			changes->changed_ns += row->self.delta;
			changes->changed++;
		} else {
			changes->unchanged_ns += row->self.delta;
		}
	}
	changes->total_ns = changes->changed_ns + changes->unchanged_ns;
	if (!isnan(cpu_ns)) {
		changes->outside_ns = cpu_ns - changes->total_ns;
		changes->total_ns = cpu_ns;
	}
}

/* Rows of the keys; what they tell of each other comes in between. */
static void fill_rows(struct table *table)
{
	struct code_change_vec *rows = &table->changes->rows;

	table->changes->by = table->keys.by;
	code_sums_init(&table->sums, &table->keys, table->weights,
		       table->comparison->code_paired);
	for (size_t key = 0; key < table->sums.count; key++) {
		const struct code_sum *sum = &table->sums.items[key];

		if (sum->total_ns[SIDE_BASE] || sum->total_ns[SIDE_NEW])
			fill_row(table, code_change_vec_add(rows), key);
	}
	adjust_rows(table);
}

static void finish_rows(struct table *table)
{
	struct code_change_vec *rows = &table->changes->rows;

	if (rows->count)
		qsort(rows->items, rows->count, sizeof(*rows->items),
		      compare_rows);
	explain(table);
	code_sums_release(&table->sums);
	code_keys_release(&table->keys);
}

static void make_table(struct table *table, enum rows_by by)
{
	const struct profile *profiles[SIDE_COUNT] = {
		table->weights[SIDE_BASE].profile,
		table->weights[SIDE_NEW].profile,
	};

	code_keys_init(&table->keys, &table->comparison->pairing, profiles,
		       table->options->spec, by);
	fill_rows(table);
	if (by == ROWS_BY_FUNCTION)
		code_notes_add(table->changes, &table->comparison->pairing,
			       table->weights, &table->sums, table->floor_ns,
			       table->options);
	finish_rows(table);
}

static double floor_of(const struct code_weights *weights)
{
	return ROW_SHARE_MIN * fmax(mean_run_ns(&weights[SIDE_BASE]),
				    mean_run_ns(&weights[SIDE_NEW]));
}

/* The same for time that is not spent on a CPU. */
static void make_waits(struct table *table, const struct compared_runs *runs)
{
	struct code_weights weights[SIDE_COUNT];

	for (int side = 0; side < SIDE_COUNT; side++)
		code_weights_init(&weights[side],
				  table->weights[side].profile,
				  table->options->filters[side],
				  &runs->sides[side], WEIGH_OFF_CPU);
	table->weights = weights;
	table->floor_ns = floor_of(weights);
	table->changes = &table->comparison->waits;
	code_waits_init(&table->keys, &table->comparison->pairing, weights,
			table->options->spec);
	fill_rows(table);
	finish_rows(table);
	for (int side = 0; side < SIDE_COUNT; side++)
		code_weights_release(&weights[side]);
}

static void index_functions(struct comparison *comparison)
{
	const struct code_change_vec *rows = &comparison->functions.rows;
	const size_t count = comparison->pairing.pairs.count;
	uint32_t *row_of_pair = arena_alloc(&comparison->arena, (count + 1) *
					    sizeof(*row_of_pair));

	for (size_t i = 0; i < count; i++)
		row_of_pair[i] = ID_NONE;
	for (size_t i = 0; i < rows->count; i++)
		row_of_pair[rows->items[i].pair] = i;
	comparison->row_of_pair = row_of_pair;
}

static void check_agreement(struct comparison *comparison)
{
	const struct code_changes *functions = &comparison->functions;
	const double profiled_ns = functions->changed_ns +
				   functions->unchanged_ns;

	comparison->explanation_agrees = !functions->changed ||
		(profiled_ns >= 0) == (functions->total_ns >= 0);
}

void compare_code(struct comparison *comparison, const struct profile *base,
		  const struct profile *new,
		  const struct compare_options *options)
{
	struct code_weights weights[SIDE_COUNT];
	struct compared_runs runs;
	struct table table = {
		.comparison = comparison,
		.options = options,
		.weights = weights,
	};

	compared_runs_init(&runs, base, new, RUN_PROFILED);
	pairing_init(&comparison->pairing, base, new, options->renames,
		     options->rename_count);
	for (int side = 0; side < SIDE_COUNT; side++)
		code_weights_init(&weights[side], side ? new : base,
				  options->filters[side], &runs.sides[side],
				  WEIGH_CPU);
	comparison->code_paired = runs.paired;
	table.floor_ns = floor_of(weights);
	table.single = weights[SIDE_BASE].run_count == 1 &&
		       weights[SIDE_NEW].run_count == 1;
	for (int side = 0; side < SIDE_COUNT; side++)
		comparison->sides[side].samples = weights[side].samples;
	if (compared_runs_any(&runs)) {
		table.changes = &comparison->functions;
		make_table(&table, ROWS_BY_FUNCTION);
		table.changes = &comparison->lines;
		make_table(&table, ROWS_BY_LINE);
		table.changes = &comparison->modules;
		make_table(&table, ROWS_BY_MODULE);
		make_waits(&table, &runs);
	}
	index_functions(comparison);
	check_agreement(comparison);
	for (int side = 0; side < SIDE_COUNT; side++)
		code_weights_release(&weights[side]);
	compared_runs_release(&runs);
}
