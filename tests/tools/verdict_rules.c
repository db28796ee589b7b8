/* SPDX-License-Identifier: MIT */
/*
 * verdict_rules wall|cpu|memory SAME_GATES CHANGED_GATES FILE...
 * verdict_rules curve GATES
 *
 * Applies rules that tell "slower" to rows of verdict_rows.c, the same rows
 * to each of them, and prints one line a file, arm and rule:
 *
 *	file  arm  rule  gates  slower  undecided  runs of a gate
 *
 * The arm "same" is one command, run again and again: any "slower" is false.
 * It is cut into gates by drawing blocks of neighbours, so that drift and
 * phases stay.  cprof's rule takes rounds; the others take ten runs of the
 * one and then ten of the other, which is what their users do.  In the other
 * arms runs of all versions took turns, for all rules.
 *
 * `curve` draws normal noise instead, and prints for each spread of pairs how
 * often cprof's rule finds a change, in how many rounds of at most 40, and
 * how many rounds it would say that it needs:
 *
 *	spread  change  gates  slower  undecided  rounds  needed
 */
#include "base/compiler.h"
#include "base/vec.h"
#include "gate/decision.h"
#include "stat/quantile.h"
#include "stat/rank_sum.h"
#include "stat/rng.h"
#include "stat/t_test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ARMS = 10,
	SIDE_RUNS = 10,		/* of a rule that is not sequential */
	SAME_BLOCK = 30,	/* neighbours: ten rounds, or 10 + 10 runs */
	ROUND_BLOCK = 5,
	RESAMPLES = 300		/* of the bootstrap */
};

static const char *const arm_names[ARMS] = {
	"same", "control", "whole+1%", "whole+2%", "whole+3%", "whole+5%",
	"whole+10%", "function+5%", "function+10%", "memory+10%"
};

VEC_DEFINE(value_vec, double);

struct rows {
	struct value_vec same;		/* one behind the other */
	struct value_vec arms[ARMS];	/* by round */
};

enum verdict { SLOWER, NOT_SLOWER, UNDECIDED };

struct counts {
	size_t gates, slower, undecided, runs;
};

static void add_row(struct rows *rows, unsigned int arm, double value,
		    unsigned int *before)
{
	/* Rounds begin where another arm is seen. */
	if (!rows->arms[1].count && arm == 0 && *before == 0)
		value_vec_push(&rows->same, value);
	else
		value_vec_push(&rows->arms[arm], value);
	*before = arm;
}

/*
 * The arms of a round come in any order; arm 0 of the first may look like
 * the last of the same ones, so that counts are levelled.
 */
static int read_rows(struct rows *rows, const char *path, int column)
{
	FILE *file = fopen(path, "re");
	unsigned int arm, before = 0;
	char line[256];
	double value[3];
	size_t least;

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%u %lf %lf %lf", &arm, &value[0], &value[1],
			   &value[2]) == 4 && arm < ARMS && value[column] > 0)
			add_row(rows, arm, value[column], &before);
	}
	fclose(file);
	while (rows->arms[0].count < rows->arms[1].count && rows->same.count)
		value_vec_push(&rows->arms[0],
			       rows->same.items[--rows->same.count]);
	least = rows->arms[0].count;
	for (size_t i = 0; i < ARMS; i++)
		least = MIN(least, rows->arms[i].count);
	for (size_t i = 0; i < ARMS; i++)
		rows->arms[i].count = least;
	return rows->same.count > SAME_BLOCK && least > ROUND_BLOCK ? 0 : -1;
}

/* Values of runs, as they would have come. */
struct source {
	const struct rows *rows;
	unsigned int arm;
	struct rng *rng;
	size_t at;		/* in the block */
	size_t start;
	/* Without rows: the spread of pairs, and the change of new. */
	double spread, change;
};

static void normal_round(struct source *source, double values[3])
{
	for (size_t i = 0; i < 3; i++)
		values[i] = exp(source->spread / M_SQRT2 *
				rng_normal(source->rng));
	values[2] *= 1 + source->change;
}

/* The next round: base, control, new. */
static void next_round(struct source *source, double values[3])
{
	const struct rows *rows = source->rows;
	size_t order[] = { 0, 1, 2 };

	if (!rows) {
		normal_round(source, values);
		return;
	}
	if (source->arm) {
		if (source->at % ROUND_BLOCK == 0)
			source->start = rng_below(source->rng,
				rows->arms[0].count - ROUND_BLOCK + 1);
		values[0] = rows->arms[0].items[source->start +
						source->at % ROUND_BLOCK];
		values[1] = rows->arms[1].items[source->start +
						source->at % ROUND_BLOCK];
		values[2] = rows->arms[source->arm].items[
			source->start + source->at % ROUND_BLOCK];
		source->at++;
		return;
	}
	if (source->at % (SAME_BLOCK / 3) == 0)
		source->start = rng_below(source->rng,
					  rows->same.count - SAME_BLOCK + 1);
	rng_shuffle(source->rng, order, 3);
	for (size_t i = 0; i < 3; i++)
		values[order[i]] = rows->same.items[
			source->start + source->at % (SAME_BLOCK / 3) * 3 + i];
	source->at++;
}

/* One decision that has begun, to be copied: planning it takes its time. */
static struct decision usual_decision(void)
{
	const struct decision_rules rules = {
		.threshold = 0.02, .alpha = 0.05,
		.max_rounds = DECISION_ROUNDS_USUAL,
	};
	struct decision decision;

	decision_init(&decision, &rules);
	return decision;
}

static enum verdict cprof_rule(struct source *source,
			       const struct decision *usual, size_t *runs)
{
	struct decision decision = *usual;
	enum decision_verdict verdict = DECISION_OPEN;

	while (verdict == DECISION_OPEN &&
	       decision.rounds.count < DECISION_ROUNDS_USUAL) {
		double values[3];

		next_round(source, values);
		verdict = decision_add(&decision, decision_round_of(
			values[0], values[1], values[2]));
	}
	verdict = decision_finish(&decision);
	*runs = 3 * decision.rounds.count;
	decision_release(&decision);
	if (verdict == DECISION_SLOWER)
		return SLOWER;
	return verdict == DECISION_NOT_SLOWER ||
	       verdict == DECISION_FASTER ? NOT_SLOWER : UNDECIDED;
}

/* Ten runs of each version. */
static void take_sides(struct source *source, double *base, double *new)
{
	const struct rows *rows = source->rows;
	const size_t start = source->arm ?
		rng_below(source->rng, rows->arms[0].count - SIDE_RUNS + 1) :
		rng_below(source->rng, rows->same.count - 2 * SIDE_RUNS + 1);

	for (size_t i = 0; i < SIDE_RUNS; i++) {
		base[i] = source->arm ? rows->arms[0].items[start + i] :
					rows->same.items[start + i];
		new[i] = source->arm ?
			rows->arms[source->arm].items[start + i] :
			rows->same.items[start + SIDE_RUNS + i];
	}
}

/* The mean is larger, and Welch's t says it is no chance: hyperfine's. */
static bool welch_rule(const double *base, const double *new,
		       struct rng *rng UNUSED)
{
	const struct t_test test = t_test_welch(base, SIDE_RUNS, new,
						SIDE_RUNS);

	return test.mean > 0 && t_test_p(&test, TAIL_BOTH) < 0.05;
}

/* benchstat: the U test at 0.05, and no minimum effect. */
static bool u_test_rule(const double *base, const double *new,
			struct rng *rng UNUSED)
{
	return median_of(new, SIDE_RUNS) > median_of(base, SIDE_RUNS) &&
	       rank_sum_p(base, SIDE_RUNS, new, SIDE_RUNS, TAIL_BOTH) < 0.05;
}

static double mean_of_draw(const double *values, struct rng *rng)
{
	double sum = 0;

	for (size_t i = 0; i < SIDE_RUNS; i++)
		sum += values[rng_below(rng, SIDE_RUNS)];
	return sum / SIDE_RUNS;
}

/*
 * The lower end of the percentile bootstrap's interval for the difference of
 * means, at 0.95: Efron and Tibshirani, An Introduction to the Bootstrap, 13.
 */
static double bootstrap_low(const double *base, const double *new,
			    struct rng *rng)
{
	double draws[RESAMPLES];

	for (size_t i = 0; i < RESAMPLES; i++)
		draws[i] = mean_of_draw(new, rng) - mean_of_draw(base, rng);
	sort_doubles(draws, RESAMPLES);
	return quantile_sorted(draws, RESAMPLES, 0.025);
}

/* Criterion: p < 0.05, and the bootstrap's interval is all above 1 %. */
static bool criterion_rule(const double *base, const double *new,
			   struct rng *rng)
{
	const double least = 0.01 * mean_of(base, SIDE_RUNS);

	return welch_rule(base, new, rng) &&
	       bootstrap_low(base, new, rng) > least;
}

static double least_of(const double *values)
{
	double least = values[0];

	for (size_t i = 1; i < SIDE_RUNS; i++)
		least = MIN(least, values[i]);
	return least;
}

/* The shortest of ten is more than 2 % longer. */
static bool minimum_rule(const double *base, const double *new,
			 struct rng *rng UNUSED)
{
	return least_of(new) > 1.02 * least_of(base);
}

static const struct {
	const char *name;
	bool (*is_slower)(const double *base, const double *new,
			  struct rng *rng);	/* NULL: cprof's */
} rules[] = {
	{ "cprof", NULL },
	{ "welch", welch_rule },
	{ "u-test", u_test_rule },
	{ "criterion", criterion_rule },
	{ "minimum", minimum_rule },
};

static void apply(const struct rows *rows, unsigned int arm, size_t rule,
		  size_t gates, struct counts *counts)
{
	const struct decision usual = usual_decision();
	struct rng rng = rng_of(arm * ARMS + 1);

	*counts = (struct counts){ .gates = gates };
	for (size_t i = 0; i < gates; i++) {
		struct source source = { .rows = rows, .arm = arm,
					 .rng = &rng };
		double base[SIDE_RUNS], new[SIDE_RUNS];
		enum verdict verdict;
		size_t runs = 2 * SIDE_RUNS;

		if (!rules[rule].is_slower) {
			verdict = cprof_rule(&source, &usual, &runs);
		} else {
			take_sides(&source, base, new);
			verdict = rules[rule].is_slower(base, new, &rng) ?
				SLOWER : NOT_SLOWER;
		}
		counts->slower += verdict == SLOWER;
		counts->undecided += verdict == UNDECIDED;
		counts->runs += runs;
	}
}

/*
 * Of log(next / this), over neighbours, what a pair would show: by the median
 * of the deviations, and the standard deviation, in which single runs that
 * are far off weigh most.
 */
static void pair_spread(const struct value_vec *values, double *robust,
			double *standard)
{
	const size_t count = values->count - 1;
	double *ratios = mem_calloc(values->count, sizeof(*ratios));
	double squares = 0;

	for (size_t i = 0; i < count; i++) {
		ratios[i] = log(values->items[i + 1] / values->items[i]);
		squares += ratios[i] * ratios[i];
	}
	*robust = mad_of(ratios, count);
	*standard = sqrt(squares / (double)count);
	free(ratios);
}

static double change_of(const struct rows *rows, unsigned int arm)
{
	return median_of(rows->arms[arm].items, rows->arms[arm].count) /
	       median_of(rows->arms[0].items, rows->arms[0].count) - 1;
}

static int tell(const char *path, int column, size_t same_gates,
		size_t changed_gates)
{
	struct rows rows;
	const char *name = strrchr(path, '/');
	double spread, deviation;

	memset(&rows, 0, sizeof(rows));
	if (read_rows(&rows, path, column)) {
		fprintf(stderr, "verdict_rules: cannot use %s\n", path);
		return -1;
	}
	name = name ? name + 1 : path;
	pair_spread(&rows.same, &spread, &deviation);
	printf("# %s: %zu rows of one command, %zu rounds; a pair spreads by "
	       "%.2f %% (standard deviation %.2f %%)\n", name,
	       rows.same.count, rows.arms[0].count, 100 * spread,
	       100 * deviation);
	for (unsigned int arm = 0; arm < ARMS; arm++) {
		const size_t gates = arm ? changed_gates : same_gates;

		if (arm == 1 || !gates)
			continue;
		printf("# %s %s: the median is %+.2f %%\n", name,
		       arm_names[arm], 100 * change_of(&rows, arm));
		for (size_t rule = 0; rule < ARRAY_SIZE(rules); rule++) {
			struct counts counts;

			apply(&rows, arm, rule, gates, &counts);
			printf("%s %s %s %zu %zu %zu %.1f\n", name,
			       arm_names[arm], rules[rule].name, counts.gates,
			       counts.slower, counts.undecided,
			       (double)counts.runs / (double)counts.gates);
		}
	}
	value_vec_release(&rows.same);
	for (size_t i = 0; i < ARMS; i++)
		value_vec_release(&rows.arms[i]);
	return 0;
}

static void tell_point(double spread, double change, size_t gates,
		       struct rng *rng)
{
	const struct decision usual = usual_decision();
	size_t slower = 0, undecided = 0, all_runs = 0;

	for (size_t i = 0; i < gates; i++) {
		struct source source = { .rng = rng, .spread = spread,
					 .change = change };
		size_t runs;
		const enum verdict verdict = cprof_rule(&source, &usual,
							&runs);

		slower += verdict == SLOWER;
		undecided += verdict == UNDECIDED;
		all_runs += runs;
	}
	printf("%.1f%% +%.0f%% %zu %zu %zu %.1f %zu\n", 100 * spread,
	       100 * change, gates, slower, undecided,
	       (double)all_runs / 3 / (double)gates,
	       /* A round spreads less than a pair. */
	       decision_rounds_needed(spread * sqrt(0.75), change,
				      log1p(0.02)));
}

static int tell_curve(size_t gates)
{
	static const double spreads[] = { 0.005, 0.01, 0.015, 0.02, 0.03,
					  0.04, 0.06, 0.1, 0.2 };
	static const double changes[] = { 0, 0.02, 0.03, 0.05, 0.1, 0.2 };
	struct rng rng = rng_of(1);

	for (size_t i = 0; i < ARRAY_SIZE(spreads); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(changes); j++)
			tell_point(spreads[i], changes[j], gates, &rng);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const columns[] = { "wall", "cpu", "memory" };
	int column = 0;

	if (argc == 3 && strcmp(argv[1], "curve") == 0)
		return tell_curve(strtoul(argv[2], NULL, 10));
	while (argc > 1 && column < 3 && strcmp(argv[1], columns[column]) != 0)
		column++;
	if (argc < 5 || column == 3) {
		fputs("usage: verdict_rules wall|cpu|memory SAME_GATES "
		      "CHANGED_GATES FILE...\n"
		      "       verdict_rules curve GATES\n", stderr);
		return 2;
	}
	for (int i = 4; i < argc; i++) {
		if (tell(argv[i], column, strtoul(argv[2], NULL, 10),
			 strtoul(argv[3], NULL, 10)))
			return 1;
	}
	return 0;
}
