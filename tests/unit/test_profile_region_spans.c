/* SPDX-License-Identifier: MIT */
#include "profile/filter.h"
#include "profile/region_spans.h"
#include "profile/region_use.h"
#include "profile/series.h"

#include "profile_maker.h"

#include <math.h>

#define MS UINT64_C(1000000)

enum { RUN_NS = 1000, SPANS_MAX = 16 };

struct seen {
	const struct profile *profile;
	struct {
		char name;
		uint64_t from_ms, to_ms, slack_ms;
	} spans[SPANS_MAX];
	size_t count;
};

static void note_span(void *context, const struct profile_call *call,
		      uint64_t slack_ns)
{
	struct seen *seen = context;

	assert_true(seen->count < SPANS_MAX);
	seen->spans[seen->count].name = *seen->profile->regions.items[
		call->call.region].region.name;
	seen->spans[seen->count].from_ms = (call->call.start_ns - RUN_NS) / MS;
	seen->spans[seen->count].to_ms = (call->call.end_ns - RUN_NS) / MS;
	seen->spans[seen->count++].slack_ms = slack_ns / MS;
}

static void assert_span(const struct seen *seen, size_t i, char name,
			uint64_t from_ms, uint64_t to_ms, uint64_t slack_ms)
{
	assert_true(i < seen->count);
	assert_int_equal(seen->spans[i].name, name);
	assert_int_equal(seen->spans[i].from_ms, from_ms);
	assert_int_equal(seen->spans[i].to_ms, to_ms);
	assert_int_equal(seen->spans[i].slack_ms, slack_ms);
}

/* "a" and "b" are asked for; times of looks, ms: */
static struct maker *maker_of_functions(void)
{
	struct maker *maker = maker_simple();
	static const char *const wanted[] = { "a", "b" };

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		maker->sink->ops->run_note(maker->sink, &(struct run_note){
			.kind = RUN_NOTE_REGION, .key = "",
			.value = wanted[i] });
	maker_sample(maker, "m", 10);		/* 0 to 10 */
	maker_sample(maker, "ma", 5);		/* 10 to 15 */
	maker_sample(maker, "mac", 10);		/* 15 to 25 */
	maker_sample(maker, "macb", 10);	/* 25 to 35 */
	maker_sample(maker, "maa", 10);		/* 35 to 45 */
	maker_sample(maker, "mc", 8);		/* 45 to 53 */
	maker_sample_of(maker, 0, "mb", 100, STATE_SLEEP); /* 53 to 153 */
	return maker;
}

static void looks_in_a_row_are_one_stretch(void **state)
{
	struct seen seen = { .count = 0 };
	struct profile *profile = maker_finish(maker_of_functions());

	seen.profile = profile;
	region_calls_visit(profile, note_span, &seen);
	assert_int_equal(seen.count, 3);
	assert_span(&seen, 0, 'b', 25, 35, 10);
	assert_span(&seen, 1, 'a', 10, 45, 8);
	/* Who sleeps for long is where it was: no more doubt than 25 ms. */
	assert_span(&seen, 2, 'b', 53, 153, 25);
	profile_free(profile);
}

static void a_filter_keeps_the_time_of_a_sampled_function(void **state)
{
	const char *const names[] = { "a" };
	const struct filter_spec spec = { .regions = { names, 1 } };
	struct profile *profile = maker_finish(maker_of_functions());
	const struct filter_span *spans;
	struct filter_span whole;
	struct filter filter;

	assert_int_equal(filter_init(&filter, &spec, profile, NULL), 0);
	assert_int_equal(filter_spans(&filter, 0, &whole, &spans), 1);
	assert_int_equal(spans[0].from_ns, 10 * MS);
	assert_int_equal(spans[0].to_ns, 45 * MS);
	filter_release(&filter);
	profile_free(profile);
}

static void add_metric(struct maker *maker, const char *name, uint8_t kind,
		       uint8_t unit)
{
	maker->sink->ops->metric(maker->sink, &(struct metric){
		.name = name, .source = "test", .kind = kind, .unit = unit,
		.scope = METRIC_OF_RUN });
}

static void add_value(struct maker *maker, uint32_t metric, uint64_t ms,
		      int64_t value)
{
	const struct metric_value one = { RUN_NS + ms * MS, value, metric };

	maker->sink->ops->values(maker->sink, &one, 1);
}

static uint32_t region_of(const struct profile *profile, const char *name)
{
	for (uint32_t i = 0; i < profile->regions.count; i++) {
		if (strcmp(profile->regions.items[i].region.name, name) == 0)
			return i;
	}
	fail_msg("no region %s", name);
	return 0;
}

/* 1 MB until 10 ms, then 3 MB; the GPU works 4 ms of the 30 from 15 on. */
static void sampled_functions_have_memory_and_gpu_time(void **state)
{
	static const struct filter all = { .to_ns = UINT64_MAX };
	struct maker *maker = maker_of_functions();
	struct region_use uses[8] = { { .known = 0 } };
	struct u32_vec row_of = VEC_INIT;
	const struct region_use *use;
	struct profile *profile;

	add_metric(maker, "memory.rss", METRIC_GAUGE, METRIC_BYTES);
	add_metric(maker, "gpu.busy", METRIC_CUMULATIVE, METRIC_NS);
	add_value(maker, 0, 0, 1000000);
	add_value(maker, 0, 10, 1000000);
	add_value(maker, 0, 15, 3000000);
	add_value(maker, 0, 150, 3000000);
	add_value(maker, 1, 0, 0);
	add_value(maker, 1, 15, 0);
	add_value(maker, 1, 45, (int64_t)(4 * MS));
	add_value(maker, 1, 150, (int64_t)(4 * MS));
	profile = maker_finish(maker);
	assert_true(profile->regions.count <= ARRAY_SIZE(uses));
	for (uint32_t i = 0; i < profile->regions.count; i++)
		u32_vec_push(&row_of, i);
	region_use_add(uses, &row_of, profile, &all);

	use = &uses[region_of(profile, "a")];
	assert_true(use->memory_known);
	assert_true(fabs(use->memory_in - 1e6) < 1);
	assert_true(fabs(use->memory_change - 2e6) < 1);
	assert_true(fabs(use->memory_peak - 3e6) < 1);
	/* It grew before the next look: perhaps not yet in the function. */
	assert_true(use->memory_in_doubt >= 2e6 - 1);
	assert_true(use->known & 1U << REGION_GPU_TIME);
	assert_true(fabs(use->amount[REGION_GPU_TIME] - 4 * MS) < 1);
	assert_int_equal(region_at_time(profile, 0, RUN_NS + 30 * MS),
			 region_of(profile, "b"));
	assert_int_equal(region_at_time(profile, 0, RUN_NS + 48 * MS),
			 ID_NONE);
	u32_vec_release(&row_of);
	profile_free(profile);
}

/* 10 MB are received from 10 to 110 ms; two threads are in it until 110. */
static void what_is_of_all_threads_counts_once(void **state)
{
	static const struct filter all = { .to_ns = UINT64_MAX };
	struct maker *maker = maker_simple();
	struct region_use uses[1] = { { .known = 0 } };
	struct u32_vec row_of = VEC_INIT;
	const struct region_call calls[] = {
		{ RUN_NS + 10 * MS, RUN_NS + 80 * MS, 0, 0 },
		{ RUN_NS + 60 * MS, RUN_NS + 110 * MS, 0, 0 },
	};
	struct profile *profile;

	maker_thread(maker, 0, "other", 11);
	maker->sink->ops->region(maker->sink, &(struct region){
		0, ID_NONE, REGION_SCOPE, "work" });
	for (uint32_t i = 0; i < 2; i++)
		maker->sink->ops->region_calls(maker->sink,
					       &(struct region_window){
			i, &calls[i], 1 });
	add_metric(maker, "net.received", METRIC_CUMULATIVE, METRIC_BYTES);
	add_metric(maker, "memory.rss", METRIC_GAUGE, METRIC_BYTES);
	/* Of a thread: its own calls' alone. */
	maker->sink->ops->metric(maker->sink, &(struct metric){
		.name = "io.read", .source = "io", .unit = METRIC_BYTES,
		.kind = METRIC_CUMULATIVE, .scope = METRIC_OF_THREAD });
	for (uint32_t i = 0; i < 3; i++) {
		add_value(maker, i, 10, i == 1 ? 1000000 : 0);
		add_value(maker, i, 110, 10000000);
	}
	profile = maker_finish(maker);
	u32_vec_push(&row_of, 0);
	region_use_add(uses, &row_of, profile, &all);
	assert_true(fabs(uses->amount[REGION_RECEIVED] - 1e7) < 1);
	assert_true(fabs(uses->memory_change - 9e6) < 1);
	assert_true(fabs(uses->amount[REGION_READ] - 7e6) < 1);
	u32_vec_release(&row_of);
	profile_free(profile);
}

/* Half of a GPU from 10 to 110 ms, then all of it until 210. */
static void a_share_of_a_gpu_is_its_time(void **state)
{
	static const struct filter all = { .to_ns = UINT64_MAX };
	struct maker *maker = maker_simple();
	struct region_use uses[1] = { { .known = 0 } };
	struct u32_vec row_of = VEC_INIT;
	const struct region_call call = {
		RUN_NS + 50 * MS, RUN_NS + 190 * MS, 0, 0
	};
	struct profile *profile;

	maker->sink->ops->region(maker->sink, &(struct region){
		0, ID_NONE, REGION_SCOPE, "train" });
	maker->sink->ops->region_calls(maker->sink, &(struct region_window){
		0, &call, 1 });
	add_metric(maker, "gpu.nvidia.busy", METRIC_GAUGE, METRIC_PPM);
	add_value(maker, 0, 10, 500000);
	add_value(maker, 0, 110, 500000);
	add_value(maker, 0, 110, 1000000);
	add_value(maker, 0, 210, 1000000);
	profile = maker_finish(maker);
	u32_vec_push(&row_of, 0);
	region_use_add(uses, &row_of, profile, &all);
	assert_true(uses->known & 1U << REGION_GPU_TIME);
	assert_true(fabs(uses->amount[REGION_GPU_TIME] - 110e6) < 1);
	/* The driver may have meant another part of its period. */
	assert_true(uses->doubt[REGION_GPU_TIME] >= 50e6);
	u32_vec_release(&row_of);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_in_a_row_are_one_stretch),
		cmocka_unit_test(
			a_filter_keeps_the_time_of_a_sampled_function),
		cmocka_unit_test(sampled_functions_have_memory_and_gpu_time),
		cmocka_unit_test(what_is_of_all_threads_counts_once),
		cmocka_unit_test(a_share_of_a_gpu_is_its_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
