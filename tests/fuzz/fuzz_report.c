/* SPDX-License-Identifier: MIT */
/*
 * Every view and export of a profile made of any bytes: all of them end,
 * none reads what is not there, and no control character reaches the
 * terminal, or is left from a name in an export that is text.
 */
/* The mutator that keeps sums right is that of the reader's target. */
#define LLVMFuzzerTestOneInput fuzz_reader_one_input
#include "fuzz_reader.c"
#undef LLVMFuzzerTestOneInput

#include "fuzz_profile.h"

#include "base/hash.h"
#include "render/chart.h"
#include "render/exporter.h"
#include "render/report_json.h"
#include "render/report_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void show(struct view *view)
{
	static const struct text_style styles[] = {
		{ .width = 80 }, { .width = 100, .utf8 = true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(styles); i++) {
		struct strbuf out = STRBUF_INIT;

		if (!report_text(&out, &styles[i], view, NULL))
			check_text(&out);
		strbuf_release(&out);
	}
}

static void show_all(struct view *view)
{
	for (int kind = VIEW_DEFAULT; kind <= VIEW_ANNOTATE; kind++) {
		struct strbuf out = STRBUF_INIT;

		view->kind = kind;
		view->clock = kind % 3;
		view->by = kind % ROWS_BY_COUNT;
		view->all_frames = kind & 1;
		show(view);
		report_json(&out, view, NULL);
		strbuf_release(&out);
	}
}

static const struct chart_kind *any_chart(size_t which)
{
	size_t count = 0;

	while (chart_kinds[count])
		count++;
	return chart_kinds[which % count];
}

/* One format at a time: exports take longer than reports. */
static void export_one(struct view *view, size_t which)
{
	const struct chart_request chart = {
		.kind = any_chart(which / 16),
		.theme = which & 4 ? &chart_dark : &chart_light,
		.width = which & 8 ? 0 : CHART_MIN + which % 2000,
		.height = which & 1 ? 0 : CHART_MIN + which % 700,
	};
	struct strbuf note = STRBUF_INIT;
	const struct export_request request = {
		.view = view,
		.weights = which & 1,
		.merge_threads = which & 2,
		.chart = &chart,
		.note = &note,
	};
	const struct exporter_ops *ops;
	struct strbuf out = STRBUF_INIT;
	size_t count = 0;

	while (exporters[count])
		count++;
	ops = exporters[which % count];
	/* The same chart as svg, but by cairo, whose fonts leak. */
	if (strcmp(ops->name, "png") == 0)
		return;
	/* The page has tabs of its own. */
	if (!ops->write(&out, &request, NULL) && !ops->binary &&
	    strcmp(ops->name, "html") != 0)
		check_text(&out);
	strbuf_release(&out);
	strbuf_release(&note);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct filter_spec spec = { .from_ns = len % 3, .to_ns = 0 };
	struct profile *profile = salvage(data, len);
	struct overview overview;
	struct filter filter;
	struct view view = {
		.profile = profile, .overview = &overview, .spec = &spec,
		.filter = &filter, .function = "*a*", .top = 30,
		.min_percent = 1,
	};

	if (!profile)
		return 0;
	overview_init(&overview, profile);
	if (!filter_init(&filter, &spec, profile, NULL)) {
		show_all(&view);
		view.clock = len % 3;
		for (size_t i = 0; i < 3; i++)
			export_one(&view, hash_bytes(data, len) % 1024 + i);
	}
	filter_release(&filter);
	overview_release(&overview);
	profile_free(profile);
	return 0;
}
