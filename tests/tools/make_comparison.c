/* SPDX-License-Identifier: MIT */
/*
 * usage: make_comparison KIND FORMAT [BASE.prof NEW.prof]
 *
 * Print a comparison of known content as `cprof compare -f FORMAT` would,
 * for tests of what reads it.  KIND: slower, uncertain, refused; payload-N,
 * in which the N-th name that is out to harm stands everywhere; payloads,
 * with a function, a region and more for each of them; profiles, the two
 * that are named, where a function that moved by 2 % of a run is judged.
 */
#include "compare/comparison_tree.h"
#include "profile/load.h"
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

/* What stands behind a comparison of two files. */
struct both_files {
	struct profile *profiles[SIDE_COUNT];
	struct filter filters[SIDE_COUNT];
};

static int load_side(struct comparison *comparison, struct both_files *files,
		     int side, const char *path, struct error *err)
{
	static const struct filter_spec everything = { .from_ns = 0 };
	const struct profile_load load = { .salvage = false };
	struct comparison_side *to = &comparison->sides[side];

	if (profile_load(&files->profiles[side], &path, 1, &load, err) ||
	    filter_init(&files->filters[side], &everything,
			files->profiles[side], err))
		return -1;
	to->profile = files->profiles[side];
	to->filter = &files->filters[side];
	to->profiled_runs = 0;
	for (size_t i = 0; i < to->profile->runs.count; i++)
		to->profiled_runs += to->profile->runs.items[i].begin.kind ==
				     RUN_PROFILED;
	return 0;
}

/* Own time of all pairs, on one side. */
static double *pair_times(const struct comparison *comparison,
			  const struct diff_tree *tree, int side)
{
	const size_t count = comparison->pairing.pairs.count;
	double *ns = mem_calloc(count + 1, sizeof(*ns));

	for (size_t i = 1; i < tree->nodes.count; i++) {
		const struct diff_node *node = &tree->nodes.items[i];

		if (node->symbol < count)
			ns[node->symbol] += comparison_per_run(comparison,
				side, node->self_ns[side]);
	}
	return ns;
}

static enum verdict verdict_of(double delta, double all)
{
	if (fabs(delta) < all * 0.02)
		return VERDICT_SAME;
	return delta > 0 ? VERDICT_SLOWER : VERDICT_FASTER;
}

static void add_pair(struct comparison *comparison, uint32_t id, double base,
		     double new, double all)
{
	const struct pair *pair = &comparison->pairing.pairs.items[id];
	const double delta = new - base;
	struct change change = made_change(base, 0, verdict_of(delta, all));
	struct code_change *row;

	change.new = new;
	change.delta = delta;
	change.low = delta - fabs(delta) / 5 - all / 200;
	change.high = delta + fabs(delta) / 5 + all / 200;
	change.percent = base > 0 ? 100 * delta / base : (double)NAN;
	row = made_function(&comparison->functions, pair->name, NULL, 0,
			    change);
	row->pair = id;
	row->module = pair->module;
	row->flags = base == 0 ? CODE_NEW : new == 0 ? CODE_GONE : 0;
}

static int by_size(const void *a, const void *b)
{
	const double x = fabs(((const struct code_change *)a)->self.delta);
	const double y = fabs(((const struct code_change *)b)->self.delta);

	return x < y ? 1 : x > y ? -1 : 0;
}

static void add_pairs(struct comparison *comparison)
{
	struct code_change_vec *rows = &comparison->functions.rows;
	struct diff_tree tree;
	double *base, *new;
	double all;

	comparison_tree_init(&tree, comparison, WEIGH_CPU, 0);
	all = comparison_per_run(comparison, SIDE_BASE,
				 tree.nodes.items[0].total_ns[SIDE_BASE]);
	base = pair_times(comparison, &tree, SIDE_BASE);
	new = pair_times(comparison, &tree, SIDE_NEW);
	for (size_t i = 0; i < comparison->pairing.pairs.count; i++) {
		if (base[i] > 0 || new[i] > 0)
			add_pair(comparison, i, base[i], new[i], all);
	}
	if (rows->count)
		qsort(rows->items, rows->count, sizeof(*rows->items),
		      by_size);
	free(base);
	free(new);
	diff_tree_release(&tree);
}

static int make_of_files(struct comparison *comparison,
			 struct both_files *files, char **paths,
			 struct error *err)
{
	*comparison = made_slower();
	code_change_vec_release(&comparison->functions.rows);
	comparison->functions = (struct code_changes){
		.by = ROWS_BY_FUNCTION };
	for (int side = 0; side < SIDE_COUNT; side++) {
		if (load_side(comparison, files, side, paths[side], err))
			return -1;
	}
	pairing_init(&comparison->pairing, files->profiles[SIDE_BASE],
		     files->profiles[SIDE_NEW], NULL, 0);
	add_pairs(comparison);
	return 0;
}

static void release_files(struct both_files *files)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		if (files->profiles[side])
			filter_release(&files->filters[side]);
		profile_free(files->profiles[side]);
	}
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

static int write_form(const struct comparison *comparison, const char *name,
		      struct error *err)
{
	const struct compare_look look = {
		.text = { .width = 100, .utf8 = true }
	};
	const struct compare_format *format = compare_format_find(name);
	struct strbuf out = STRBUF_INIT;

	if (!format)
		return error_set(err, ERROR_USAGE, "no form '%s'", name);
	if (format->write(&out, comparison, &look, err))
		return -1;
	fwrite(strbuf_text(&out), 1, out.len, stdout);
	strbuf_release(&out);
	return fflush(stdout);
}

int main(int argc, char **argv)
{
	struct both_files files = { .profiles = { NULL } };
	struct comparison comparison = COMPARISON_INIT;
	struct arena names = ARENA_INIT;
	struct error err = ERROR_INIT;
	int ret = -1;

	if (argc == 5 && strcmp(argv[1], "profiles") == 0)
		ret = make_of_files(&comparison, &files, argv + 3, &err);
	else if (argc == 3)
		ret = make(&comparison, argv[1], &names);
	if (ret && err.kind == ERROR_NONE)
		error_set(&err, ERROR_USAGE,
			  "KIND FORMAT [BASE.prof NEW.prof]");
	if (!ret)
		ret = write_form(&comparison, argv[2], &err);
	if (ret)
		fprintf(stderr, "make_comparison: %s\n", err.text);
	comparison_release(&comparison);
	release_files(&files);
	arena_release(&names);
	return ret ? 2 : 0;
}
