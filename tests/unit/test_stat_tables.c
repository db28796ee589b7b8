/* SPDX-License-Identifier: MIT */
/*
 * What tests/tools/stat_tables.R had R say: tests/data/stat.txt, lines of
 * a name, its arguments and what is expected.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "stat/distribution.h"
#include "stat/multiple.h"
#include "stat/quantile.h"
#include "stat/rank_sum.h"
#include "stat/signed_rank.h"
#include "stat/t_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 128, LINE_MAX_BYTES = 8192 };

struct list {
	double items[LIST_MAX];
	size_t count;
};

struct line {
	char text[LINE_MAX_BYTES];
	char *next;
	size_t number;
};

static const char *word(struct line *line)
{
	char *start = strtok_r(NULL, " \n", &line->next);

	if (!start)
		fail_msg("line %zu is short", line->number);
	return start;
}

static double number(struct line *line)
{
	return strtod(word(line), NULL);
}

static enum tail tail(struct line *line)
{
	const char *name = word(line);

	return strcmp(name, "both") == 0 ? TAIL_BOTH :
	       strcmp(name, "less") == 0 ? TAIL_LESS : TAIL_GREATER;
}

static void list(struct line *line, struct list *out)
{
	out->count = number(line);
	assert_true(out->count <= LIST_MAX);
	for (size_t i = 0; i < out->count; i++)
		out->items[i] = number(line);
}

static void check(struct line *line, double got, double tolerance)
{
	const double expected = number(line);

	if (fabs(got - expected) <= tolerance * fabs(expected) ||
	    fabs(got - expected) <= 1e-300)
		return;
	fail_msg("stat.txt:%zu: got %.17g, R says %.17g", line->number, got,
		 expected);
}

static void check_estimate(struct line *line, const struct estimate *got,
			   bool level)
{
	/* R's own rank methods stop at 1e-4 where we are exact. */
	check(line, got->value, 1e-9);
	check(line, got->low, 1e-9);
	check(line, got->high, 1e-9);
	if (level)
		check(line, got->level, 1e-11);
}

static void check_quantiles(struct line *line, const char *name)
{
	double p = strcmp(name, "quantile") == 0 ? number(line) : -1;
	struct list x;

	list(line, &x);
	if (strcmp(name, "median") == 0) {
		check(line, median_of(x.items, x.count), 1e-14);
	} else if (strcmp(name, "mad") == 0) {
		check(line, mad_of(x.items, x.count), 1e-13);
	} else if (strcmp(name, "variance") == 0) {
		check(line, variance_of(x.items, x.count), 1e-12);
	} else {
		sort_doubles(x.items, x.count);
		check(line, quantile_sorted(x.items, x.count, p), 1e-14);
	}
}

static void check_distribution(struct line *line, const char *name)
{
	double a = number(line);
	double b, c;

	if (strcmp(name, "normal_quantile") == 0) {
		check(line, normal_quantile(a), 1e-13);
	} else if (strcmp(name, "normal_cdf") == 0) {
		check(line, normal_cdf(a), 1e-13);
	} else if (strcmp(name, "incomplete_beta") == 0) {
		b = number(line);
		c = number(line);
		check(line, incomplete_beta(a, b, c), 1e-11);
	} else if (strcmp(name, "t_cdf") == 0) {
		check(line, t_cdf(a, number(line)), 1e-9);
	} else {
		/* Near the middle the size of t is no measure. */
		b = t_quantile(a, number(line));
		check(line, fabs(b) < 1e-12 ? 0 : b, 1e-8);
	}
}

static void check_one_sample(struct line *line, const char *name)
{
	const bool is_p = strstr(name, "_p") != NULL;
	enum tail side = is_p ? tail(line) : TAIL_BOTH;
	double level = is_p ? 0 : number(line);
	struct estimate got;
	struct t_test test;
	struct list x;

	list(line, &x);
	test = t_test_paired(x.items, x.count);
	if (strcmp(name, "signed_rank_p") == 0) {
		check(line, signed_rank_p(x.items, x.count, side), 1e-9);
	} else if (strcmp(name, "paired_p") == 0) {
		check(line, t_test_p(&test, side), 1e-9);
	} else if (strcmp(name, "signed_rank") == 0) {
		got = signed_rank_estimate(x.items, x.count, level);
		check_estimate(line, &got, true);
	} else {
		got = t_test_estimate(&test, level);
		check_estimate(line, &got, false);
	}
}

static void check_two_samples(struct line *line, const char *name)
{
	const bool is_p = strstr(name, "_p") != NULL;
	enum tail side = is_p ? tail(line) : TAIL_BOTH;
	double level = is_p ? 0 : number(line);
	struct estimate got;
	struct list x, y;
	struct t_test test;

	list(line, &x);
	list(line, &y);
	test = t_test_welch(x.items, x.count, y.items, y.count);
	if (strcmp(name, "rank_sum_p") == 0) {
		check(line, rank_sum_p(x.items, x.count, y.items, y.count,
				       side), 1e-9);
	} else if (strcmp(name, "welch_p") == 0) {
		check(line, t_test_p(&test, side), 1e-9);
	} else if (strcmp(name, "rank_sum") == 0) {
		got = rank_sum_estimate(x.items, x.count, y.items, y.count,
					level);
		check_estimate(line, &got, true);
	} else {
		got = t_test_estimate(&test, level);
		check_estimate(line, &got, false);
	}
}

static void check_multiple(struct line *line)
{
	struct list p, expected;

	list(line, &p);
	benjamini_hochberg(p.items, p.items, p.count);
	list(line, &expected);
	for (size_t i = 0; i < p.count; i++)
		assert_true(fabs(p.items[i] - expected.items[i]) <= 1e-13);
}

/* The lines whose name is one of `names` (NULL-terminated), one by one. */
static void each_line(const char *const *names,
		      void (*check_line)(struct line *line, const char *name))
{
	FILE *file = fopen("tests/data/stat.txt", "re");
	struct line line = { .number = 0 };
	size_t checked = 0;

	assert_non_null(file);
	while (fgets(line.text, sizeof(line.text), file)) {
		const char *name = strtok_r(line.text, " ", &line.next);

		line.number++;
		for (const char *const *n = names; *n; n++) {
			if (strcmp(*n, name) != 0)
				continue;
			check_line(&line, name);
			checked++;
		}
	}
	fclose(file);
	assert_true(checked >= 4);
}

static void distributions_are_those_of_r(void **state)
{
	static const char *const names[] = {
		"normal_quantile", "normal_cdf", "t_quantile", "t_cdf",
		"incomplete_beta", NULL
	};

	each_line(names, check_distribution);
}

static void quantiles_and_spread_are_those_of_r(void **state)
{
	static const char *const names[] = {
		"quantile", "median", "mad", "variance", NULL
	};

	each_line(names, check_quantiles);
}

static void signed_ranks_are_those_of_r(void **state)
{
	static const char *const names[] = {
		"signed_rank", "signed_rank_p", NULL
	};

	each_line(names, check_one_sample);
}

static void rank_sums_are_those_of_r(void **state)
{
	static const char *const names[] = { "rank_sum", "rank_sum_p", NULL };

	each_line(names, check_two_samples);
}

static void paired_t_tests_are_those_of_r(void **state)
{
	static const char *const names[] = { "paired", "paired_p", NULL };

	each_line(names, check_one_sample);
}

static void welchs_t_tests_are_those_of_r(void **state)
{
	static const char *const names[] = { "welch", "welch_p", NULL };

	each_line(names, check_two_samples);
}

static void check_multiple_line(struct line *line, const char *name)
{
	check_multiple(line);
}

static void many_p_values_are_adjusted_as_r_does(void **state)
{
	static const char *const names[] = { "benjamini_hochberg", NULL };

	each_line(names, check_multiple_line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distributions_are_those_of_r),
		cmocka_unit_test(quantiles_and_spread_are_those_of_r),
		cmocka_unit_test(signed_ranks_are_those_of_r),
		cmocka_unit_test(rank_sums_are_those_of_r),
		cmocka_unit_test(paired_t_tests_are_those_of_r),
		cmocka_unit_test(welchs_t_tests_are_those_of_r),
		cmocka_unit_test(many_p_values_are_adjusted_as_r_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
