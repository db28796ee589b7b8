/* SPDX-License-Identifier: MIT */
#include "base/output.h"
#include "render/chart.h"
#include "render/chart_stacks.h"

#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>

static void labels_are(enum axis_unit unit, double to, double length,
		       const char *wanted)
{
	const struct axis axis = axis_of(unit, to, 0, length, 80);
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < axis_count(&axis); i++) {
		strbuf_add(&out, i ? "|" : "");
		axis_label(&out, &axis, i * axis.step);
	}
	assert_string_equal(strbuf_text(&out), wanted);
	strbuf_release(&out);
}

static void labels_of_an_axis_are_round(void **state)
{
	labels_are(AXIS_NS, 1e9, 500, "0|0.2 s|0.4 s|0.6 s|0.8 s|1.0 s");
	labels_are(AXIS_NS, 930e6, 400, "0|200 ms|400 ms|600 ms|800 ms");
	labels_are(AXIS_NS, 45e9, 400, "0|10 s|20 s|30 s|40 s");
	labels_are(AXIS_NS, 150e9, 500, "0|30 s|60 s|90 s|120 s|150 s");
	labels_are(AXIS_NS, 600e9, 400, "0|2 min|4 min|6 min|8 min|10 min");
	labels_are(AXIS_NS, 7200e9, 400, "0|30 min|60 min|90 min|120 min");
	labels_are(AXIS_NS, 3, 900, "0|1 ns|2 ns|3 ns");
	labels_are(AXIS_BYTES, 70e6, 400, "0|20 MB|40 MB|60 MB");
	labels_are(AXIS_BYTES, 999, 160, "0|500 B");
	labels_are(AXIS_NUMBER, 2.2, 400, "0|0.5|1.0|1.5|2.0");
	labels_are(AXIS_NUMBER, 90000, 240, "0|50k");
}

static void an_axis_of_nothing_has_an_end(void **state)
{
	const double odd[] = { 0, -5, 1e-300 };

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		const struct axis axis = axis_of(AXIS_NUMBER, odd[i], 10, 90,
						 50);

		assert_true(axis.to > 0);
		assert_true(axis.step > 0);
		assert_true(axis_count(&axis) < 100);
		assert_true(axis_at(&axis, 0) == 10);
	}
}

static void a_round_axis_ends_at_a_label(void **state)
{
	for (double to = 0.013; to < 1e12; to *= 1.7) {
		const struct axis axis = axis_round(AXIS_NUMBER, to, 0, 300,
						    40);
		const double steps = axis.to / axis.step;

		assert_true(axis.to >= to * (1 - 1e-9));
		assert_true(axis.to < to + axis.step * (1 + 1e-9));
		assert_true(fabs(steps - round(steps)) < 1e-6);
		assert_true(axis_count(&axis) <= 9);
	}
}

static void amount_is(enum axis_unit unit, double value, const char *wanted)
{
	struct strbuf text = STRBUF_INIT;

	axis_add_amount(&text, unit, value);
	assert_string_equal(strbuf_text(&text), wanted);
	strbuf_release(&text);
}

static void amounts_are_told_whatever_a_file_says(void **state)
{
	amount_is(AXIS_NS, 1.5e9, "1.50 s");
	amount_is(AXIS_NS, -2e6, "-2.00 ms");
	amount_is(AXIS_BYTES, 0, "0 B");
	/* A program may count below 0, and a file beyond all numbers. */
	amount_is(AXIS_BYTES, -4096, "-4.1 kB");
	amount_is(AXIS_BYTES, 2e24, "18.4 EB");
	amount_is(AXIS_NS, 2e24, "213503 d");
	amount_is(AXIS_NUMBER, 1234567, "1.235e+06");
}

static void svg_is(const char *text, const char *wanted)
{
	const struct canvas_size size = { 100, 50, 1 };
	struct canvas *canvas = canvas_svg_new();
	struct strbuf out = STRBUF_INIT;

	canvas_begin(canvas, &size);
	canvas_text(canvas, 1, 2, &chart_plain, 0x123456, ANCHOR_START, text);
	assert_int_equal(canvas_finish(canvas, &out, NULL), 0);
	if (!strstr(strbuf_text(&out), wanted))
		fail_msg("no %s in %s", wanted, strbuf_text(&out));
	strbuf_release(&out);
	canvas_free(canvas);
}

static void text_of_an_svg_is_no_markup(void **state)
{
	svg_is("a<b>&\"c'", ">a&#60;b&#62;&#38;&#34;c&#39;</text>");
	svg_is("]]>", ">]]&#62;</text>");
	svg_is("\xff\xef\xbf\xbe|", ">\\xff\\u{fffe}|</text>");
	svg_is("x", " fill=\"#123456\">x<");
}

static void a_fitted_text_is_as_wide_as_there_is_room(void **state)
{
	struct chart chart = { .canvas = canvas_svg_new() };
	const char *const names[] = {
		("std::vector<std::string, std::allocator<std::string>>::"
		"push_back(std::string const&)"),
		"WWWWWWWWWWWWWWWWWWWWWWWWWW", "iiiiiiiiiiiiiiiiiiiiiiiiii",
		"\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87", "\x1b[31m",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		for (double width = -5; width < 700; width += 7) {
			struct strbuf out = STRBUF_INIT;

			if (chart_fit_function(&chart, &out, &chart_plain,
					       names[i], width))
				assert_true(canvas_text_width(
					chart.canvas, &chart_plain,
					strbuf_text(&out)) <= width);
			else
				assert_int_equal(out.len, 0);
			if (width > 690)
				assert_true(out.len > 0);
			strbuf_release(&out);
		}
	}
	canvas_free(chart.canvas);
}

static void page_has(const struct strbuf *page, uint32_t colour)
{
	char text[16];

	snprintf(text, sizeof(text), "#%06" PRIx32, colour);
	if (!strcasestr(strbuf_text(page), text))
		fail_msg("the page has no %s", text);
}

static void theme_is_of_page(const struct chart_theme *theme,
			     const struct strbuf *page)
{
	page_has(page, theme->background);
	page_has(page, theme->panel);
	page_has(page, theme->line);
	page_has(page, theme->ink);
	page_has(page, theme->dim);
	page_has(page, theme->accent);
	page_has(page, theme->bar);
	page_has(page, theme->special);
	for (size_t i = 0; i < ARRAY_SIZE(theme->modules); i++)
		page_has(page, theme->modules[i]);
	for (size_t i = 0; i < ARRAY_SIZE(theme->states); i++)
		page_has(page, theme->states[i]);
	page_has(page, theme->same);
	page_has(page, theme->more);
	page_has(page, theme->less);
}

static void charts_have_the_colours_of_the_page(void **state)
{
	static const char *const paths[] = {
		"lib/render/assets/colour.js", "lib/render/assets/style.css",
		"lib/render/assets/diff_colour.js"
	};
	struct strbuf page = STRBUF_INIT;
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		assert_int_equal(read_file_at(AT_FDCWD, paths[i], 1 << 20,
					      &page, &err), 0);
	theme_is_of_page(&chart_light, &page);
	theme_is_of_page(&chart_dark, &page);
	strbuf_release(&page);
}

static void text_can_be_read_on_its_ground(const struct chart_theme *theme)
{
	assert_true(colour_contrast(theme->ink, theme->background) > 7);
	assert_true(colour_contrast(theme->dim, theme->background) > 4.5);
	for (size_t i = 0; i < ARRAY_SIZE(theme->modules); i++)
		assert_true(colour_contrast(theme->modules[i], colour_ink_on(
					    theme->modules[i])) > 4.5);
	for (size_t i = 0; i < ARRAY_SIZE(theme->states); i++)
		assert_true(colour_contrast(theme->states[i], colour_ink_on(
					    theme->states[i])) > 4.5);
}

static void text_can_be_read_on_a_change(const struct chart_theme *theme)
{
	for (double share = -1; share <= 1; share += 0.01) {
		const uint32_t fill = chart_change(theme, share);

		assert_true(colour_contrast(fill, colour_ink_on(fill)) > 4.5);
	}
}

static void all_text_has_contrast(void **state)
{
	text_can_be_read_on_its_ground(&chart_light);
	text_can_be_read_on_its_ground(&chart_dark);
	text_can_be_read_on_a_change(&chart_light);
	text_can_be_read_on_a_change(&chart_dark);
}

static void a_larger_change_has_more_colour(void **state)
{
	assert_int_equal(chart_change(&chart_light, 0), chart_light.same);
	assert_int_equal(chart_change(&chart_light, 0.01), chart_light.same);
	assert_int_equal(chart_change(&chart_light, 1), chart_light.more);
	assert_int_equal(chart_change(&chart_light, -9), chart_light.less);
	assert_true(chart_change(&chart_light, 0.1) != chart_light.same);
	assert_false(chart_is_change(-0.01));
	assert_true(chart_is_change(-0.1));
}

enum { SPIKE = 60 };	/* calls deep, beside one that has nearly all */

static double spike_weight(const struct chart_stacks *stacks, uint32_t node)
{
	return node == 0 ? 1000 : node == 1 ? 995 : 5;
}

static uint32_t spike_first(const struct chart_stacks *stacks, uint32_t node)
{
	return node == 0 ? 1 : node >= 2 && node <= SPIKE ? node + 1 :
	       ID_NONE;
}

static uint32_t spike_next(const struct chart_stacks *stacks, uint32_t node)
{
	return node == 1 ? 2 : ID_NONE;
}

static uint32_t spike_fill(const struct chart_stacks *stacks, uint32_t node)
{
	return 0x123456;
}

static void spike_name(const struct chart_stacks *stacks, struct strbuf *out,
		       uint32_t node)
{
	strbuf_add(out, "call");
}

static void spike_tip(const struct chart_stacks *stacks, struct strbuf *out,
		      const struct stack_box *box)
{
}

/* How many boxes a picture of `height` has; 0: as it needs. */
static size_t boxes_of_spike(uint32_t height, bool *noted)
{
	static const struct stacks_ops ops = {
		.weight = spike_weight, .first_child = spike_first,
		.next_sibling = spike_next, .fill = spike_fill,
		.add_name = spike_name, .add_tip = spike_tip,
	};
	const struct chart_request request = {
		.theme = &chart_light, .height = height };
	struct chart chart = chart_of(canvas_svg_new(), &request);
	struct chart_stacks stacks = { .ops = &ops, .chart = &chart };
	struct strbuf out = STRBUF_INIT;
	size_t count = 0;

	chart_stacks_draw(&stacks, "title", "caption");
	assert_int_equal(chart_end(&chart, &out, 0, NULL), 0);
	canvas_free(chart.canvas);
	for (const char *at = strbuf_text(&out);
	     (at = strstr(at, "class=\"frame\"")); at++)
		count++;
	*noted = strstr(strbuf_text(&out), " more rows of calls, with less "
			"than 1% of the time in each") != NULL;
	strbuf_release(&out);
	chart_stacks_release(&stacks);
	return count;
}

static void a_thin_spike_does_not_make_a_picture_high(void **state)
{
	bool noted;

	assert_int_equal(boxes_of_spike(0, &noted), 2 + 23);
	assert_true(noted);
	assert_int_equal(boxes_of_spike(2000, &noted), 2 + SPIKE);
	assert_false(noted);
}

/* All points of the SVG's lines; returns how many lines there are. */
static int lines_are_within(const char *svg, const struct box *box)
{
	static const char begin[] = "<polyline points=\"";
	int count = 0;

	for (svg = strstr(svg, begin); svg; svg = strstr(svg, begin)) {
		double x[2], y[2];

		svg += strlen(begin);
		assert_int_equal(sscanf(svg, "%lf,%lf %lf,%lf", &x[0], &y[0],
					&x[1], &y[1]), 4);
		for (int i = 0; i < 2; i++) {
			assert_true(x[i] >= box->x - 0.01);
			assert_true(x[i] <= box->x + box->width + 0.01);
			assert_true(y[i] >= box->y - 0.01);
			assert_true(y[i] <= box->y + box->height + 0.01);
		}
		count++;
	}
	return count;
}

static void a_hatched_box_has_no_line_outside(void **state)
{
	const struct canvas_size size = { 200, 100, 1 };
	const struct box boxes[] = {
		{ 10, 10, 150, 17 }, { 3.3, 50.5, 5, 40 }, { 0, 0, 1, 1 },
		{ 20, 20, 2.5, 3 },
	};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(boxes); i++) {
		const struct box *box = &boxes[i / 2];
		struct chart chart = { .canvas = canvas_svg_new() };
		struct strbuf out = STRBUF_INIT;
		int count;

		canvas_begin(chart.canvas, &size);
		chart_hatch(&chart, box, i % 2, 0x123456);
		assert_int_equal(canvas_finish(chart.canvas, &out, NULL), 0);
		count = lines_are_within(strbuf_text(&out), box);
		assert_true(count >= (int)(box->width / 7));
		strbuf_release(&out);
		canvas_free(chart.canvas);
	}
}

/* Told by lightness alone, so that hue does not matter to anyone. */
static void more_heat_has_more_contrast_to_the_ground(void **state)
{
	const struct chart_theme *const themes[] = {
		&chart_light, &chart_dark
	};

	for (size_t i = 0; i < ARRAY_SIZE(themes); i++) {
		double before = 1;

		for (double share = 0; share <= 1; share += 0.05) {
			const double is = colour_contrast(
				chart_heat(themes[i], share),
				themes[i]->panel);

			assert_true(is > before);
			before = is;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_of_an_axis_are_round),
		cmocka_unit_test(an_axis_of_nothing_has_an_end),
		cmocka_unit_test(a_round_axis_ends_at_a_label),
		cmocka_unit_test(amounts_are_told_whatever_a_file_says),
		cmocka_unit_test(text_of_an_svg_is_no_markup),
		cmocka_unit_test(a_fitted_text_is_as_wide_as_there_is_room),
		cmocka_unit_test(charts_have_the_colours_of_the_page),
		cmocka_unit_test(all_text_has_contrast),
		cmocka_unit_test(a_larger_change_has_more_colour),
		cmocka_unit_test(a_thin_spike_does_not_make_a_picture_high),
		cmocka_unit_test(a_hatched_box_has_no_line_outside),
		cmocka_unit_test(more_heat_has_more_contrast_to_the_ground),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
