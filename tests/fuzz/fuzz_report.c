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

#include "base/clock.h"
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

/* What a chart is of: a clock, what all have, or one that is in the file. */
static const char *any_metric(const struct profile *profile, size_t which)
{
	static const char *const known[] = { NULL, "off-cpu", "memory" };
	const size_t count = ARRAY_SIZE(known) + profile->metrics.count;

	which %= count;
	return which < ARRAY_SIZE(known) ? known[which] :
	       profile->metrics.items[which - ARRAY_SIZE(known)].metric.name;
}

/* One format at a time: exports take longer than reports. */
static void export_one(struct view *view, size_t which)
{
	const struct chart_request chart = {
		.kind = any_chart(which / 16),
		.theme = which & 4 ? &chart_dark : &chart_light,
		.width = which & 8 ? 0 : CHART_MIN + which % 2000,
		.height = which & 1 ? 0 : CHART_MIN + which % 700,
		.metric = any_metric(view->profile, which / 64),
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

/* Most look at all of it: a filter that fits nothing ends in a message. */
static struct filter_spec any_part(size_t which)
{
	static const char *const all[] = { "*" };
	static const char *const some[] = { "*a*", "*e*" };
	const struct patterns any = { all, ARRAY_SIZE(all) };
	const struct patterns few = { some, ARRAY_SIZE(some) };
	struct filter_spec spec = { .from_ns = which % 3 };

	switch (which / 3 % 12) {
	case 0:
		spec.regions = any;
		break;
	case 1:
		spec.regions = few;
		spec.to_ns = NS_PER_MS * (which % 1000);
		break;
	case 2:
		spec.functions = few;
		break;
	case 3:
		spec.threads = few;
		spec.files = any;
		break;
	case 4:
		spec.processes = any;
		spec.modules = few;
		break;
	}
	return spec;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const size_t which = hash_bytes(data, len) % (1 << 20);
	const struct filter_spec spec = any_part(which);
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
		view.clock = which % 3;
		view.by = which % ROWS_BY_COUNT;
		for (size_t i = 0; i < 3; i++)
			export_one(&view, which + i);
	}
	filter_release(&filter);
	overview_release(&overview);
	profile_free(profile);
	return 0;
}
