/* SPDX-License-Identifier: MIT */
#include "base/json_writer.h"
#include "render/exporter.h"
#include "render/gzip.h"
#include "render/proto.h"

#include "unit/format_data.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <zlib.h>

static void assert_wire(struct byte_writer *out, const void *bytes, size_t len)
{
	assert_int_equal(out->len, len);
	if (len)
		assert_memory_equal(out->data, bytes, len);
	byte_writer_release(out);
}

static void proto_numbers_are_tagged_varints(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;

	proto_u64(&out, 1, 150);
	proto_u64(&out, 16, 1);
	assert_wire(&out, "\x08\x96\x01\x80\x01\x01", 6);
}

static void proto_negative_numbers_take_ten_bytes(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;

	proto_i64(&out, 3, -2);
	assert_wire(&out, "\x18\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
}

static void proto_leaves_out_zero_but_not_an_empty_string(void **state)
{
	struct byte_writer out = BYTE_WRITER_INIT;

	proto_u64(&out, 1, 0);
	proto_packed(&out, 2, NULL, 0);
	proto_bytes(&out, 6, "", 0);
	assert_wire(&out, "\x32\x00", 2);
}

static void proto_packed_numbers_share_one_tag(void **state)
{
	const uint64_t values[] = { 3, 270, 86942 };
	struct byte_writer out = BYTE_WRITER_INIT;

	proto_packed(&out, 4, values, ARRAY_SIZE(values));
	assert_wire(&out, "\x22\x06\x03\x8e\x02\x9e\xa7\x05", 8);
}

static void proto_message_is_emptied_when_it_is_put_into_another(void **state)
{
	struct byte_writer inner = BYTE_WRITER_INIT;
	struct byte_writer out = BYTE_WRITER_INIT;

	proto_u64(&inner, 1, 5);
	proto_message(&out, 2, &inner);
	assert_int_equal(inner.len, 0);
	byte_writer_release(&inner);
	assert_wire(&out, "\x12\x02\x08\x05", 4);
}

static void quoted_is(const char *text, const char *wanted)
{
	struct strbuf out = STRBUF_INIT;

	json_quote(&out, text);
	assert_string_equal(strbuf_text(&out), wanted);
	strbuf_release(&out);
}

static void json_text_shows_what_would_act(void **state)
{
	quoted_is("plain \xc3\xa9", "\"plain \xc3\xa9\"");
	quoted_is("a\"b\\c", "\"a\\\"b\\\\c\"");
	quoted_is("\x1b[2J\n", "\"\\\\x1b[2J\\\\n\"");
	quoted_is("\xff\xc3", "\"\\\\xff\\\\xc3\"");
	quoted_is("</script>&", "\"\\u003c/script\\u003e\\u0026\"");
	quoted_is("\xe2\x80\xa8", "\"\\\\u{2028}\"");
}

/* Every byte, alone and doubled, in the middle of other text. */
static void json_text_is_json_whatever_the_bytes_are(void **state)
{
	for (unsigned int byte = 1; byte < 256; byte++) {
		const char text[] = { 'a', (char)byte, 'b', (char)byte,
				      (char)byte, 0 };
		struct strbuf out = STRBUF_INIT;
		json_t *value;

		json_quote(&out, text);
		value = json_loads(strbuf_text(&out), JSON_DECODE_ANY, NULL);
		assert_non_null(value);
		for (const char *c = json_string_value(value); *c; c++)
			assert_true((unsigned char)*c >= 0x20 && *c != 0x7f);
		json_decref(value);
		strbuf_release(&out);
	}
}

static void decimal_is(uint64_t value, unsigned int digits, const char *wanted)
{
	struct strbuf out = STRBUF_INIT;
	struct json_writer json = json_writer_of(&out);

	json_write_decimal(&json, NULL, value, digits);
	assert_string_equal(strbuf_text(&out), wanted);
	strbuf_release(&out);
}

static void json_decimals_are_exact(void **state)
{
	decimal_is(0, 6, "0");
	decimal_is(1, 6, "0.000001");
	decimal_is(1500000, 6, "1.5");
	decimal_is(1000000, 6, "1");
	decimal_is(1000010, 6, "1.00001");
	decimal_is(UINT64_MAX, 9, "18446744073.709551615");
	decimal_is(42, 0, "42");
}

static void json_puts_commas_where_they_belong(void **state)
{
	struct strbuf out = STRBUF_INIT;
	struct json_writer json = json_writer_of(&out);

	json_open(&json, NULL, '{');
	json_open(&json, "list", '[');
	json_write_count(&json, NULL, 1);
	json_open(&json, NULL, '{');
	json_close(&json, '}');
	json_write_null(&json, NULL);
	json_close(&json, ']');
	json_write_bool(&json, "yes", true);
	json_write_int(&json, "less", -1);
	json_write_text(&json, "none", NULL);
	json_close(&json, '}');
	assert_string_equal(strbuf_text(&out), "{\"list\":[1,{},null],"
			    "\"yes\":true,\"less\":-1,\"none\":null}");
	strbuf_release(&out);
}

/* Zlib reads a gzip file when it is asked for 16 more bits. */
static void unpack(const struct strbuf *packed, char *data, size_t len)
{
	z_stream stream = {
		.next_in = (Bytef *)packed->text,
		.avail_in = packed->len,
		.next_out = (Bytef *)data,
		.avail_out = len,
	};

	assert_int_equal(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_out, 0);
	assert_int_equal(stream.avail_in, 0);
	inflateEnd(&stream);
}

static void gzip_gives_back_what_it_got(void **state)
{
	static const size_t sizes[] = { 1, 4096, 65535, 65536, 65537, 300000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *data = mem_alloc(sizes[i]);
		char *got = mem_alloc(sizes[i] + 1);
		struct strbuf packed = STRBUF_INIT;

		/* Hard to compress, so that the output is long, too. */
		for (size_t j = 0; j < sizes[i]; j++)
			data[j] = (char)(j * j * 31 >> 5);
		gzip_add(&packed, data, sizes[i]);
		unpack(&packed, got, sizes[i]);
		assert_memory_equal(got, data, sizes[i]);
		strbuf_release(&packed);
		free(data);
		free(got);
	}
}

static void path_is(const char *path, const char *format)
{
	const struct exporter_ops *ops = exporter_for_path(path);

	if (!format) {
		assert_null(ops);
		return;
	}
	assert_non_null(ops);
	assert_string_equal(ops->name, format);
}

static void names_of_files_tell_the_format(void **state)
{
	path_is("a.speedscope.json", "speedscope");
	path_is("dir.pb.gz/a.speedscope.json.gz", "speedscope");
	path_is("a.pb.gz", "pprof");
	path_is("a.folded", "collapsed");
	path_is("a.nothing", NULL);
	path_is("a.nothing.gz", NULL);
	path_is(".gz", NULL);
	path_is("", NULL);
}

static void every_format_is_found_by_its_name(void **state)
{
	for (const struct exporter_ops *const *e = exporters; *e; e++)
		assert_ptr_equal(exporter_find((*e)->name), *e);
	assert_null(exporter_find("none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proto_numbers_are_tagged_varints),
		cmocka_unit_test(proto_negative_numbers_take_ten_bytes),
		cmocka_unit_test(proto_leaves_out_zero_but_not_an_empty_string),
		cmocka_unit_test(proto_packed_numbers_share_one_tag),
		cmocka_unit_test(
			proto_message_is_emptied_when_it_is_put_into_another),
		cmocka_unit_test(json_text_shows_what_would_act),
		cmocka_unit_test(json_text_is_json_whatever_the_bytes_are),
		cmocka_unit_test(json_decimals_are_exact),
		cmocka_unit_test(json_puts_commas_where_they_belong),
		cmocka_unit_test(gzip_gives_back_what_it_got),
		cmocka_unit_test(names_of_files_tell_the_format),
		cmocka_unit_test(every_format_is_found_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
