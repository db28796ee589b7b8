/* SPDX-License-Identifier: MIT */
#include "profile_maker.h"

#include "base/escape.h"
#include "render/report_json.h"
#include "render/report_text.h"

#include <jansson.h>

enum {
	DEEP = 30000
};

static const struct filter_spec everything = { .from_ns = 0 };

/* The text of a view, or its JSON when `style` is NULL. */
static void show(struct strbuf *out, const struct profile *profile,
		 const struct text_style *style, struct view view)
{
	struct error err = ERROR_INIT;
	struct overview overview;
	struct filter filter;
	int ret;

	overview_init(&overview, profile);
	assert_int_equal(filter_init(&filter, &everything, profile, &err), 0);
	view.profile = profile;
	view.overview = &overview;
	view.spec = &everything;
	view.filter = &filter;
	if (style)
		ret = report_text(out, style, &view, &err);
	else
		ret = report_json(out, &view, &err);
	if (ret)
		fail_msg("%s", err.text);
	filter_release(&filter);
	overview_release(&overview);
}

/* A stack of DEEP frames, all of different functions without a name. */
static struct profile *deep_profile(void)
{
	struct maker *maker = maker_simple();
	struct interval interval = { .wall_ns = 1000000 };
	struct thread_window window = {
		.start_ns = 1000, .cpu_ns = 1000000, .intervals = &interval,
		.count = 1,
	};

	for (uint32_t i = 0; i < DEEP; i++) {
		const struct frame frame = { .module = 1, .address = i * 16 };
		const struct stack stack = {
			.parent = i ? i - 1 : ID_NONE, .frame = i,
		};

		maker->sink->ops->frame(maker->sink, &frame);
		maker->sink->ops->stack(maker->sink, &stack);
	}
	interval.stack = DEEP - 1;
	maker->sink->ops->window(maker->sink, &window);
	return maker_finish(maker);
}

static void assert_lines_fit(const char *text, size_t width)
{
	while (*text) {
		const size_t len = strcspn(text, "\n");
		char *line = mem_printf("%.*s", (int)len, text);

		if (escape_width(line) > width)
			fail_msg("too wide: %s", line);
		free(line);
		text += len + (text[len] == '\n');
	}
}

static void a_stack_of_any_depth_is_shown_in_any_view(void **state)
{
	static const enum view_kind kinds[] = {
		VIEW_DEFAULT, VIEW_ROWS, VIEW_TREE, VIEW_BOTTOM_UP,
		VIEW_CALLERS, VIEW_CALLEES
	};
	const struct text_style style = { .width = 80, .utf8 = true };
	struct profile *profile = deep_profile();

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct view view = {
			.kind = kinds[i], .min_percent = 1, .top = 30,
			.function = "[[]app+0x10]",
		};
		struct strbuf out = STRBUF_INIT;

		for (int all = 0; all < 2; all++) {
			strbuf_clear(&out);
			view.all_frames = all;
			show(&out, profile, &style, view);
			assert_lines_fit(strbuf_text(&out), 80);
			strbuf_clear(&out);
			show(&out, profile, NULL, view);
			assert_true(out.len > 0);
		}
		strbuf_release(&out);
	}
	profile_free(profile);
}

static void a_long_chain_of_dull_callers_is_one_line(void **state)
{
	const struct text_style style = { .width = 80, .utf8 = true };
	struct view view = { .kind = VIEW_TREE, .min_percent = 1 };
	struct profile *profile = deep_profile();
	struct strbuf out = STRBUF_INIT;
	size_t lines = 0;

	show(&out, profile, &style, view);
	for (const char *p = strbuf_text(&out); *p; p++)
		lines += *p == '\n';
	/* heading, title, root, first, the rest, last */
	assert_int_equal(lines, 6);
	assert_non_null(strstr(strbuf_text(&out), "… 29998 frames: "));
	strbuf_release(&out);
	profile_free(profile);
}

/* Every level forks, so every level wants an indent. */
static void deep_forks_do_not_run_out_of_the_line(void **state)
{
	static const char path[] = "abcdefghijklmnopqrstuvwxy";
	const struct text_style style = { .width = 60, .utf8 = false };
	struct view view = { .kind = VIEW_TREE, .min_percent = 0.1 };
	struct maker *maker = maker_simple();
	struct strbuf out = STRBUF_INIT;
	struct profile *profile;
	char word[32] = "";

	for (size_t i = 0; i + 1 < sizeof(path); i++) {
		word[i] = path[i];
		maker_sample(maker, word, 2);
		word[i + 1] = 'z';
		maker_sample(maker, word, 1);
		word[i + 1] = '\0';
	}
	profile = maker_finish(maker);
	show(&out, profile, &style, view);
	assert_lines_fit(strbuf_text(&out), 60);
	assert_non_null(strstr(strbuf_text(&out), "~~ "));
	assert_non_null(strstr(strbuf_text(&out), "- y"));
	strbuf_release(&out);
	profile_free(profile);
}

static void assert_says(const struct profile *profile, struct view view,
			const char *text, bool said)
{
	const struct text_style style = { .width = 200 };
	struct strbuf out = STRBUF_INIT;

	show(&out, profile, &style, view);
	if (!strstr(strbuf_text(&out), text) == said)
		fail_msg("%s '%s':\n%s", said ? "no" : "has", text,
			 strbuf_text(&out));
	strbuf_release(&out);
}

static void below_20_percent_the_summary_suggests_off_cpu(void **state)
{
	struct view view = { .kind = VIEW_DEFAULT, .top = 10 };

	for (int busy = 0; busy < 2; busy++) {
		struct maker *maker = maker_simple();
		struct profile *profile;

		maker_sample(maker, "ma", busy ? 21 : 19);
		maker_sample_of(maker, 0, "mb", busy ? 79 : 81, STATE_POLL);
		profile = maker_finish(maker);
		view.clock = WEIGH_CPU;
		assert_says(profile, view, "--clock off-cpu", !busy);
		view.clock = WEIGH_OFF_CPU;
		assert_says(profile, view, "--clock off-cpu", false);
		profile_free(profile);
	}
}

static void modules_without_debug_information_are_named(void **state)
{
	const struct source_location location = { .function = "inner" };
	struct view view = { .kind = VIEW_DEFAULT, .top = 10 };
	struct maker *maker = maker_simple();
	struct symbol symbol = { .chain = &location, .count = 1 };
	struct profile *profile;

	symbol.frame = maker_frame(maker, 'Z');
	maker->sink->ops->symbol(maker->sink, &symbol);
	maker_sample(maker, "ma", 50);
	maker_sample(maker, "mZ", 50);
	profile = maker_finish(maker);
	assert_says(profile, view, "libz.so (50% of the CPU time): no debug "
		    "information", true);
	assert_says(profile, view, "--debuginfod", true);
	assert_says(profile, view, "- app", false);
	profile_free(profile);
}

/* A window of 8 ms of CPU time, in which nobody saw it run. */
static void much_that_was_too_brief_has_a_hint(void **state)
{
	const struct view view = { .kind = VIEW_DEFAULT, .top = 10 };
	static const char hint[] = "too brief to be sampled; less of it is";

	for (int much = 0; much < 2; much++) {
		struct maker *maker = maker_simple();
		const struct frame frame = { .address = 0 };
		const struct stack stack = { .parent = ID_NONE };
		struct interval interval = {
			.wall_ns = 8000000, .state = STATE_RUNNING,
		};
		const struct thread_window window = {
			.start_ns = 1000, .cpu_ns = 8000000,
			.intervals = &interval, .count = 1,
		};
		struct profile *profile;

		maker->sink->ops->frame(maker->sink, &frame);
		maker->sink->ops->stack(maker->sink, &stack);
		maker->sink->ops->window(maker->sink, &window);
		maker->stacks = maker->frames = 1;
		maker->now_ns += 8000000;
		maker_sample(maker, "ma", much ? 20 : 80);
		profile = maker_finish(maker);
		assert_says(profile, view, hint, much);
		profile_free(profile);
	}
}

/* [truncated: ...] > innermost, of module 2, "libz.so" */
static struct profile *cut_profile(uint64_t why, uint64_t whole_ms)
{
	struct maker *maker = maker_simple();
	const struct frame frames[] = { { .address = why },
					{ .module = 2, .address = 7 } };
	struct interval interval = { .wall_ns = 50000000, .stack = 1 };
	struct thread_window window = {
		.start_ns = 1000, .cpu_ns = 50000000, .intervals = &interval,
		.count = 1,
	};

	for (uint32_t i = 0; i < ARRAY_SIZE(frames); i++) {
		const struct stack stack = {
			.parent = i ? i - 1 : ID_NONE, .frame = i,
		};

		maker->sink->ops->frame(maker->sink, &frames[i]);
		maker->sink->ops->stack(maker->sink, &stack);
	}
	maker->sink->ops->window(maker->sink, &window);
	maker->stacks = maker->frames = ARRAY_SIZE(frames);
	maker->now_ns += 50000000;
	maker_sample(maker, "ma", whole_ms);
	return maker_finish(maker);
}

static void code_that_does_not_tell_its_caller_is_named(void **state)
{
	static const char callers[] = "libz.so (50% of the CPU time): who "
		"called it; this code has no unwind information";
	static const struct {
		uint64_t why, whole_ms;
		bool said;
	} cases[] = {
		{ SPECIAL_TRUNCATED_CFI, 50, true },
		{ SPECIAL_TRUNCATED_UNMAPPED, 50, true },
		/* What we did not copy, is no fault of the code. */
		{ SPECIAL_TRUNCATED_DEPTH, 50, false },
		{ SPECIAL_TRUNCATED_CFI, 2000, false },
	};
	struct view view = { .kind = VIEW_DEFAULT, .top = 10 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct profile *profile = cut_profile(cases[i].why,
						      cases[i].whole_ms);

		assert_says(profile, view, callers, cases[i].said);
		profile_free(profile);
	}
}

static void json_of_rows_can_be_read_back(void **state)
{
	const struct view view = { .kind = VIEW_ROWS, .by = ROWS_BY_FUNCTION };
	struct maker *maker = maker_simple();
	struct strbuf out = STRBUF_INIT;
	struct profile *profile;
	json_t *root, *rows;

	maker_sample(maker, "ma", 3);
	maker_sample(maker, "mZ", 5);
	profile = maker_finish(maker);
	show(&out, profile, NULL, view);
	root = json_loads(strbuf_text(&out), 0, NULL);
	rows = json_object_get(root, "rows");
	assert_int_equal(json_array_size(rows), 3);
	assert_string_equal(json_string_value(json_object_get(
		json_array_get(rows, 0), "name")), "Z");
	assert_int_equal(json_integer_value(json_object_get(
		json_array_get(rows, 0), "self_ns")), 5000000);
	assert_string_equal(json_string_value(json_object_get(
		json_array_get(rows, 0), "module")), "/lib/libz.so");
	assert_int_equal(json_integer_value(json_object_get(root,
							    "total_ns")),
			 8000000);
	json_decref(root);
	strbuf_release(&out);
	profile_free(profile);
}

static struct profile *waiting_profile(void)
{
	struct maker *maker = maker_simple();
	struct interval interval = {
		.wall_ns = 123456789000, .state = STATE_RUNNABLE,
	};
	struct thread_window window = {
		.start_ns = 1000, .intervals = &interval, .count = 1,
	};
	const struct source_location location = {
		.function = "a_name_of_more_letters_than_there_is_room_for",
		.file = "/usr/src/a_file_with_a_long_name.c", .line = 12345,
	};
	const struct symbol symbol = {
		.chain = &location, .count = 1, .status = SYMBOL_OK,
	};
	const struct frame frame = { .module = 1, .address = 16 };
	const struct stack stack = { .parent = ID_NONE, .frame = 0 };

	maker->sink->ops->frame(maker->sink, &frame);
	maker->sink->ops->stack(maker->sink, &stack);
	maker->sink->ops->symbol(maker->sink, &symbol);
	maker->sink->ops->window(maker->sink, &window);
	return maker_finish(maker);
}

static void tables_fit_into_60_columns(void **state)
{
	static const enum rows_by by[] = {
		ROWS_BY_FUNCTION, ROWS_BY_LINE, ROWS_BY_FILE, ROWS_BY_MODULE
	};
	const struct text_style style = { .width = 60 };
	struct profile *profile = waiting_profile();
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(by); i++) {
		const struct view view = {
			.kind = VIEW_ROWS, .by = by[i], .top = 30,
			.clock = WEIGH_OFF_CPU,
		};

		strbuf_clear(&out);
		show(&out, profile, &style, view);
		assert_non_null(strstr(strbuf_text(&out), "123.457"));
		assert_lines_fit(strbuf_text(&out), 60);
	}
	strbuf_release(&out);
	profile_free(profile);
}

static void code_of_the_vdso_without_a_name_has_brackets_once(void **state)
{
	const struct text_style style = { .width = 80 };
	const struct view view = { .kind = VIEW_ROWS, .top = 30 };
	const struct module vdso = { .kind = MODULE_VDSO, .path = "[vdso]" };
	const struct frame frame = { .module = 3, .address = 0xbe1 };
	const struct stack stack = { .parent = ID_NONE, .frame = 0 };
	struct maker *maker = maker_simple();
	struct interval interval = { .wall_ns = 1000000 };
	struct thread_window window = {
		.start_ns = 1000, .cpu_ns = 1000000, .intervals = &interval,
		.count = 1,
	};
	struct strbuf out = STRBUF_INIT;
	struct profile *profile;

	maker->sink->ops->module(maker->sink, &vdso);
	maker->sink->ops->frame(maker->sink, &frame);
	maker->sink->ops->stack(maker->sink, &stack);
	maker->sink->ops->window(maker->sink, &window);
	profile = maker_finish(maker);
	show(&out, profile, &style, view);
	assert_non_null(strstr(strbuf_text(&out), " [vdso+0xbe1]"));
	strbuf_release(&out);
	profile_free(profile);
}

static void the_quality_line_tells_samples_without_a_stack(void **state)
{
	const struct text_style style = { .width = 300 };
	const struct view view = { .min_percent = 1 };
	const struct frame frame = { .address = SPECIAL_NO_STACK };
	const struct stack stack = { .parent = ID_NONE, .frame = 0 };
	struct maker *maker = maker_simple();
	struct interval interval = { .wall_ns = 1000000 };
	struct thread_window window = {
		.start_ns = 1000, .cpu_ns = 1000000, .intervals = &interval,
		.count = 1,
	};
	struct strbuf out = STRBUF_INIT;
	struct profile *profile;

	maker->sink->ops->frame(maker->sink, &frame);
	maker->sink->ops->stack(maker->sink, &stack);
	maker->sink->ops->window(maker->sink, &window);
	profile = maker_finish(maker);
	show(&out, profile, &style, view);
	assert_non_null(strstr(strbuf_text(&out),
			       "no late samples, 100.0% without a stack"));
	strbuf_release(&out);
	profile_free(profile);
}

/* Numbers from a file can be anything; sums may wrap, nothing may break. */
static void absurd_weights_break_nothing(void **state)
{
	static const enum weight_clock clocks[] = {
		WEIGH_CPU, WEIGH_WALL, WEIGH_OFF_CPU
	};
	const struct text_style style = { .width = 100 };
	struct maker *maker = maker_simple();
	struct interval interval = { .wall_ns = UINT64_MAX - 7 };
	struct thread_window window = {
		.start_ns = UINT64_MAX - 5, .cpu_ns = UINT64_MAX,
		.intervals = &interval, .count = 1,
	};
	struct strbuf out = STRBUF_INIT;
	struct profile *profile;

	maker_sample(maker, "ma", 1);
	maker->sink->ops->window(maker->sink, &window);
	maker->sink->ops->window(maker->sink, &window);
	interval.state = STATE_POLL;
	maker->sink->ops->window(maker->sink, &window);
	profile = maker_finish(maker);
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		struct view view = { .clock = clocks[i], .min_percent = 1 };

		show(&out, profile, &style, view);
		show(&out, profile, NULL, view);
	}
	strbuf_release(&out);
	profile_free(profile);
}

static void labels_of_regions_need_not_be_utf8(void **state)
{
	struct view view = { .kind = VIEW_ROWS, .by = ROWS_BY_REGION };
	struct maker *maker = maker_simple();
	struct strbuf out = STRBUF_INIT;
	struct profile *profile;
	const json_t *labels;
	json_t *root;

	maker->sink->ops->region(maker->sink, &(struct region){
		0, ID_NONE, REGION_SCOPE, "\xfe" });
	for (int i = 0; i < 2; i++)
		maker->sink->ops->region_label(maker->sink,
			&(struct region_label){ 0, "key\xff", "value\xff" });
	profile = maker_finish(maker);
	show(&out, profile, NULL, view);
	root = json_loads(strbuf_text(&out), 0, NULL);
	labels = json_object_get(json_array_get(json_object_get(root,
		"rows"), 0), "labels");
	labels = json_object_get(labels, "key\\xff");
	assert_int_equal(json_array_size(labels), 1);
	assert_string_equal(json_string_value(json_array_get(labels, 0)),
			    "value\\xff");
	json_decref(root);
	strbuf_release(&out);
	profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stack_of_any_depth_is_shown_in_any_view),
		cmocka_unit_test(a_long_chain_of_dull_callers_is_one_line),
		cmocka_unit_test(deep_forks_do_not_run_out_of_the_line),
		cmocka_unit_test(
			below_20_percent_the_summary_suggests_off_cpu),
		cmocka_unit_test(modules_without_debug_information_are_named),
		cmocka_unit_test(much_that_was_too_brief_has_a_hint),
		cmocka_unit_test(code_that_does_not_tell_its_caller_is_named),
		cmocka_unit_test(json_of_rows_can_be_read_back),
		cmocka_unit_test(tables_fit_into_60_columns),
		cmocka_unit_test(
			code_of_the_vdso_without_a_name_has_brackets_once),
		cmocka_unit_test(
			the_quality_line_tells_samples_without_a_stack),
		cmocka_unit_test(absurd_weights_break_nothing),
		cmocka_unit_test(labels_of_regions_need_not_be_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
