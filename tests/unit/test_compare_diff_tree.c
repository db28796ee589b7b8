/* SPDX-License-Identifier: MIT */
#include "profile_maker.h"

#include "base/strbuf.h"
#include "compare/diff_tree.h"

static struct profile *profile_of(const char *const *words,
				  const uint64_t *ms, size_t count)
{
	struct maker *maker = maker_simple();

	for (size_t i = 0; i < count; i++)
		maker_sample(maker, words[i], ms[i]);
	return maker_finish(maker);
}

/* The profile of one run: words, and so many milliseconds of each. */
#define PROFILE(words, ...) profile_of((const char *const[])words,	\
	(const uint64_t[]){ __VA_ARGS__ }, ARRAY_SIZE(((uint64_t[]){	\
		__VA_ARGS__ })))
#define WORDS(...) { __VA_ARGS__ }

static void tree_of(struct call_tree *tree, const struct profile *profile,
		    enum weight_clock clock, unsigned int flags)
{
	static const struct filter_spec everything = { .from_ns = 0 };
	struct error err = ERROR_INIT;
	struct filter filter;
	const struct weigh_request request = {
		.clock = clock, .filter = &filter,
		.by_state = clock != WEIGH_CPU,
	};
	struct weights weights;

	assert_int_equal(filter_init(&filter, &everything, profile, &err), 0);
	weights_init(&weights, profile, &request);
	call_tree_init(tree, profile, &weights, flags, NULL);
	weights_release(&weights);
	filter_release(&filter);
}

static void add_symbol(struct strbuf *out, const struct pairing *pairing,
		       uint32_t symbol)
{
	if (symbol == DIFF_ROOT)
		strbuf_add(out, "root");
	else if (symbol == DIFF_OTHER)
		strbuf_add(out, "other");
	else if (symbol < pairing->pairs.count)
		strbuf_add(out, pairing->pairs.items[symbol].name);
	else
		strbuf_addf(out, "<%s>",
			    thread_state_name(DIFF_REASON - symbol));
}

/* "mab 0+2": the path, and milliseconds of its own on both sides. */
static void spell(struct strbuf *out, const struct pairing *pairing,
		  const struct diff_tree *tree, uint32_t id)
{
	const struct diff_node *node = &tree->nodes.items[id];

	if (node->parent != ID_NONE && node->parent)
		spell(out, pairing, tree, node->parent);
	add_symbol(out, pairing, node->symbol);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All nodes with time of their own, sorted by path. */
static void assert_tree(const struct pairing *pairing,
			const struct diff_tree *tree, const char *expected)
{
	char **lines = mem_calloc(tree->nodes.count, sizeof(*lines));
	struct strbuf text = STRBUF_INIT;
	size_t count = 0;

	for (size_t i = 0; i < tree->nodes.count; i++) {
		const uint64_t *self = tree->nodes.items[i].self_ns;

		if (!self[0] && !self[1])
			continue;
		spell(&text, pairing, tree, i);
		strbuf_addf(&text, " %u+%u",
			    (unsigned int)(self[0] / 1000000),
			    (unsigned int)(self[1] / 1000000));
		lines[count++] = strbuf_take(&text);
	}
	qsort(lines, count, sizeof(*lines), by_text);
	for (size_t i = 0; i < count; i++) {
		strbuf_addf(&text, "%s%s", i ? ", " : "", lines[i]);
		free(lines[i]);
	}
	assert_string_equal(strbuf_text(&text), expected);
	strbuf_release(&text);
	free(lines);
}

struct both {
	struct profile *profiles[SIDE_COUNT];
	struct pairing pairing;
	struct diff_tree tree;
};

static void join(struct both *both, struct profile *base, struct profile *new,
		 enum weight_clock clock, unsigned int flags)
{
	struct call_tree trees[SIDE_COUNT];

	both->profiles[SIDE_BASE] = base;
	both->profiles[SIDE_NEW] = new;
	pairing_init(&both->pairing, base, new, NULL, 0);
	for (int side = 0; side < SIDE_COUNT; side++)
		tree_of(&trees[side], both->profiles[side], clock, flags);
	diff_tree_init(&both->tree, &both->pairing, &trees[SIDE_BASE],
		       &trees[SIDE_NEW]);
	for (int side = 0; side < SIDE_COUNT; side++)
		call_tree_release(&trees[side]);
}

static void release(struct both *both)
{
	diff_tree_release(&both->tree);
	pairing_release(&both->pairing);
	for (int side = 0; side < SIDE_COUNT; side++)
		profile_free(both->profiles[side]);
}

static void a_path_of_either_side_is_a_node(void **state)
{
	struct both both;

	/* Functions come in another order: ids are not the same. */
	join(&both, PROFILE(WORDS("mab", "mac", "mz"), 3, 2, 1),
	     PROFILE(WORDS("mn", "mac", "mab", "ma"), 7, 2, 5, 4),
	     WEIGH_CPU, 0);
	assert_tree(&both.pairing, &both.tree,
		    "ma 0+4, mab 3+5, mac 2+2, mn 0+7, mz 1+0");
	release(&both);
}

static void totals_of_both_sides_add_up(void **state)
{
	struct both both;
	const struct diff_node *nodes;

	join(&both, PROFILE(WORDS("mab", "mac"), 3, 2),
	     PROFILE(WORDS("mac", "md"), 7, 1), WEIGH_CPU, 0);
	nodes = both.tree.nodes.items;
	assert_int_equal(nodes[0].total_ns[SIDE_BASE], 5000000);
	assert_int_equal(nodes[0].total_ns[SIDE_NEW], 8000000);
	for (size_t i = 0; i < both.tree.nodes.count; i++) {
		for (int side = 0; side < SIDE_COUNT; side++) {
			uint64_t sum = nodes[i].self_ns[side];

			for (size_t j = i + 1; j < both.tree.nodes.count; j++)
				sum += nodes[j].parent == i ?
					nodes[j].total_ns[side] : 0;
			assert_int_equal(nodes[i].total_ns[side], sum);
		}
	}
	release(&both);
}

static void modules_tell_functions_of_one_name_apart(void **state)
{
	struct both both;

	/* Upper case letters are of another module. */
	join(&both, PROFILE(WORDS("mZ"), 3), PROFILE(WORDS("mz"), 4),
	     WEIGH_CPU, 0);
	assert_tree(&both.pairing, &both.tree, "mZ 3+0, mz 0+4");
	release(&both);
}

static struct profile *waiting(uint64_t ms, enum thread_state state)
{
	struct maker *maker = maker_simple();

	maker_sample(maker, "mw", 1);
	maker_sample_of(maker, 0, "mw", ms, state);
	return maker_finish(maker);
}

static void reasons_of_waits_are_nodes(void **state)
{
	struct both both;

	join(&both, waiting(3, STATE_FUTEX), waiting(5, STATE_DISK),
	     WEIGH_WALL, TREE_REASONS);
	assert_tree(&both.pairing, &both.tree,
		    "mw 1+1, mw<disk> 0+5, mw<futex> 3+0");
	release(&both);
}

static void an_empty_side_leaves_the_other(void **state)
{
	struct both both;

	join(&both, maker_finish(maker_simple()), PROFILE(WORDS("ma"), 4),
	     WEIGH_CPU, 0);
	assert_tree(&both.pairing, &both.tree, "ma 0+4");
	release(&both);
	join(&both, maker_finish(maker_simple()),
	     maker_finish(maker_simple()), WEIGH_CPU, 0);
	assert_int_equal(both.tree.nodes.count, 1);
	diff_tree_reduce(&both.tree, 0);
	assert_int_equal(both.tree.nodes.count, 1);
	release(&both);
}

static void what_is_light_on_both_sides_is_merged(void **state)
{
	struct both both;

	join(&both, PROFILE(WORDS("ma", "mbc", "mbd"), 30000, 1, 1),
	     PROFILE(WORDS("ma", "me", "mbc"), 30000, 500, 1), WEIGH_CPU, 0);
	diff_tree_reduce(&both.tree, 5);
	/* Not mb: merged below m; me is heavy on one side. */
	assert_tree(&both.pairing, &both.tree,
		    "ma 30000+30000, me 0+500, mother 2+1");
	assert_int_equal(both.tree.merged, 3);
	assert_int_equal(both.tree.nodes.items[0].total_ns[SIDE_BASE],
			 30002000000);
	release(&both);
}

static void enough_room_changes_nothing(void **state)
{
	struct both both;

	join(&both, PROFILE(WORDS("ma", "mbc"), 30000, 1),
	     PROFILE(WORDS("ma"), 30000), WEIGH_CPU, 0);
	diff_tree_reduce(&both.tree, 5);
	assert_int_equal(both.tree.merged, 0);
	assert_tree(&both.pairing, &both.tree,
		    "ma 30000+30000, mbc 1+0");
	release(&both);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_of_either_side_is_a_node),
		cmocka_unit_test(totals_of_both_sides_add_up),
		cmocka_unit_test(modules_tell_functions_of_one_name_apart),
		cmocka_unit_test(reasons_of_waits_are_nodes),
		cmocka_unit_test(an_empty_side_leaves_the_other),
		cmocka_unit_test(what_is_light_on_both_sides_is_merged),
		cmocka_unit_test(enough_room_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
