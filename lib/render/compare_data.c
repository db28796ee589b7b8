/* SPDX-License-Identifier: MIT */
#include "render/compare_data.h"

#include "base/json.h"
#include "base/path.h"
#include "compare/comparison_tree.h"
#include "render/compare_words.h"
#include "render/html_shell.h"

#include <math.h>

enum {
	MAX_NODES = 150000,
	MAX_ROWS = 5000		/* of functions, and of lines */
};

/* Pairs and modules that the page names, numbered anew from 0. */
struct page_names {
	const struct comparison *comparison;
	uint32_t *place;		/* by pair: number + 1; 0: not used */
	struct u32_vec pairs;		/* by number */
	struct intern modules;		/* paths */
	struct u8_vec kinds;		/* enum module_kind, by module */
};

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static uint32_t name_pair(struct page_names *names, uint32_t pair)
{
	if (!names->place[pair]) {
		u32_vec_push(&names->pairs, pair);
		names->place[pair] = names->pairs.count;
	}
	return names->place[pair] - 1;
}

/* The function that stands for a pair, and the profile that it is in. */
static const struct function *function_of(const struct comparison *comparison,
					  uint32_t pair,
					  const struct profile **profile)
{
	const struct pair *both = &comparison->pairing.pairs.items[pair];
	const int side = both->function[SIDE_NEW] == ID_NONE ? SIDE_BASE :
			 SIDE_NEW;

	*profile = comparison->sides[side].profile;
	return &(*profile)->functions.items[both->function[side]];
}

static json_t *change_json(const struct change *change)
{
	json_t *object = json_object();

	json_put(object, "base", number(change->base));
	json_put(object, "new", number(change->new));
	json_put(object, "delta", number(change->delta));
	json_put(object, "low", number(change->low));
	json_put(object, "high", number(change->high));
	json_put(object, "percent", number(change->percent));
	json_put(object, "lowPercent", number(change->low_percent));
	json_put(object, "highPercent", number(change->high_percent));
	json_put(object, "margin", number(change->margin_percent));
	json_put(object, "level", number(change->level));
	json_put(object, "by", json_text(judged_by_text(change->judged_by)));
	json_put(object, "verdict", json_text(verdict_name(change->verdict)));
	return object;
}

static json_t *metric_json(const struct metric_change *metric)
{
	json_t *object = json_object();

	json_put(object, "text", json_text(metric->text));
	json_put(object, "region", json_text(metric->region));
	json_put(object, "unit", json_text(metric_unit_name(metric->unit)));
	json_put(object, "counter", json_boolean(metric->is_counter));
	json_put(object, "plain", json_boolean(metric->from_plain_runs));
	json_put(object, "decides", json_boolean(metric->decides));
	json_put(object, "says", json_text(verdict_text(
			 metric->change.verdict, metric->unit)));
	json_put(object, "change", change_json(&metric->change));
	return object;
}

static json_t *metrics_json(const struct comparison *comparison)
{
	json_t *array = json_array();

	for (size_t i = 0; i < comparison->metrics.count; i++)
		json_push(array, metric_json(&comparison->metrics.items[i]));
	return array;
}

static json_t *row_json(struct page_names *names,
			const struct code_change *row)
{
	struct strbuf flags = STRBUF_INIT;
	json_t *object = json_object();

	words_add_flags(&flags, row, strbuf_add);
	json_put(object, "fn", row->pair == ID_NONE ? json_null() :
		 json_count(name_pair(names, row->pair)));
	json_put(object, "name", json_text(row->name));
	json_put(object, "module", json_text(row->module));
	json_put(object, "file", json_text(row->file));
	json_put(object, "line", json_count(row->line));
	json_put(object, "flags", json_text(strbuf_text(&flags)));
	if (row->waits_for)
		json_put(object, "waitsFor", json_text(row->waits_for));
	json_put(object, "change", change_json(&row->self));
	json_put(object, "totals", json_pack("[f,f]", row->base_total_ns,
					     row->new_total_ns));
	json_put(object, "q", number(row->q));
	strbuf_release(&flags);
	return object;
}

/* Rows, the largest change first, and how much they explain together. */
static json_t *code_json(struct page_names *names,
			 const struct code_changes *code)
{
	json_t *object = json_object();
	json_t *rows = json_array();

	for (size_t i = 0; i < code->rows.count && i < MAX_ROWS; i++)
		json_push(rows, row_json(names, &code->rows.items[i]));
	json_put(object, "count", json_count(code->rows.count));
	json_put(object, "total", number(code->total_ns));
	json_put(object, "changed", number(code->changed_ns));
	json_put(object, "unchanged", number(code->unchanged_ns));
	json_put(object, "outside", number(code->outside_ns));
	json_put(object, "certain", json_count(code->changed));
	json_put(object, "rows", rows);
	return object;
}

static json_t *side_json(const struct comparison_side *side)
{
	json_t *object = json_object();
	json_t *files = json_array();
	json_t *labels = json_array();

	for (size_t i = 0; i < side->file_count && i < 100; i++)
		json_push(files, json_text(side->files[i]));
	for (size_t i = 0; i < side->label_count; i++) {
		json_t *pair = json_array();

		json_push(pair, json_text(side->labels[i].key));
		json_push(pair, json_text(side->labels[i].value));
		json_push(labels, pair);
	}
	json_put(object, "name", json_text(side->name));
	json_put(object, "version", json_text(side->version));
	json_put(object, "command", json_text(side->command));
	json_put(object, "host", json_text(side->host));
	json_put(object, "cpu", json_text(side->cpu_model));
	json_put(object, "files", files);
	json_put(object, "fileCount", json_count(side->file_count));
	json_put(object, "labels", labels);
	json_put(object, "start", number(side->start_realtime_ns / 1e6));
	json_put(object, "profiled", json_count(side->profiled_runs));
	json_put(object, "plain", json_count(side->plain_runs));
	json_put(object, "samples", json_count(side->samples));
	return object;
}

static json_t *sides_json(const struct comparison *comparison)
{
	json_t *array = json_array();

	for (int side = 0; side < SIDE_COUNT; side++)
		json_push(array, side_json(&comparison->sides[side]));
	return array;
}

static json_t *texts_json(const struct text_vec *texts)
{
	json_t *array = json_array();

	for (size_t i = 0; i < texts->count; i++)
		json_push(array, json_text(texts->items[i]));
	return array;
}

static json_t *notices_json(const struct comparison *comparison)
{
	json_t *array = json_array();

	for (size_t i = 0; i < comparison->notices.count; i++) {
		const struct notice *notice = &comparison->notices.items[i];
		json_t *pair = json_array();

		json_push(pair, json_boolean(notice->kind == NOTICE_REFUSAL));
		json_push(pair, json_text(notice->text));
		json_push(array, pair);
	}
	return array;
}

static void put_head(struct strbuf *out, const struct comparison *comparison)
{
	struct strbuf text = STRBUF_INIT;

	html_member(out, "schema", json_text("cprof.difference/1"));
	words_add_headline(&text, comparison, strbuf_add);
	html_member(out, "headline", json_text(strbuf_text(&text)));
	strbuf_clear(&text);
	words_add_runs(&text, comparison);
	html_member(out, "runs", json_text(strbuf_text(&text)));
	strbuf_release(&text);
	html_member(out, "sides", sides_json(comparison));
	html_member(out, "verdict",
		    json_text(verdict_name(comparison->verdict)));
	html_member(out, "outcome",
		    json_text(outcome_name(comparison->outcome)));
	html_member(out, "recommendation", json_text(
		    recommendation_name(comparison->recommendation)));
	html_member(out, "refused", json_boolean(comparison->refused));
	html_member(out, "forced", json_boolean(comparison->forced));
	html_member(out, "agrees",
		    json_boolean(comparison->explanation_agrees));
	html_member(out, "threshold", number(comparison->threshold_percent));
	html_member(out, "noise", number(comparison->noise_percent));
	html_member(out, "notices", notices_json(comparison));
	html_member(out, "reasons", texts_json(&comparison->reasons));
	html_member(out, "advice", texts_json(&comparison->advice));
	html_member(out, "metrics", metrics_json(comparison));
}

/*
 * 0: the root, 1: the rest of its caller, then the pairs by number; below 0
 * the states of threads: -1 is the first.
 */
static int64_t symbol_number(struct page_names *names, uint32_t symbol)
{
	if (symbol == DIFF_ROOT)
		return 0;
	if (symbol == DIFF_OTHER)
		return 1;
	if (symbol > KEY_ID_MASK)
		return -1 - (int64_t)(DIFF_REASON - symbol);
	return name_pair(names, symbol) + INT64_C(2);
}

/* The columns of a tree in the page. */
static const struct tree_columns {
	enum weight_clock clock;
	const char *up, *function, *sides[SIDE_COUNT], *merged;
} trees[] = {
	{ WEIGH_CPU, "nodeUp", "nodeFn",
	  { "nodeBase", "nodeNew" }, "merged" },
	{ WEIGH_WALL, "wallUp", "wallFn",
	  { "wallBase", "wallNew" }, "wallMerged" },
};

static void put_nodes(struct strbuf *out, struct page_names *names,
		      const struct diff_tree *tree,
		      const struct tree_columns *columns)
{
	const struct diff_node *nodes = tree->nodes.items;

	/* How far back the parent is: small numbers, that pack well. */
	html_column_begin(out, columns->up);
	for (size_t i = 0; i < tree->nodes.count; i++)
		html_column_add(out, i, i ? i - nodes[i].parent : 0);
	html_column_end(out);
	html_column_begin(out, columns->function);
	for (size_t i = 0; i < tree->nodes.count; i++)
		html_column_add(out, i, symbol_number(names,
						      nodes[i].symbol));
	html_column_end(out);
	for (int side = 0; side < SIDE_COUNT; side++) {
		html_column_begin(out, columns->sides[side]);
		for (size_t i = 0; i < tree->nodes.count; i++)
			html_column_add(out, i, llround(comparison_per_run(
				names->comparison, side,
				nodes[i].self_ns[side])));
		html_column_end(out);
	}
	html_member(out, columns->merged, json_count(tree->merged));
}

/* By CPU time, and by wall time: what a program waits for as well. */
static void put_trees(struct strbuf *out, struct page_names *names)
{
	json_t *states = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		struct diff_tree tree;

		comparison_tree_init(&tree, names->comparison, trees[i].clock,
				     TREE_SKIP_START | TREE_FOLD_SELF);
		diff_tree_reduce(&tree, MAX_NODES);
		put_nodes(out, names, &tree, &trees[i]);
		diff_tree_release(&tree);
	}
	for (unsigned int i = 0; i < STATE_COUNT; i++)
		json_push(states, json_text(thread_state_text(i)));
	html_member(out, "states", states);
	html_member(out, "clock", json_text(weight_clock_name(
			 comparison_clock(names->comparison))));
}

static uint32_t name_module(struct page_names *names,
			    const struct profile *profile, uint32_t id)
{
	const struct profile_module *module = &profile->modules.items[id];
	bool is_new;
	const uint32_t number = intern_string(&names->modules,
					      module->module.path, &is_new);

	if (is_new)
		u8_vec_push(&names->kinds, module->module.kind);
	return number;
}

static void put_functions(struct strbuf *out, struct page_names *names)
{
	const struct comparison *comparison = names->comparison;
	json_t *text = json_array();
	json_t *files = json_array();
	json_t *modules = json_array();
	json_t *lines = json_array();

	for (size_t i = 0; i < names->pairs.count; i++) {
		const uint32_t pair = names->pairs.items[i];
		const struct profile *profile;
		const struct function *function = function_of(comparison,
							      pair, &profile);
		struct strbuf name = STRBUF_INIT;

		comparison_add_symbol(&name, comparison, pair);
		json_push(text, json_text(strbuf_text(&name)));
		json_push(files, json_text(function->file));
		json_push(lines, json_count(function->line));
		json_push(modules, json_count(name_module(names, profile,
							  function->module)));
		strbuf_release(&name);
	}
	html_member(out, "fnName", text);
	html_member(out, "fnFile", files);
	html_member(out, "fnLine", lines);
	html_member(out, "fnModule", modules);
}

static json_t *modules_json(const struct page_names *names)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < names->modules.count; i++) {
		const char *path = intern_get(&names->modules, i, NULL);
		json_t *row = json_array();

		json_push(row, json_text(path_base(path)));
		json_push(row, json_text(path));
		json_push(row, json_count(names->kinds.items[i]));
		json_push(array, row);
	}
	return array;
}

void compare_data(struct strbuf *out, const struct comparison *comparison)
{
	struct page_names names = {
		.comparison = comparison,
		.place = mem_calloc(comparison->pairing.pairs.count + 1,
				    sizeof(uint32_t)),
		.modules = INTERN_INIT,
	};

	strbuf_add_char(out, '{');
	put_head(out, comparison);
	html_member(out, "functions", code_json(&names,
						&comparison->functions));
	html_member(out, "lines", code_json(&names, &comparison->lines));
	html_member(out, "waits", code_json(&names, &comparison->waits));
	html_member(out, "codeModules", code_json(&names,
						  &comparison->modules));
	put_trees(out, &names);
	put_functions(out, &names);
	html_member(out, "modules", modules_json(&names));
	strbuf_add(out, "}\n");
	free(names.place);
	u32_vec_release(&names.pairs);
	u8_vec_release(&names.kinds);
	intern_release(&names.modules);
}
