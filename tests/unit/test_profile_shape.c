/* SPDX-License-Identifier: MIT */
#include "base/compiler.h"
#include "profile/shape.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct sample samples[] = {
	/* Two looks in a row: the weights are alike, the intervals are not. */
	{ .time_ns = 100, .length_ns = 100, .wall_ns = 900, .cpu_ns = 900 },
	{ .time_ns = 2000, .length_ns = 1900, .wall_ns = 900, .cpu_ns = 900 },
	{ .time_ns = 3000, .length_ns = 1000, .wall_ns = 1000,
	  .state = STATE_SLEEP },
	{ .time_ns = 4000, .length_ns = 1000, .wall_ns = 1000, .cpu_ns = 300,
	  .state = STATE_RUNNABLE },
	/* Nobody looked for long. */
	{ .time_ns = 9000, .length_ns = 5000, .wall_ns = 200, .cpu_ns = 100,
	  .stack = 1 },
};

static const struct profile profile = {
	.threads.count = 1,
	.samples = { .items = (struct sample *)samples,
		     .count = ARRAY_SIZE(samples) },
	.stack_flags = { .items = (uint8_t[]){ 0, STACK_BETWEEN_SAMPLES },
			 .count = 2 },
};

static struct shapes shapes_of_samples(void)
{
	struct shapes shapes;

	shapes_init(&shapes, &profile);
	return shapes;
}

static void no_thread_uses_more_than_one_core(void **state)
{
	struct shapes shapes = shapes_of_samples();

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct sample *sample = &samples[i];
		const struct sample shape = shape_of(&shapes, sample,
						     sample->wall_ns,
						     sample->cpu_ns);

		assert_true(shape.wall_ns <= sample->length_ns);
		assert_true(shape.wall_ns == sample->length_ns ||
			    sample->stack);
		assert_true(shape.cpu_ns <= sample->length_ns);
	}
	shapes_release(&shapes);
}

static void the_cpu_time_is_that_of_the_weights(void **state)
{
	struct shapes shapes = shapes_of_samples();
	uint64_t sum = 0, weights = 0;

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		sum += shape_of(&shapes, &samples[i], samples[i].wall_ns,
				samples[i].cpu_ns).cpu_ns;
		weights += samples[i].cpu_ns;
	}
	assert_int_equal(sum, weights);
	shapes_release(&shapes);
}

static void half_a_sample_is_half_its_interval(void **state)
{
	struct shapes shapes = shapes_of_samples();
	const struct sample shape = shape_of(&shapes, &samples[1], 450, 450);

	assert_int_equal(shape.wall_ns, 950);
	assert_int_equal(shape.cpu_ns, 855);
	shapes_release(&shapes);
}

static void time_between_samples_fills_what_it_weighs(void **state)
{
	struct shapes shapes = shapes_of_samples();
	const struct sample shape = shape_of(&shapes, &samples[4], 200, 100);

	assert_int_equal(shape.wall_ns, 200);
	assert_int_equal(shape.cpu_ns, 100);
	shapes_release(&shapes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_thread_uses_more_than_one_core),
		cmocka_unit_test(the_cpu_time_is_that_of_the_weights),
		cmocka_unit_test(time_between_samples_fills_what_it_weighs),
		cmocka_unit_test(half_a_sample_is_half_its_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
