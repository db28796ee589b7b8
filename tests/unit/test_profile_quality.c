/* SPDX-License-Identifier: MIT */
#include "profile/quality.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* 1,000 samples of 10 threads, 1 s of CPU time, and nothing to complain of. */
static const struct overview good = {
	.samples = 1000, .cpu_samples = 1000,
	.cpu_weight_ns = 1000000000,
};

static struct profile profile_of(struct profile_file *file)
{
	struct profile profile = { 0 };

	profile.files.items = file;
	profile.files.count = 1;
	profile.threads.count = 10;
	return profile;
}

/* The one flaw of the profile; NULL: it is good. */
static const char *flaw_of(const struct overview *overview, bool cut,
			   bool *names_only)
{
	struct quality_flaw flaws[QUALITY_FLAWS_MAX];
	struct profile_file file = { .partial = cut };
	const struct profile profile = profile_of(&file);
	const size_t count = quality_flaws(&profile, overview, flaws);

	assert_true(count <= 1);
	if (!count)
		return NULL;
	assert_true(flaws[0].percent > flaws[0].limit);
	*names_only = flaws[0].names_only;
	return flaws[0].what;
}

static void each_flaw_is_told_above_its_limit(void **state)
{
	const struct {
		size_t field;
		uint64_t most;		/* that is no flaw */
		const char *what;
		bool names_only;
	} cases[] = {
#define CASE(name, most, what, names_only) \
	{ offsetof(struct overview, name), most, what, names_only }
		CASE(truncated, 10, "stacks are cut short", true),
		CASE(unreadable, 10, "samples have no stack", true),
		CASE(nameless, 10, "have no name", true),
		CASE(losses.samples_lost, 10, "were lost", false),
		CASE(late, 100, "are late", false),
		CASE(losses.threads_missed, 0, "were not seen", false),
		CASE(between_ns, 50000000, "too brief to be sampled", false),
		CASE(doubtful_ns, 50000000, "other code", false),
		CASE(call_doubt_ns, 50000000, "other code", false),
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct overview overview = good;
		uint64_t *value = (void *)((char *)&overview +
					   cases[i].field);
		bool names_only = false;
		const char *what;

		*value = cases[i].most;
		assert_null(flaw_of(&overview, false, &names_only));
		/* By more than one: what was lost is part of its whole. */
		*value += cases[i].most / 10 + 1;
		what = flaw_of(&overview, false, &names_only);
		assert_non_null(what);
		assert_non_null(strstr(what, cases[i].what));
		assert_int_equal(names_only, cases[i].names_only);
	}
}

static void both_doubts_count_together(void **state)
{
	struct overview overview = good;
	bool names_only;

	overview.doubtful_ns = overview.call_doubt_ns = 30000000;
	assert_non_null(flaw_of(&overview, false, &names_only));
}

static void a_file_that_is_cut_off_is_a_flaw(void **state)
{
	bool names_only;

	assert_non_null(strstr(flaw_of(&good, true, &names_only), "cut off"));
	assert_false(names_only);
}

static void no_samples_are_a_flaw(void **state)
{
	const struct overview none = { .samples = 0 };
	bool names_only;

	assert_non_null(strstr(flaw_of(&none, false, &names_only),
			       "there are none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_flaw_is_told_above_its_limit),
		cmocka_unit_test(both_doubts_count_together),
		cmocka_unit_test(a_file_that_is_cut_off_is_a_flaw),
		cmocka_unit_test(no_samples_are_a_flaw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
