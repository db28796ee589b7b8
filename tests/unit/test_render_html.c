/* SPDX-License-Identifier: MIT */
#include "profile_maker.h"

#include "profile/weights.h"
#include "render/html.h"
#include "render/html_records.h"

#include <string.h>

static struct filter everything(const struct profile *profile)
{
	const struct filter_spec spec = { .from_ns = 0 };
	struct filter filter;

	assert_int_equal(filter_init(&filter, &spec, profile, NULL), 0);
	return filter;
}

/* 40 rare stacks below "ma" and "mb", and one that is not. */
static struct profile *bushy(void)
{
	struct maker *maker = maker_simple();
	char word[] = "mac";

	maker_sample(maker, "mz", 2000000);
	for (char c = 'c'; c < 'w'; c++) {
		word[2] = c;
		word[1] = 'a';
		maker_sample(maker, word, 1);
		word[1] = 'b';
		maker_sample_of(maker, 0, word, 1, STATE_DISK);
	}
	return maker_finish(maker);
}

static void check_tree(const struct html_tree *tree)
{
	uint64_t self[HTML_CLOCKS] = { 0 };

	for (size_t i = 1; i < tree->nodes.count; i++) {
		const struct html_node *node = &tree->nodes.items[i];

		assert_true(node->parent < i);
		if (node->parent)
			continue;
		for (int clock = 0; clock < HTML_CLOCKS; clock++)
			self[clock] += node->ns[clock];
	}
	assert_memory_equal(self, tree->nodes.items[0].ns, sizeof(self));
}

static void a_small_tree_is_kept_whole(void **state)
{
	struct profile *profile = bushy();
	struct filter filter = everything(profile);
	struct html_tree tree;

	html_tree_init(&tree, profile, &filter, 1000);
	assert_int_equal(tree.nodes.count, 1 + 1 + 3 + 40);
	assert_int_equal(tree.pruned, 0);
	check_tree(&tree);
	html_tree_release(&tree);
	filter_release(&filter);
	profile_free(profile);
}

/*
 * What is rare on the CPU goes, with its caller; waits are rare on the wall
 * clock, but each is 1/20 of the time off the CPU.
 */
static void rare_calls_become_one_and_are_counted(void **state)
{
	struct profile *profile = bushy();
	struct filter filter = everything(profile);
	struct html_tree tree;
	size_t others = 0;

	html_tree_init(&tree, profile, &filter, 30);
	assert_true(tree.nodes.count <= 30);
	assert_int_equal(tree.nodes.count, 1 + 1 + 2 + 20 + 1);
	assert_int_equal(tree.pruned, 21);
	assert_int_equal(tree.pruned_ns[WEIGH_CPU], 20000000);
	assert_int_equal(tree.nodes.items[0].ns[WEIGH_CPU],
			 UINT64_C(2000020000000));
	for (size_t i = 0; i < tree.nodes.count; i++)
		others += tree.nodes.items[i].location == HTML_OTHER;
	assert_int_equal(others, 1);
	check_tree(&tree);
	html_tree_release(&tree);
	filter_release(&filter);
	profile_free(profile);
}

static void records_add_up_to_the_samples(void **state)
{
	struct profile *profile = bushy();
	struct filter filter = everything(profile);
	struct html_records records;
	struct html_tree tree;
	uint64_t wall_ns = 0, samples = 0;

	html_tree_init(&tree, profile, &filter, 1000);
	for (size_t max = 1000; max >= 10; max /= 10) {
		html_records_init(&records, profile, &filter, &tree, max);
		wall_ns = samples = 0;
		for (size_t i = 0; i < records.records.count; i++) {
			const struct html_record *record =
				&records.records.items[i];

			assert_true(record->slots >= 1);
			assert_true(record->slot + record->slots <=
				    records.slots);
			wall_ns += record->wall_ns;
			samples += record->samples;
		}
		assert_int_equal(wall_ns, UINT64_C(2000040000000));
		assert_int_equal(samples, 41);
		html_records_release(&records);
	}
	html_tree_release(&tree);
	filter_release(&filter);
	profile_free(profile);
}

/* A thread that sleeps for an hour is one record. */
static void a_long_sleep_is_one_record(void **state)
{
	struct maker *maker = maker_simple();
	struct html_records records;
	struct html_tree tree;
	struct profile *profile;
	struct filter filter;

	for (int second = 0; second < 3600; second++)
		maker_sample_of(maker, 0, "mp", 1000, STATE_POLL);
	profile = maker_finish(maker);
	filter = everything(profile);
	html_tree_init(&tree, profile, &filter, 1000);
	html_records_init(&records, profile, &filter, &tree, 1000);
	assert_int_equal(records.records.count, 1);
	assert_int_equal(records.records.items[0].slots, HTML_SLOTS);
	assert_int_equal(records.records.items[0].samples, 3600);
	html_records_release(&records);
	html_tree_release(&tree);
	filter_release(&filter);
	profile_free(profile);
}

/* One lost the CPU a moment before it was seen, the others wait for it. */
static void samples_without_cpu_time_are_not_counted_with_others(void **state)
{
	struct maker *maker = maker_simple();
	struct interval items[] = {
		{ .wall_ns = 1000, .state = STATE_RUNNABLE,
		  .flags = SAMPLE_PREEMPTED },
		{ .wall_ns = 1000, .state = STATE_POLL },
		{ .wall_ns = 1000, .state = STATE_RUNNABLE },
		{ .wall_ns = 1000, .state = STATE_POLL },
		{ .wall_ns = 1000, .state = STATE_RUNNABLE },
	};
	const struct thread_window window = {
		.start_ns = 1000, .cpu_ns = 1000, .intervals = items,
		.count = ARRAY_SIZE(items),
	};
	struct html_records records;
	struct html_tree tree;
	struct profile *profile;
	struct filter filter;
	uint64_t counted = 0;

	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i].stack = maker_stack(maker, "mp");
	maker->sink->ops->window(maker->sink, &window);
	maker_sample_of(maker, 0, "mq", 1000000, STATE_POLL);
	profile = maker_finish(maker);
	filter = everything(profile);
	html_tree_init(&tree, profile, &filter, 1000);
	html_records_init(&records, profile, &filter, &tree, 1000);
	for (size_t i = 0; i < records.records.count; i++) {
		if (records.records.items[i].cpu_ns)
			counted += records.records.items[i].samples;
	}
	assert_int_equal(counted, 1);
	html_records_release(&records);
	html_tree_release(&tree);
	filter_release(&filter);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_tree_is_kept_whole),
		cmocka_unit_test(rare_calls_become_one_and_are_counted),
		cmocka_unit_test(records_add_up_to_the_samples),
		cmocka_unit_test(a_long_sleep_is_one_record),
		cmocka_unit_test(
			samples_without_cpu_time_are_not_counted_with_others),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
