/* SPDX-License-Identifier: MIT */
/* When a sampler counts as stalled, and when it does not. */
#include "base/clock.h"
#include "record/watchdog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define MS(n) ((n) * NS_PER_MS)

struct scene {
	struct watchdog dog;
	struct tracer_signs *signs;
	uint64_t now;
};

static struct scene scene_of(void)
{
	struct scene scene = {
		.signs = calloc(1, sizeof(struct tracer_signs)),
		.now = MS(10000),
	};

	atomic_store(&scene.signs->count, 1);
	atomic_store(&scene.signs->beat_ns, scene.now);
	return scene;
}

/* Time passes, then it looks. */
static bool look_after(struct scene *scene, uint64_t ns)
{
	scene->now += ns;
	return watchdog_look(&scene->dog, scene->signs, getpid(), scene->now);
}

static void a_heart_that_beats_is_left_alone(void **state)
{
	struct scene scene = scene_of();

	for (int i = 0; i < 100; i++) {
		atomic_store(&scene.signs->beat_ns, scene.now);
		assert_false(look_after(&scene, MS(50)));
	}
	free(scene.signs);
}

static void a_heart_that_stands_still_is_seen_in_200_ms(void **state)
{
	struct scene scene = scene_of();

	while (!look_after(&scene, MS(50)))
		assert_true(scene.now < MS(20000));
	assert_in_range(scene.now - MS(10000), MS(150), MS(200));
	free(scene.signs);
}

static void who_looks_late_does_not_blame_the_sampler(void **state)
{
	struct scene scene = scene_of();

	for (int i = 0; i < 20; i++)
		assert_false(look_after(&scene, MS(500)));
	free(scene.signs);
}

static void nobody_traced_is_nobody_held(void **state)
{
	struct scene scene = scene_of();

	atomic_store(&scene.signs->count, 0);
	for (int i = 0; i < 20; i++)
		assert_false(look_after(&scene, MS(50)));
	assert_int_equal(watchdog_find_held(scene.signs), 0);
	free(scene.signs);
}

static void a_thread_of_ours_that_is_not_traced_is_not_held(void **state)
{
	struct scene scene = scene_of();

	atomic_store(&scene.signs->tids[0], getpid());
	assert_int_equal(watchdog_find_held(scene.signs), 0);
	/* More than there is room for. */
	atomic_store(&scene.signs->count, UINT32_MAX);
	assert_int_equal(watchdog_find_held(scene.signs), 0);
	free(scene.signs);
}

/* The "tracer" is this thread, which runs, but uses no time meanwhile. */
static void one_that_only_waits_for_a_cpu_is_left_alone(void **state)
{
	struct scene scene = scene_of();

	atomic_store(&scene.signs->tracer, getpid());
	for (int i = 0; i < 20; i++)
		assert_false(look_after(&scene, MS(50)));
	free(scene.signs);
}

static uint64_t cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return used.tv_sec * NS_PER_S + used.tv_nsec;
}

static void work_for(uint64_t ns)
{
	const uint64_t until_ns = cpu_ns() + ns;

	while (cpu_ns() < until_ns)
		;
	/* The scheduler's account is brought up to date by a sleep. */
	usleep(1000);
}

/* 80 ms of CPU time in ten seconds. */
static void an_endless_loop_on_a_full_machine_is_seen(void **state)
{
	struct scene scene = scene_of();

	atomic_store(&scene.signs->tracer, getpid());
	assert_false(look_after(&scene, MS(50)));
	work_for(MS(80));
	for (int i = 0; i < 198; i++)
		look_after(&scene, MS(50));
	assert_true(look_after(&scene, MS(50)));
	free(scene.signs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_heart_that_beats_is_left_alone),
		cmocka_unit_test(a_heart_that_stands_still_is_seen_in_200_ms),
		cmocka_unit_test(who_looks_late_does_not_blame_the_sampler),
		cmocka_unit_test(nobody_traced_is_nobody_held),
		cmocka_unit_test(
			a_thread_of_ours_that_is_not_traced_is_not_held),
		cmocka_unit_test(one_that_only_waits_for_a_cpu_is_left_alone),
		cmocka_unit_test(an_endless_loop_on_a_full_machine_is_seen),
	};

	return cmocka_run_group_tests_name("record: the watchdog", tests,
					   NULL, NULL);
}
