/* SPDX-License-Identifier: MIT */
#include "format/chunk_metric.h"
#include "profile/builder.h"

#include "format_file.h"

static void push(struct metric_value_vec *values, uint32_t metric,
		 uint64_t time_ns, int64_t value)
{
	metric_value_vec_push(values, (struct metric_value){
		.metric = metric, .time_ns = time_ns, .value = value });
}

static void corners(struct metric_value_vec *values)
{
	push(values, 0, 0, 0);
	push(values, 0, 4000, 4096);
	push(values, 0, 4000, 8192);
	push(values, 7, 0, INT64_MIN);
	push(values, 7, 1, INT64_MAX);
	push(values, 7, (UINT64_C(1) << 62) - 1, -1);
	push(values, UINT32_MAX, 4000, -3 * (INT64_C(1) << 40));
}

static void assert_same_values(const struct metric_value_vec *got,
			       const struct metric_value_vec *want)
{
	assert_int_equal(got->count, want->count);
	for (size_t i = 0; i < got->count; i++) {
		assert_int_equal(got->items[i].metric, want->items[i].metric);
		assert_int_equal(got->items[i].time_ns,
				 want->items[i].time_ns);
		assert_true(got->items[i].value == want->items[i].value);
	}
}

static void values_come_back_as_they_were(void **state)
{
	struct metric_value_vec want = VEC_INIT, got = VEC_INIT;
	struct byte_writer bytes = BYTE_WRITER_INIT;
	struct error err = ERROR_INIT;
	struct byte_reader in;

	corners(&want);
	value_chunk_encode(&bytes, &want);
	in = byte_reader_of(bytes.data, bytes.len);
	assert_ok(value_chunk_decode(&in, &got, &err), &err);
	assert_same_values(&got, &want);
	metric_value_vec_release(&got);
	metric_value_vec_release(&want);
	byte_writer_release(&bytes);
}

static void values_cut_short_anywhere_are_a_format_error(void **state)
{
	struct metric_value_vec want = VEC_INIT, got = VEC_INIT;
	struct byte_writer bytes = BYTE_WRITER_INIT;
	struct guarded guarded;

	corners(&want);
	value_chunk_encode(&bytes, &want);
	guarded = guarded_new(bytes.len);
	for (size_t len = 0; len < bytes.len; len++) {
		struct error err = ERROR_INIT;
		struct byte_reader in;

		in = byte_reader_of(guarded_copy(&guarded, bytes.data, len),
				    len);
		assert_int_equal(value_chunk_decode(&in, &got, &err), -1);
		assert_int_equal(err.kind, ERROR_FORMAT);
		assert_int_equal(got.count, 0);
	}
	guarded_free(&guarded);
	metric_value_vec_release(&got);
	metric_value_vec_release(&want);
	byte_writer_release(&bytes);
}

/* Each byte in turn as large as it can be: never more than there is. */
static void values_of_bad_bytes_are_refused_or_sound(void **state)
{
	static const uint8_t bad[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct metric_value_vec want = VEC_INIT, got = VEC_INIT;
	struct byte_writer bytes = BYTE_WRITER_INIT;
	struct guarded guarded;
	size_t refused = 0;

	corners(&want);
	value_chunk_encode(&bytes, &want);
	guarded = guarded_new(bytes.len);
	for (size_t i = 0; i < bytes.len * ARRAY_SIZE(bad); i++) {
		uint8_t *byte = &bytes.data[i / ARRAY_SIZE(bad)];
		const uint8_t good = *byte;
		struct error err = ERROR_INIT;
		struct byte_reader in;

		*byte = bad[i % ARRAY_SIZE(bad)];
		in = byte_reader_of(guarded_copy(&guarded, bytes.data,
						 bytes.len), bytes.len);
		refused += value_chunk_decode(&in, &got, &err) != 0;
		for (size_t j = 0; j < got.count; j++)
			assert_true(got.items[j].time_ns < UINT64_C(1) << 62);
		*byte = good;
	}
	assert_true(refused > bytes.len);
	guarded_free(&guarded);
	metric_value_vec_release(&got);
	metric_value_vec_release(&want);
	byte_writer_release(&bytes);
}

/* What a minute of memory takes, ten looks a second, five series. */
static void a_value_takes_less_than_four_bytes(void **state)
{
	struct metric_value_vec values = VEC_INIT;
	struct byte_writer bytes = BYTE_WRITER_INIT;
	uint64_t seed = 88172645463325252;
	int64_t rss = 50 << 20;
	size_t total = 0;

	for (uint32_t second = 0; second < 60; second++) {
		for (uint32_t look = 0; look < 10; look++) {
			uint64_t now = second * NS_PER_S + look * 100 *
				       NS_PER_MS + 37000;

			seed = seed * 6364136223846793005 + 1;
			rss += (int64_t)(seed >> 48) % 64 * 4096 - 31 * 4096;
			for (uint32_t metric = 0; metric < 5; metric++)
				push(&values, metric, now,
				     rss / (metric + 1) / 4096 * 4096);
		}
		total += values.count;
		value_chunk_encode(&bytes, &values);
		values.count = 0;
	}
	print_message("# %.2f bytes a value before zstd\n",
		      (double)bytes.len / total);
	assert_true(bytes.len < 4 * total);
	metric_value_vec_release(&values);
	byte_writer_release(&bytes);
}

static void values_are_sorted_and_equals_keep_their_order(void **state)
{
	struct metric_value_vec values = VEC_INIT;

	for (int64_t i = 0; i < 1000; i++)
		push(&values, 1 - i % 2, 500 - i % 3, i);
	metric_values_sort(&values);
	for (size_t i = 1; i < values.count; i++) {
		const struct metric_value *a = &values.items[i - 1];
		const struct metric_value *b = &values.items[i];

		assert_true(a->metric < b->metric ||
			    (a->metric == b->metric &&
			     (a->time_ns < b->time_ns ||
			      (a->time_ns == b->time_ns &&
			       a->value < b->value))));
	}
	metric_value_vec_release(&values);
}

/* Metrics of two files keep their owners; values find their metric. */
static void a_profile_of_two_files_has_all_values(void **state)
{
	struct profile_builder *builder = profile_builder_new();
	struct error err = ERROR_INIT;
	struct profile *profile;
	uint64_t last = 0;

	for (int file = 0; file < 2; file++) {
		profile_builder_file(builder, "a.prof", &data_info);
		data_small(profile_builder_sink(builder));
	}
	assert_ok(profile_builder_error(builder, &err), &err);
	profile = profile_builder_finish(builder);
	assert_int_equal(profile->metrics.count, 10);
	assert_int_equal(profile->values.count, 18);
	assert_int_equal(profile->collectors.count, 2);
	assert_int_equal(profile->collectors.items[1].run, 3);
	assert_int_equal(profile->metrics.items[6].metric.owner, 2);
	assert_int_equal(profile->metrics.items[7].metric.owner, 3);
	assert_int_equal(profile->metrics.items[8].count, 0);
	assert_int_equal(profile->metrics.items[5].count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct metric_value *value = &profile->values.items[
			profile->metrics.items[5].first + i];

		assert_int_equal(value->metric, 5);
		assert_true(value->time_ns >= last);
		last = value->time_ns;
	}
	profile_free(profile);
	profile_builder_free(builder);
}

static void values_of_no_metric_are_an_error(void **state)
{
	struct profile_builder *builder = profile_builder_new();
	struct sample_sink *sink = profile_builder_sink(builder);
	struct error err = ERROR_INIT;

	profile_builder_file(builder, "a.prof", &data_info);
	sink->ops->values(sink, &(struct metric_value){ .value = 1 }, 1);
	assert_int_equal(profile_builder_error(builder, &err), -1);
	profile_free(profile_builder_finish(builder));
	profile_builder_free(builder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back_as_they_were),
		cmocka_unit_test(
			values_cut_short_anywhere_are_a_format_error),
		cmocka_unit_test(values_of_bad_bytes_are_refused_or_sound),
		cmocka_unit_test(a_value_takes_less_than_four_bytes),
		cmocka_unit_test(
			values_are_sorted_and_equals_keep_their_order),
		cmocka_unit_test(a_profile_of_two_files_has_all_values),
		cmocka_unit_test(values_of_no_metric_are_an_error),
	};

	return cmocka_run_group_tests_name("format metric", tests, NULL,
					   NULL);
}
