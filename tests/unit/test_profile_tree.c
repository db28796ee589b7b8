/* SPDX-License-Identifier: MIT */
#include "profile_maker.h"

#include "base/strbuf.h"
#include "profile/call_tree.h"
#include "profile/overview.h"

static void weigh(struct weights *weights, const struct profile *profile,
		  enum weight_clock clock, const uint32_t *groups)
{
	static const struct filter_spec everything = { .from_ns = 0 };
	struct error err = ERROR_INIT;
	struct filter filter;
	const struct weigh_request request = {
		.clock = clock, .filter = &filter,
		.group_of_thread = groups, .by_state = clock != WEIGH_CPU,
	};

	assert_int_equal(filter_init(&filter, &everything, profile, &err), 0);
	weights_init(weights, profile, &request);
	filter_release(&filter);
}

static void tree_of(struct call_tree *tree, const struct profile *profile,
		    enum weight_clock clock, unsigned int flags)
{
	struct weights weights;

	weigh(&weights, profile, clock, NULL);
	call_tree_init(tree, profile, &weights, flags, NULL);
	call_tree_sort(tree);
	weights_release(&weights);
}

static void add_name(struct strbuf *out, const struct profile *profile,
		     const struct call_node *node)
{
	const uint32_t id = KEY_ID(node->key);

	switch (KEY_KIND(node->key)) {
	case KEY_CODE:
		strbuf_add(out, profile->functions.items[id].name);
		break;
	case KEY_GROUP:
		strbuf_addf(out, "group%u", id);
		break;
	case KEY_REASON:
		strbuf_addf(out, "<%s>", thread_state_name(id));
		break;
	default:
		strbuf_add(out, "root");
		break;
	}
}

/* "m:0/7(a:3/4(b:1/1) c:3/3)": name:self/total, times in ms. */
static void spell(struct strbuf *out, const struct profile *profile,
		  const struct call_tree *tree, uint32_t id)
{
	const struct call_node *node = &tree->nodes.items[id];

	add_name(out, profile, node);
	strbuf_addf(out, ":%u/%u%s", (unsigned int)(node->self_ns / 1000000),
		    (unsigned int)(node->total_ns / 1000000),
		    node->recursive ? "*" : "");
	if (node->first_child == ID_NONE)
		return;
	strbuf_add(out, "(");
	for (uint32_t child = node->first_child; child != ID_NONE;
	     child = tree->nodes.items[child].next_sibling) {
		if (child != node->first_child)
			strbuf_add(out, " ");
		spell(out, profile, tree, child);
	}
	strbuf_add(out, ")");
}

static void assert_tree(const struct profile *profile,
			const struct call_tree *tree, const char *expected)
{
	struct strbuf text = STRBUF_INIT;

	spell(&text, profile, tree, 0);
	assert_string_equal(strbuf_text(&text), expected);
	strbuf_release(&text);
}

static void paths_merge_and_the_heaviest_comes_first(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct call_tree tree;

	maker_sample(maker, "mab", 1);
	maker_sample(maker, "mc", 5);
	maker_sample(maker, "ma", 3);
	maker_sample(maker, "mab", 1);
	profile = maker_finish(maker);
	tree_of(&tree, profile, WEIGH_CPU, 0);
	assert_tree(profile, &tree,
		    "root:0/10(m:0/10(a:3/5(b:2/2) c:5/5))");
	call_tree_release(&tree);
	profile_free(profile);
}

static void cycles_are_folded_only_when_asked(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct call_tree tree;

	maker_sample(maker, "mfgfgh", 4);
	maker_sample(maker, "mffh", 2);
	maker_sample(maker, "mfg", 1);
	profile = maker_finish(maker);

	tree_of(&tree, profile, WEIGH_CPU, 0);
	assert_tree(profile, &tree, "root:0/7(m:0/7(f:0/7(g:1/5(f:0/4(g:0/4("
		    "h:4/4))) f:0/2(h:2/2))))");
	call_tree_release(&tree);

	tree_of(&tree, profile, WEIGH_CPU, TREE_FOLD_SELF);
	assert_tree(profile, &tree, "root:0/7(m:0/7(f:0/7*(g:1/5(f:0/4(g:0/4("
		    "h:4/4))) h:2/2)))");
	call_tree_release(&tree);

	tree_of(&tree, profile, WEIGH_CPU, TREE_FOLD_CYCLES);
	assert_tree(profile, &tree,
		    "root:0/7(m:0/7(f:0/7*(g:1/5(h:4/4) h:2/2)))");
	call_tree_release(&tree);
	profile_free(profile);
}

/* An interpreter's loop, l, calls itself for each of 1, 2 and 2. */
static void an_interpreter_that_calls_itself_is_no_cycle(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct call_tree tree;

	maker_jit(maker);
	maker_sample(maker, "ml1l2l", 1);
	maker_sample(maker, "ml1l2l2h", 2);
	maker_sample(maker, "ml1l2lgl", 3);
	profile = maker_finish(maker);
	tree_of(&tree, profile, WEIGH_CPU, TREE_FOLD_CYCLES);
	assert_tree(profile, &tree, "root:0/6(m:0/6(l:0/6(1:0/6(l:0/6(2:0/6*("
		    "l:4/4*(g:0/0) h:2/2))))))");
	call_tree_release(&tree);
	profile_free(profile);
}

static void start_code_is_skipped_but_not_lost(void **state)
{
	static const struct source_location names[] = {
		{ .function = "_start" }, { .function = "start_thread" },
	};
	struct maker *maker = maker_simple();
	struct symbol symbol = { .chain = &names[0], .count = 1 };
	struct profile *profile;
	struct call_tree tree;

	symbol.frame = maker_frame(maker, 's');
	maker->sink->ops->symbol(maker->sink, &symbol);
	symbol.frame = maker_frame(maker, 't');
	symbol.chain = &names[1];
	maker->sink->ops->symbol(maker->sink, &symbol);
	maker_sample(maker, "sma", 3);
	maker_sample(maker, "tsw", 2);
	maker_sample(maker, "s", 1);
	maker_sample(maker, "sms", 1);	/* not at the start: stays */
	profile = maker_finish(maker);
	tree_of(&tree, profile, WEIGH_CPU, TREE_SKIP_START);
	assert_tree(profile, &tree, "root:0/7(m:0/4(a:3/3 _start:1/1) w:2/2 "
		    "_start:1/1)");
	call_tree_release(&tree);
	profile_free(profile);
}

static void waits_are_leaves_with_a_reason(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct call_tree tree;

	maker_sample(maker, "mw", 1);
	maker_sample_of(maker, 0, "mw", 3, STATE_POLL);
	maker_sample_of(maker, 0, "mw", 2, STATE_RUNNABLE);
	profile = maker_finish(maker);
	tree_of(&tree, profile, WEIGH_WALL, TREE_REASONS);
	assert_tree(profile, &tree, "root:0/6(m:0/6(w:1/6(<poll>:3/3 "
		    "<runnable>:2/2)))");
	call_tree_release(&tree);
	tree_of(&tree, profile, WEIGH_OFF_CPU, TREE_REASONS);
	assert_tree(profile, &tree, "root:0/5(m:0/5(w:0/5(<poll>:3/3 "
		    "<runnable>:2/2)))");
	call_tree_release(&tree);
	profile_free(profile);
}

static void groups_are_the_first_level(void **state)
{
	static const uint32_t groups[] = { 0, 1 };
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct weights weights;
	struct call_tree tree;

	maker_thread(maker, 0, "other", 11);
	maker_sample_of(maker, 0, "ma", 3, STATE_RUNNING);
	maker_sample_of(maker, 1, "ma", 2, STATE_RUNNING);
	maker_sample_of(maker, 1, "m", 2, STATE_RUNNING);
	profile = maker_finish(maker);
	weigh(&weights, profile, WEIGH_CPU, groups);
	call_tree_init(&tree, profile, &weights, TREE_GROUPS, NULL);
	call_tree_sort(&tree);
	assert_tree(profile, &tree, "root:0/7(group1:0/4(m:2/4(a:2/2)) "
		    "group0:0/3(m:0/3(a:3/3)))");
	weights_release(&weights);
	call_tree_release(&tree);
	profile_free(profile);
}

static uint8_t *members(const struct profile *profile, const char *name)
{
	uint8_t *set = mem_alloc(profile->functions.count);

	for (size_t i = 0; i < profile->functions.count; i++)
		set[i] = strcmp(profile->functions.items[i].name, name) == 0;
	return set;
}

static void inverted_trees_start_with_what_is_hot(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct call_tree tree, inverted;
	struct key_set keys;
	uint8_t *set;

	maker_sample(maker, "max", 3);
	maker_sample(maker, "mbx", 2);
	maker_sample(maker, "mx", 1);
	maker_sample(maker, "mbxy", 4);
	profile = maker_finish(maker);
	tree_of(&tree, profile, WEIGH_CPU, 0);

	call_tree_invert(&inverted, &tree);
	call_tree_sort(&inverted);
	assert_tree(profile, &inverted, "root:0/10(x:6/6(a:0/3(m:0/3) b:0/2("
		    "m:0/2) m:0/1) y:4/4(x:0/4(b:0/4(m:0/4))))");
	call_tree_release(&inverted);

	set = members(profile, "x");
	keys = (struct key_set){ set, profile->functions.count };
	call_tree_callers(&inverted, &tree, &keys);
	call_tree_sort(&inverted);
	assert_tree(profile, &inverted, "root:0/10(x:0/10(b:0/6(m:0/6) a:0/3("
		    "m:0/3) m:0/1))");
	call_tree_release(&inverted);

	call_tree_callees(&inverted, &tree, &keys);
	assert_tree(profile, &inverted, "root:0/10(x:6/10(y:4/4))");
	call_tree_release(&inverted);
	free(set);
	call_tree_release(&tree);
	profile_free(profile);
}

static void callees_of_a_recursive_function_count_once(void **state)
{
	struct maker *maker = maker_simple();
	struct profile *profile;
	struct call_tree tree, below;
	struct key_set keys;
	uint8_t *set;

	maker_sample(maker, "mfgfh", 3);
	maker_sample(maker, "nfh", 2);
	profile = maker_finish(maker);
	tree_of(&tree, profile, WEIGH_CPU, 0);
	set = members(profile, "f");
	keys = (struct key_set){ set, profile->functions.count };
	call_tree_callees(&below, &tree, &keys);
	call_tree_sort(&below);
	assert_tree(profile, &below,
		    "root:0/5(f:0/5(g:0/3(f:0/3(h:3/3)) h:2/2))");
	call_tree_release(&below);
	call_tree_callers(&below, &tree, &keys);
	call_tree_sort(&below);
	assert_tree(profile, &below, "root:0/5(f:0/5(m:0/3 n:0/2))");
	call_tree_release(&below);
	free(set);
	call_tree_release(&tree);
	profile_free(profile);
}

/* What is doubtful of three threads with short bursts, and one without. */
static void overview_of_bursts(struct overview *overview,
			       const struct run_end *end)
{
	struct maker *maker = maker_simple();
	const struct thread_end ends[] = {
		/* bursts of 100 us, of 10 ms, and of 10 us */
		{ .thread = 0, .cpu_ns = 1000000, .yields = 10, .name = "" },
		{ .thread = 1, .cpu_ns = 50000000, .yields = 5, .name = "" },
		{ .thread = 2, .cpu_ns = 400000, .yields = 40, .name = "" },
		/* Of 400 us, and it waited for a CPU for as long. */
		{ .thread = 3, .cpu_ns = 4000000, .yields = 10,
		  .runqueue_ns = 4000000, .name = "" },
	};
	struct profile *profile;

	maker_thread(maker, 0, "long", 11);
	maker_thread(maker, 0, "tiny", 12);
	maker_thread(maker, 0, "late", 13);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		maker->sink->ops->thread_end(maker->sink, &ends[i]);
	maker->sink->ops->run_end(maker->sink, end);
	profile = maker_finish(maker);
	overview_init(overview, profile);
	overview_release(overview);
	profile_free(profile);
}

static void a_sleep_that_nobody_sees_is_doubtful_per_burst(void **state)
{
	const struct run_end end = {
		.end_ns = 1000000000, .skid_ns = 90000, .sleep_cost_ns = 15000,
	};
	struct overview overview;

	overview_of_bursts(&overview, &end);
	assert_int_equal(overview.short_ns, 5400000);
	assert_int_equal(overview.burst_ns, 90000);
	assert_int_equal(overview.doubtful_ns, 150000 + 400000 + 150000);
}

static void stops_that_find_bursts_over_are_doubtful(void **state)
{
	const struct run_end end = {
		.end_ns = 1000000000, .user_ns = 50000000, .system_ns = 6000000,
		.skid_ns = 90000, .sleep_cost_ns = 15000,
		.cpu_stops = 60, .late_stops = 10,
	};
	struct overview overview;

	overview_of_bursts(&overview, &end);
	assert_int_equal(overview.doubtful_ns, 700000 + 8000000);
}

static void the_skid_is_doubtful_where_late_stops_were_not_counted(
	void **state)
{
	const struct run_end end = { .end_ns = 1000000000, .skid_ns = 30000 };
	struct overview overview;

	overview_of_bursts(&overview, &end);
	assert_int_equal(overview.short_ns, 5400000);
	assert_int_equal(overview.doubtful_ns, 300000 + 400000 + 600000);
}

/* A thread of 100 us a burst, of 3 ms, of which no sample saw 1 ms. */
static void what_nobody_saw_is_chance_and_no_doubt(void **state)
{
	const struct frame nobody = {
		.module = 0, .address = SPECIAL_BETWEEN_SAMPLES,
	};
	struct maker *maker = maker_simple();
	struct stack stack = { .parent = ID_NONE, .frame = maker->frames++ };
	struct overview overview;
	struct profile *profile;

	maker->sink->ops->frame(maker->sink, &nobody);
	maker->sink->ops->stack(maker->sink, &stack);
	snprintf(maker->words[maker->stacks++], 32, "N");
	maker_sample(maker, "N", 1);
	maker_sample(maker, "ma", 1);
	maker_sample(maker, "ma", 1);
	maker->sink->ops->thread_end(maker->sink, &(struct thread_end){
		.thread = 0, .cpu_ns = 3000000, .yields = 30, .name = "" });
	maker->sink->ops->run_end(maker->sink, &(struct run_end){
		.end_ns = 1000000000, .skid_ns = 30000 });
	profile = maker_finish(maker);
	overview_init(&overview, profile);
	assert_int_equal(overview.between_ns, 1000000);
	assert_int_equal(overview.doubtful_ns, 600000);
	assert_int_equal(overview.cpu_samples, 2);
	assert_float_equal(overview.cpu_effective, 3, 1e-6);
	overview_release(&overview);
	profile_free(profile);
}

/* Points that are doubtful where so many of 1,000 stops were in calls. */
static double points_with(uint64_t call_stops, uint64_t system_ns)
{
	struct maker *maker = maker_simple();
	struct overview overview;
	struct profile *profile;
	double points;

	maker->sink->ops->run_end(maker->sink, &(struct run_end){
		.end_ns = UINT64_C(11000000000),
		.user_ns = UINT64_C(10000000000) - system_ns,
		.system_ns = system_ns, .cpu_stops = 1000,
		.call_stops = call_stops });
	profile = maker_finish(maker);
	overview_init(&overview, profile);
	points = overview.call_doubt_ns / 1e8;
	overview_release(&overview);
	profile_free(profile);
	return points;
}

static void calls_beyond_the_kernels_time_are_doubtful(void **state)
{
	double points;

	/* A tenth of the time in calls, and the kernel says so, or more. */
	assert_true(points_with(100, 1000000000) == 0);
	assert_true(points_with(100, 3000000000) == 0);
	/* Chance would do. */
	assert_true(points_with(20, 100000000) == 0);
	/* A tenth, where it says one percent. */
	points = points_with(100, 100000000);
	assert_true(points > 9 && points <= 10);
	assert_true(points_with(0, 0) == 0);
}

/* One of three looks was moved out of a call, as the account says. */
static double chance_with(uint8_t flags, uint64_t call_stops, uint64_t cpu_ns,
			  uint64_t system_ns)
{
	struct maker *maker = maker_simple();
	struct overview overview;
	struct profile *profile;
	double points;

	maker_sample(maker, "ma", 1);
	maker->sink->ops->window(maker->sink, &(struct thread_window){
		.thread = 0, .start_ns = 10000000, .cpu_ns = 2000000,
		.intervals = (const struct interval[]){
			{ .wall_ns = 1000000, .stack = 0,
			  .state = STATE_RUNNING, .flags = flags },
			{ .wall_ns = 1000000, .stack = 0,
			  .state = STATE_RUNNING } },
		.count = 2 });
	maker->sink->ops->run_end(maker->sink, &(struct run_end){
		.end_ns = UINT64_C(11000000000),
		.user_ns = cpu_ns - system_ns, .system_ns = system_ns,
		.cpu_stops = 3, .call_stops = call_stops });
	profile = maker_finish(maker);
	overview_init(&overview, profile);
	points = overview.call_chance;
	overview_release(&overview);
	profile_free(profile);
	return points;
}

static void ticks_are_chance_where_looks_follow_them(void **state)
{
	const uint64_t second_ns = UINT64_C(1000000000);
	double points;

	assert_true(chance_with(0, 0, 4 * second_ns, second_ns) == 0);
	/* 2 * sqrt(1/4 * 3/4 / 400) */
	points = chance_with(SAMPLE_MOVED, 0, 4 * second_ns, second_ns);
	assert_true(points > 4 && points < 5);
	points = chance_with(SAMPLE_MOVED, 0, 100 * second_ns, 25 * second_ns);
	assert_true(points > 0.8 && points < 1);
	/* None was moved, but more might have been. */
	assert_true(chance_with(0, 1, 4 * second_ns, second_ns) > 4);
	/* No more than all that may be in calls. */
	points = chance_with(SAMPLE_MOVED, 0, 1000, 500);
	assert_float_equal(points, 100.0 / 3, 1e-6);
}

static void shares_may_be_off_by_chance_and_doubt(void **state)
{
	struct overview overview = {
		.cpu_effective = 9604, .cpu_weight_ns = 1000,
	};

	assert_float_equal(overview_points_off(&overview), 1, 1e-6);
	overview.doubtful_ns = 30;
	overview.call_doubt_ns = 20;
	assert_float_equal(overview_points_doubtful(&overview), 5, 1e-6);
	assert_float_equal(overview_points_off(&overview), 6, 1e-6);
	/* What nobody saw may all be of one function; a little is nothing. */
	overview.between_ns = 50;
	assert_float_equal(overview_points_off(&overview), 6, 1e-6);
	overview.between_ns = 700;
	assert_float_equal(overview_points_doubtful(&overview), 75, 1e-6);
	assert_float_equal(overview_points_off(&overview), 76, 1e-6);
	overview.between_ns = 0;
	/* Chances of their own: of looks, and of the kernel's ticks. */
	overview.cpu_effective = 9604 / 9;
	overview.call_chance = 4;
	assert_float_equal(overview_points_off(&overview), 10, 1e-2);
	overview.cpu_effective = 0;
	assert_float_equal(overview_points_off(&overview), 100, 1e-6);
}

static void the_overview_counts_states_and_quality(void **state)
{
	const struct frame truncated = {
		.module = 0, .address = SPECIAL_TRUNCATED_CFI,
	};
	const struct run_end end = {
		.end_ns = 1000 + 20000000, .user_ns = 7000000,
		.system_ns = 1000000, .peak_memory_bytes = 4096,
		.losses = { .samples_lost = 3 },
	};
	struct maker *maker = maker_simple();
	struct stack stack = { .parent = ID_NONE };
	struct overview overview;
	struct profile *profile;

	maker_sample(maker, "ma", 4);
	maker_sample_of(maker, 0, "ma", 8, STATE_POLL);
	stack.frame = maker->frames++;
	maker->sink->ops->frame(maker->sink, &truncated);
	maker->sink->ops->stack(maker->sink, &stack);
	snprintf(maker->words[maker->stacks++], 32, "T");
	maker_sample(maker, "Ta", 4);
	maker->sink->ops->run_end(maker->sink, &end);
	profile = maker_finish(maker);

	overview_init(&overview, profile);
	assert_int_equal(overview.runs, 1);
	assert_int_equal(overview.wall_ns, 20000000);
	assert_int_equal(overview.cpu_ns, 8000000);
	assert_int_equal(overview.samples, 3);
	assert_int_equal(overview.cpu_samples, 2);
	assert_true(overview.cpu_effective > 1.99 &&
		    overview.cpu_effective < 2.01);
	assert_int_equal(overview.truncated, 1);
	assert_int_equal(overview.nameless, 0);
	assert_int_equal(overview.state_ns[STATE_POLL], 8000000);
	assert_int_equal(overview.peak_memory_bytes, 4096);
	assert_int_equal(overview.losses.samples_lost, 3);
	overview_release(&overview);
	profile_free(profile);
}

static void ids_that_were_never_defined_are_errors(void **state)
{
	const struct thread_window window = { .thread = 7 };
	const struct stack stack = { .parent = 3, .frame = 0 };
	struct maker *maker = maker_simple();
	struct error err = ERROR_INIT;

	maker->sink->ops->window(maker->sink, &window);
	assert_true(maker->sink->ops->failed(maker->sink));
	assert_int_equal(profile_builder_error(maker->builder, &err), -1);
	assert_int_equal(err.kind, ERROR_FORMAT);
	assert_string_equal(err.text, "thread 7 was never defined");
	profile_builder_free(maker->builder);
	free(maker);

	maker = maker_simple();
	maker_frame(maker, 'a');
	maker->sink->ops->stack(maker->sink, &stack);
	assert_true(maker->sink->ops->failed(maker->sink));
	profile_builder_free(maker->builder);
	free(maker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_merge_and_the_heaviest_comes_first),
		cmocka_unit_test(cycles_are_folded_only_when_asked),
		cmocka_unit_test(an_interpreter_that_calls_itself_is_no_cycle),
		cmocka_unit_test(start_code_is_skipped_but_not_lost),
		cmocka_unit_test(waits_are_leaves_with_a_reason),
		cmocka_unit_test(groups_are_the_first_level),
		cmocka_unit_test(inverted_trees_start_with_what_is_hot),
		cmocka_unit_test(callees_of_a_recursive_function_count_once),
		cmocka_unit_test(the_overview_counts_states_and_quality),
		cmocka_unit_test(
		    a_sleep_that_nobody_sees_is_doubtful_per_burst),
		cmocka_unit_test(stops_that_find_bursts_over_are_doubtful),
		cmocka_unit_test(
		    the_skid_is_doubtful_where_late_stops_were_not_counted),
		cmocka_unit_test(what_nobody_saw_is_chance_and_no_doubt),
		cmocka_unit_test(calls_beyond_the_kernels_time_are_doubtful),
		cmocka_unit_test(ticks_are_chance_where_looks_follow_them),
		cmocka_unit_test(shares_may_be_off_by_chance_and_doubt),
		cmocka_unit_test(ids_that_were_never_defined_are_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
