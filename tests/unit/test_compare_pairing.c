/* SPDX-License-Identifier: MIT */
#include "profile_maker.h"

#include "compare/pairing.h"

/* A function, and the module and build that it is in. */
struct code {
	const char *name;
	const char *path;
	uint8_t build;		/* 0: no build id */
	uint8_t status;
};

#define CODE(n, p) (struct code){ .name = (n), .path = (p) }

static void add_code(struct sample_sink *sink, const struct code *code,
		     uint32_t id)
{
	const struct module module = {
		.kind = MODULE_FILE, .process = ID_NONE, .path = code->path,
		.build_id_len = code->build ? 20 : 0,
		.build_id = { code->build },
	};
	const struct frame frame = { .module = id + 1, .address = 0x100 };
	const struct source_location location = { .function = code->name };
	const struct symbol symbol = {
		.frame = id, .status = code->status, .chain = &location,
		.count = 1,
	};

	sink->ops->module(sink, &module);
	sink->ops->frame(sink, &frame);
	sink->ops->symbol(sink, &symbol);
}

/* One run of `exe`, with a module and a frame for each code. */
static struct profile *profile_of(const char *exe, const struct code *codes,
				  size_t count)
{
	struct profile_builder *builder = profile_builder_new();
	struct sample_sink *sink = profile_builder_sink(builder);
	const struct recording_info info = { .host = "here" };
	const struct run_begin run = { .name = "app", .version = "" };
	const struct process process = { .parent = ID_NONE, .exe = exe,
					 .name = "app" };
	const struct module special = { .kind = MODULE_SPECIAL,
					.path = "[special]" };
	struct error err = ERROR_INIT;
	struct profile *profile;

	profile_builder_file(builder, "a.prof", &info);
	sink->ops->run_begin(sink, &run);
	sink->ops->process(sink, &process);
	sink->ops->module(sink, &special);
	for (uint32_t i = 0; i < count; i++)
		add_code(sink, &codes[i], i);
	if (profile_builder_error(builder, &err))
		fail_msg("%s", err.text);
	profile = profile_builder_finish(builder);
	profile_builder_free(builder);
	return profile;
}

/* Is the one function of the base the one of the new profile? */
static bool same(struct code base, struct code new,
		 const struct rename *rename)
{
	struct profile *a = profile_of("/v1/app", &base, 1);
	struct profile *b = profile_of("/v2/app-next", &new, 1);
	struct pairing pairing;
	bool one = false;

	pairing_init(&pairing, a, b, rename, rename ? 1 : 0);
	for (size_t i = 0; i < pairing.pairs.count; i++) {
		const struct pair *pair = &pairing.pairs.items[i];

		for (int side = 0; side < SIDE_COUNT; side++)
			assert_true(pair->function[side] == ID_NONE ||
				    pairing.of[side][pair->function[side]] ==
				    i);
		one |= pair->function[SIDE_BASE] != ID_NONE &&
		       pair->function[SIDE_NEW] != ID_NONE;
	}
	pairing_release(&pairing);
	profile_free(a);
	profile_free(b);
	return one;
}

static void name_and_module_make_a_function(void **state)
{
	assert_true(same(CODE("f", "/lib/libz.so.1"),
			 CODE("f", "/lib/libz.so.1"), NULL));
	assert_false(same(CODE("f", "/lib/libz.so.1"),
			  CODE("g", "/lib/libz.so.1"), NULL));
	assert_false(same(CODE("f", "/lib/libz.so.1"),
			  CODE("f", "/lib/liby.so.1"), NULL));
	assert_true(same(CODE("", "/lib/libz.so.1"),
			 CODE("", "/lib/libz.so.1"), NULL));
}

static void the_program_may_have_another_name(void **state)
{
	assert_true(same(CODE("main", "/v1/app"),
			 CODE("main", "/v2/app-next"), NULL));
	assert_false(same(CODE("main", "/v1/app"),
			  CODE("main", "/v2/other"), NULL));
}

static void versions_of_libraries_do_not_count(void **state)
{
	assert_true(same(CODE("f", "/lib/libz.so.1.2.13"),
			 CODE("f", "/opt/libz.so.1.3"), NULL));
}

static void marks_of_copies_do_not_count(void **state)
{
	static const char *const names[] = {
		"f.isra.0", "f.constprop.12", "f.part.0.cold", "f.cold",
		"f.part.0.isra.0", "f.llvm.123456",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_true(same(CODE("f", "/v1/app"),
				 CODE(names[i], "/v2/app-next"),
				 NULL));
	assert_false(same(CODE("f", "/v1/app"),
			  CODE("f.2", "/v2/app-next"), NULL));
	assert_false(same(CODE("f", "/v1/app"),
			  CODE("f.isra.x", "/v2/app-next"), NULL));
	assert_false(same(CODE("f", "/v1/app"),
			  CODE(".isra.0", "/v2/app-next"), NULL));
}

static void a_rename_is_followed_in_one_direction(void **state)
{
	const struct rename rename = { "old", "new" };

	assert_true(same(CODE("old", "/v1/app"),
			 CODE("new", "/v2/app-next"), &rename));
	assert_false(same(CODE("new", "/v1/app"),
			  CODE("old", "/v2/app-next"), &rename));
}

static void addresses_name_code_of_the_same_build_only(void **state)
{
	const struct code here = { "[libz+0x10]", "/l/libz.so", 7,
				   SYMBOL_NONE };
	const struct code there = { "[libz+0x20]", "/l/libz.so", 7,
				    SYMBOL_NONE };
	const struct code rebuilt = { "[libz+0x20]", "/l/libz.so", 8,
				      SYMBOL_NONE };

	assert_true(same(here, here, NULL));
	assert_false(same(here, there, NULL));
	/* Addresses mean nothing: all without a name is one function. */
	assert_true(same(here, rebuilt, NULL));
	assert_false(same(here, (struct code){ "[liby+0x20]", "/l/liby.so", 7,
					       SYMBOL_NONE }, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_and_module_make_a_function),
		cmocka_unit_test(the_program_may_have_another_name),
		cmocka_unit_test(versions_of_libraries_do_not_count),
		cmocka_unit_test(marks_of_copies_do_not_count),
		cmocka_unit_test(a_rename_is_followed_in_one_direction),
		cmocka_unit_test(addresses_name_code_of_the_same_build_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
