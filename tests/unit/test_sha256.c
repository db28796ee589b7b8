/* SPDX-License-Identifier: MIT */
#include "base/sha256.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_hash(const char *data, size_t len, const char *wanted)
{
	struct strbuf hex = STRBUF_INIT;
	uint8_t digest[SHA256_BYTES];

	sha256(data, len, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		strbuf_addf(&hex, "%02x", digest[i]);
	assert_string_equal(strbuf_text(&hex), wanted);
	strbuf_release(&hex);
}

/* FIPS 180-4, and what sha256sum(1) says of so many a's. */
static void known_texts_have_their_hash(void **state)
{
	char *a = mem_alloc(1000);

	memset(a, 'a', 1000);
	assert_hash("", 0, "e3b0c44298fc1c149afbf4c8996fb924"
		    "27ae41e4649b934ca495991b7852b855");
	assert_hash("abc", 3, "ba7816bf8f01cfea414140de5dae2223"
		    "b00361a396177a9cb410ff61f20015ad");
	assert_hash(a, 55, "9f4390f8d30c2dd92ec9f095b65e2b9a"
		    "e9b0a925a5258e241c9f1e910f734318");
	assert_hash(a, 56, "b35439a4ac6f0948b6d6f9e3c6af0f5f"
		    "590ce20f1bde7090ef7970686ec6738a");
	assert_hash(a, 64, "ffe054fe7ae0cb6dc65c3af9b61d5209"
		    "f439851db43d0ba5997337df154668eb");
	assert_hash(a, 1000, "41edece42d63e8d9bf515a9ba6932e1c"
		    "20cbc9f5a5d134645adb5db1b9737ea3");
	free(a);
}

static void base64_pads_what_is_no_whole_group(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "\xff\xfe\xfd", "//79" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct strbuf out = STRBUF_INIT;

		base64_add(&out, pairs[i][0], strlen(pairs[i][0]));
		assert_string_equal(strbuf_text(&out), pairs[i][1]);
		strbuf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_texts_have_their_hash),
		cmocka_unit_test(base64_pads_what_is_no_whole_group),
	};

	return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
