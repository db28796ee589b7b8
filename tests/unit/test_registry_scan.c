/* SPDX-License-Identifier: MIT */
#include "registry/scan.h"

#include "base/output.h"
#include "registry/baseline.h"
#include "registry/prune.h"
#include "registry/totals.h"

#include "registry_place.h"

#include <fcntl.h>

static void scan(struct registry *registry, const struct registry_place *place)
{
	struct error err = ERROR_INIT;

	assert_ok(registry_scan(registry, place->dir, &err), &err);
}

static void entries_are_sorted_by_the_time_of_recording(void **state)
{
	struct registry_place *place = *state;
	struct registry registry;

	place_add(place, "a.prof", "app", "1", 300);
	place_add(place, "b.prof", "app", "2", 100);
	place_add(place, "c.prof", "app", "3", 200);
	place_put(place, "notes.txt", "no profile, and not called one");
	scan(&registry, place);
	assert_int_equal(registry.entries.count, 3);
	assert_string_equal(registry.entries.items[0].file, "b.prof");
	assert_string_equal(registry.entries.items[2].file, "a.prof");
	assert_string_equal(registry_entry_version(&registry.entries.items[1]),
			    "3");
	assert_int_equal(registry.strangers.count, 0);
	registry_release(&registry);
}

/* However much is missing, it is told and nothing else is lost. */
static void a_file_that_is_cut_anywhere_is_never_whole(void **state)
{
	struct registry_place *place = *state;
	char *path = place_path(place, "a.prof");
	struct registry registry;
	bool named = false;
	struct stat st;

	place_add(place, "b.prof", "other", NULL, 100);
	place_add(place, "a.prof", "app", "1", 300);
	assert_int_equal(stat(path, &st), 0);
	while (st.st_size-- > 0) {
		assert_int_equal(truncate(path, st.st_size), 0);
		scan(&registry, place);
		assert_int_equal(registry.entries.count +
				 registry.strangers.count, 2);
		assert_int_equal(registry.entries.items[0].state,
				 REGISTRY_WHOLE);
		if (registry.entries.count == 2) {
			const struct registry_entry *entry =
				&registry.entries.items[1];

			assert_int_equal(entry->state, REGISTRY_CUT_OFF);
			named |= strcmp(registry_entry_name(entry),
					"app") == 0;
		}
		registry_release(&registry);
	}
	assert_true(named);
	free(path);
}

static void a_file_with_any_changed_byte_harms_no_other(void **state)
{
	struct registry_place *place = *state;
	char *path = place_path(place, "a.prof");
	struct registry registry;
	struct stat st;

	place_add(place, "b.prof", "other", NULL, 100);
	place_add(place, "a.prof", "app", "1", 300);
	assert_int_equal(stat(path, &st), 0);
	for (off_t at = 0; at < st.st_size; at++) {
		int fd = open(path, O_RDWR | O_CLOEXEC);
		uint8_t byte, other;

		assert_int_equal(pread(fd, &byte, 1, at), 1);
		other = ~byte;
		assert_int_equal(pwrite(fd, &other, 1, at), 1);
		scan(&registry, place);
		assert_int_equal(registry.entries.count +
				 registry.strangers.count, 2);
		registry_release(&registry);
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		close(fd);
	}
	free(path);
}

static void a_file_without_its_name_yet_is_not_whole(void **state)
{
	struct registry_place *place = *state;
	char *from = place_path(place, "a.prof");
	char *to = place_path(place, "a.prof.partial");
	struct registry registry;

	place_add(place, "a.prof", "app", "1", 300);
	assert_int_equal(rename(from, to), 0);
	scan(&registry, place);
	assert_int_equal(registry.entries.count, 1);
	assert_int_equal(registry.entries.items[0].state, REGISTRY_CUT_OFF);
	registry_release(&registry);
	free(from);
	free(to);
}

static const struct totals_group *
group_of(const struct registry_totals *totals, const char *version)
{
	for (size_t i = 0; i < totals->groups.count; i++) {
		const struct totals_group *group = &totals->groups.items[i];

		if (!version ? !group->version : group->version &&
		    strcmp(group->version, version) == 0)
			return group;
	}
	fail_msg("no group");
	return NULL;
}

static void totals_are_mean_and_spread_of_runs_that_went_well(void **state)
{
	struct registry_place *place = *state;
	const struct registry_select all = { .since_ns = 0 };
	const struct totals_group *group;
	struct registry_totals totals;
	struct registry registry;

	place_write(place, "a.prof", &(struct run_file){
		.name = "app", .version = "1.9", .wall_ms = 100,
		.step_ms = 10, .runs = 3, .peak_bytes = 1000 });
	place_write(place, "b.prof", &(struct run_file){
		.name = "app", .version = "1.10", .wall_ms = 500 });
	place_write(place, "c.prof", &(struct run_file){
		.name = "app", .version = "1.9", .wall_ms = 1,
		.exit_status = 256 });
	scan(&registry, place);
	registry_totals_init(&totals, &registry,
			     &(struct totals_request){ .select = &all });
	assert_int_equal(totals.groups.count, 3);
	assert_string_equal(totals.groups.items[1].version, "1.9");
	assert_string_equal(totals.groups.items[2].version, "1.10");
	group = group_of(&totals, "1.9");
	assert_int_equal(group->profiles, 2);
	assert_int_equal(group->failed, 1);
	assert_int_equal(group->kind, TOTALS_PROFILED);
	assert_int_equal(group->duration_ns.count, 3);
	assert_true(group->duration_ns.mean == 110e6);
	assert_true(group->duration_ns.deviation == 10e6);
	assert_true(group->duration_ns.min == 100e6);
	assert_true(group->duration_ns.max == 120e6);
	assert_true(group->cpu_ns.mean == 55e6);
	assert_true(group->peak_bytes.mean == 1000);
	assert_int_equal(group_of(&totals, NULL)->duration_ns.count, 4);
	assert_int_equal(group_of(&totals, "1.10")->peak_bytes.count, 0);
	registry_totals_release(&totals);
	registry_release(&registry);
}

/* A name with a text of a version in it is not that name and version. */
static void names_and_versions_do_not_mix(void **state)
{
	struct registry_place *place = *state;
	const struct registry_select all = { .since_ns = 0 };
	struct registry_totals totals;
	struct registry registry;

	place_add(place, "a.prof", "a", "bc", 1);
	place_add(place, "b.prof", "ab", "c", 1);
	place_add(place, "c.prof", "a", "", 1);
	place_add(place, "d.prof", "", "a", 1);
	scan(&registry, place);
	registry_totals_init(&totals, &registry,
			     &(struct totals_request){ .select = &all });
	assert_int_equal(totals.groups.count, 7);
	registry_totals_release(&totals);
	registry_release(&registry);
}

static void what_became_another_file_is_not_removed(void **state)
{
	struct registry_place *place = *state;
	const struct registry_select all = { .since_ns = 0 };
	const struct prune_rule rule = { .keep = 1, .select = &all };
	struct error err = ERROR_INIT;
	struct registry registry;
	struct prune_plan plan;

	place_add(place, "a.prof", "app", "1", 100);
	place_add(place, "b.prof", "app", "1", 200);
	place_add(place, "c.prof", "app", "1", 300);
	place_add(place, "d.prof", "app", "1", 400);
	scan(&registry, place);
	assert_ok(prune_plan_init(&plan, &registry, &rule, &err), &err);
	assert_int_equal(plan.victims.count, 3);
	assert_string_equal(plan.victims.items[0]->file, "a.prof");
	place_add(place, "a.prof", "app", "1", 500);
	place_remove(place, "b.prof");
	assert_int_equal(prune_remove(plan.victims.items[0], &err), 0);
	assert_int_equal(prune_remove(plan.victims.items[1], &err), 0);
	assert_int_equal(prune_remove(plan.victims.items[2], &err), 1);
	prune_plan_release(&plan);
	registry_release(&registry);
	scan(&registry, place);
	assert_int_equal(registry.entries.count, 2);
	registry_release(&registry);
}

/* Lines lead where they say, and are read as a profile there, or not. */
static void lists_of_baselines_are_read_whatever_they_hold(void **state)
{
	static const struct {
		const char *text;
		const char *first;	/* behind the directory; NULL: none */
	} cases[] = {
		{ "a.prof\n", "/a.prof" },
		{ "# comment\n\n\na.prof", "/a.prof" },
		{ "../../x\n", "/../../x" },
		{ "\n\n", NULL },
		{ "", NULL },
	};
	struct registry_place *place = *state;
	char *folder = place_path(place, "baselines");

	assert_int_equal(mkdir(folder, 0777), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct string_vec paths = VEC_INIT;
		struct arena arena = ARENA_INIT;
		struct error err = ERROR_INIT;

		place_put(place, "baselines/main", cases[i].text);
		assert_ok(baseline_read(place->dir, "main", &arena, &paths,
					&err), &err);
		assert_int_equal(paths.count, cases[i].first ? 1 : 0);
		if (cases[i].first)
			assert_string_equal(paths.items[0] +
					    strlen(place->dir),
					    cases[i].first);
		string_vec_release(&paths);
		arena_release(&arena);
	}
	free(folder);
}

static void a_list_with_a_nul_in_it_is_refused(void **state)
{
	struct registry_place *place = *state;
	char *folder = place_path(place, "baselines");
	char *path = place_path(place, "baselines/main");
	struct string_vec paths = VEC_INIT;
	struct arena arena = ARENA_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(mkdir(folder, 0777), 0);
	assert_ok(output_write_file(path, "a\0b\n", 4, &err), &err);
	assert_int_equal(baseline_read(place->dir, "main", &arena, &paths,
				       &err), -1);
	assert_int_equal(err.kind, ERROR_FORMAT);
	assert_int_equal(paths.count, 0);
	arena_release(&arena);
	free(folder);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(entries_are_sorted_by_the_time_of_recording),
		IN_PLACE(a_file_that_is_cut_anywhere_is_never_whole),
		IN_PLACE(a_file_with_any_changed_byte_harms_no_other),
		IN_PLACE(a_file_without_its_name_yet_is_not_whole),
		IN_PLACE(totals_are_mean_and_spread_of_runs_that_went_well),
		IN_PLACE(names_and_versions_do_not_mix),
		IN_PLACE(what_became_another_file_is_not_removed),
		IN_PLACE(lists_of_baselines_are_read_whatever_they_hold),
		IN_PLACE(a_list_with_a_nul_in_it_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
