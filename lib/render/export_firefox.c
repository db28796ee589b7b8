/* SPDX-License-Identifier: MIT */
/*
 * The "processed" profile of the Firefox Profiler, which Perfetto reads,
 * too.  The version is pinned: its front end upgrades older ones for ever,
 * and refuses newer ones.
 */
#include "render/export_firefox.h"

#include "base/clock.h"
#include "profile/rows.h"
#include "profile/series.h"
#include "render/export_formats.h"
#include "render/export_metric.h"
#include "render/export_region.h"

#include <inttypes.h>
#include <string.h>

enum {
	FORMAT_VERSION = 61,
	GECKO_VERSION = 24,	/* nobody reads it */
	MS_DIGITS = 6,		/* of nanoseconds */
	THREADS_SHOWN = 10,	/* at first; all can be chosen */
	MARKER_INSTANT = 0,
	MARKER_INTERVAL = 1
};

struct firefox {
	struct json_writer json;
	const struct view *view;
	struct firefox_tables tables;
	struct timeline timeline;
	struct export_call_vec calls;
};

static void put_category(struct json_writer *json, const char *name,
			 const char *colour)
{
	json_open(json, NULL, '{');
	json_write_text(json, "name", name);
	json_write_text(json, "color", colour);
	json_open(json, "subcategories", '[');
	json_write_text(json, NULL, "Other");
	json_close(json, ']');
	json_close(json, '}');
}

/* In the order of FIREFOX_...; one must be grey. */
static void put_categories(struct json_writer *json)
{
	json_open(json, "categories", '[');
	put_category(json, "Other", "grey");
	put_category(json, "Native", "yellow");
	put_category(json, "JIT", "green");
	put_category(json, "Waiting", "blue");
	json_close(json, ']');
}

static void put_units(struct json_writer *json)
{
	json_open(json, "sampleUnits", '{');
	json_write_text(json, "time", "ms");
	json_write_text(json, "eventDelay", "ms");
	json_write_text(json, "threadCPUDelta", "ns");
	json_close(json, '}');
}

static void put_entry(struct json_writer *json, const char *label,
		      const char *value)
{
	json_open(json, NULL, '{');
	json_write_text(json, "label", label);
	json_write_text(json, "format", "string");
	json_write_text(json, "value", value);
	json_close(json, '}');
}

/* Facts for which there is no place of their own. */
static void put_extra(struct json_writer *json, const struct view *view)
{
	const struct profile *profile = view->profile;

	json_open(json, "extra", '[');
	json_open(json, NULL, '{');
	json_write_text(json, "label", "Recording");
	json_open(json, "entries", '[');
	put_entry(json, "Clock", weight_clock_name(view->clock));
	for (size_t r = 0; r < profile->runs.count; r++) {
		const struct run_begin *run = &profile->runs.items[r].begin;

		if (*run->version)
			put_entry(json, "Version", run->version);
		for (size_t i = 0; i < run->label_count; i++)
			put_entry(json, *run->labels[i].key ?
				  run->labels[i].key : "label",
				  run->labels[i].value);
	}
	json_close(json, ']');
	json_close(json, '}');
	json_close(json, ']');
}

static void put_machine(struct json_writer *json,
			const struct recording_info *info)
{
	struct strbuf os = STRBUF_INIT;

	strbuf_addf(&os, "Linux %s %s", info->kernel, info->machine);
	json_write_text(json, "oscpu", strbuf_text(&os));
	json_write_text(json, "platform", "Linux");
	json_write_text(json, "CPUName", info->cpu_model);
	json_write_count(json, "logicalCPUs", info->cpu_count);
	json_write_count(json, "mainMemory", info->memory_bytes);
	strbuf_release(&os);
}

static void put_command(struct json_writer *json, const struct run_begin *run)
{
	struct strbuf line = STRBUF_INIT;

	for (size_t i = 0; i < run->argc; i++)
		strbuf_addf(&line, "%s%s", i ? " " : "", run->argv[i]);
	json_write_text(json, "product", *run->name ? run->name : "program");
	json_write_text(json, "arguments", strbuf_text(&line));
	json_write_decimal(json, "interval", NS_PER_S /
			   MAX(run->rate_hz, (uint32_t)1), MS_DIGITS);
	strbuf_release(&line);
}

static void put_visible(struct json_writer *json, size_t threads)
{
	json_open(json, "initialVisibleThreads", '[');
	for (size_t i = 0; i < MIN(threads, (size_t)THREADS_SHOWN); i++)
		json_write_count(json, NULL, i);
	json_close(json, ']');
	json_open(json, "initialSelectedThreads", '[');
	if (threads)
		json_write_count(json, NULL, 0);
	json_close(json, ']');
}

static void put_marker_schema(struct json_writer *json)
{
	static const char *const places[] = {
		"marker-chart", "marker-table", "timeline-overview"
	};

	json_open(json, "markerSchema", '[');
	json_open(json, NULL, '{');
	json_write_text(json, "name", "Region");
	json_write_text(json, "tooltipLabel", "{marker.name}");
	json_write_text(json, "tableLabel", "{marker.name}");
	json_write_text(json, "chartLabel", "{marker.name}");
	json_open(json, "display", '[');
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		json_write_text(json, NULL, places[i]);
	json_close(json, ']');
	json_open(json, "fields", '[');
	json_close(json, ']');
	json_close(json, '}');
	json_close(json, ']');
}

/* The index of its name in the table that is written before the threads. */
static uint32_t region_name(struct firefox *to, const struct region *region)
{
	return firefox_string(&to->tables, *region->name ? region->name :
			      "region");
}

static void put_meta(struct firefox *to, size_t threads)
{
	const struct profile *profile = to->view->profile;
	const struct run_begin none = { .name = "", .rate_hz = 1 };
	struct json_writer *json = &to->json;

	json_open(json, "meta", '{');
	put_command(json, profile->runs.count ?
		    &profile_main_run(profile)->begin : &none);
	json_write_decimal(json, "startTime", to->timeline.epoch_ns,
			   MS_DIGITS);
	json_write_count(json, "processType", 0);
	json_write_count(json, "stackwalk", 1);
	json_write_bool(json, "debug", false);
	json_write_count(json, "version", GECKO_VERSION);
	json_write_count(json, "preprocessedProfileVersion", FORMAT_VERSION);
	json_write_bool(json, "symbolicated", true);
	json_write_text(json, "importedFrom", "cprof");
	json_write_bool(json, "usesOnlyOneStackType", true);
	json_write_bool(json, "sourceCodeIsNotOnSearchfox", true);
	json_write_bool(json, "keepProfileThreadOrder", true);
	if (profile->files.count)
		put_machine(json, &profile->files.items[0].info);
	put_units(json);
	put_categories(json);
	put_marker_schema(json);
	put_visible(json, threads);
	put_extra(json, to->view);
	json_close(json, '}');
}

/*
 * Samples stay apart, also equal ones: the timeline shows each where it is.
 * Weights are time, so that what the tree adds up is the report's.
 */
static void put_samples(struct json_writer *json, const struct moment *from,
			size_t count)
{
	json_open(json, "samples", '{');
	json_open(json, "stack", '[');
	for (size_t i = 0; i < count; i++)
		json_write_count(json, NULL, from[i].path);
	json_close(json, ']');
	json_open(json, "time", '[');
	for (size_t i = 0; i < count; i++)
		json_write_decimal(json, NULL, from[i].end_ns, MS_DIGITS);
	json_close(json, ']');
	json_open(json, "weight", '[');
	for (size_t i = 0; i < count; i++)
		json_write_decimal(json, NULL, from[i].ns, MS_DIGITS);
	json_close(json, ']');
	json_write_text(json, "weightType", "tracing-ms");
	json_open(json, "threadCPUDelta", '[');
	for (size_t i = 0; i < count; i++)
		json_write_count(json, NULL, from[i].cpu_ns);
	json_close(json, ']');
	json_write_count(json, "length", count);
	json_close(json, '}');
}

/* The calls of one thread; they are in order. */
struct thread_calls {
	const struct export_call *items;
	size_t count;
};

static struct thread_calls calls_of(const struct firefox *to, uint32_t thread)
{
	const struct export_call_vec *calls = &to->calls;
	struct thread_calls found = { .count = 0 };
	size_t from = 0, end = calls->count;

	if (!calls->count)
		return found;
	while (from < end) {
		const size_t middle = from + (end - from) / 2;

		if (calls->items[middle].thread < thread)
			from = middle + 1;
		else
			end = middle;
	}
	found.items = calls->items + from;
	while (from + found.count < calls->count &&
	       found.items[found.count].thread == thread)
		found.count++;
	return found;
}

static bool is_event(const struct export_call *call)
{
	return call->region->kind == REGION_EVENT;
}

static void put_marker_times(struct json_writer *json,
			     const struct thread_calls *calls)
{
	json_open(json, "startTime", '[');
	for (size_t i = 0; i < calls->count; i++)
		json_write_decimal(json, NULL, calls->items[i].start_ns,
				   MS_DIGITS);
	json_close(json, ']');
	json_open(json, "endTime", '[');
	for (size_t i = 0; i < calls->count; i++) {
		if (is_event(&calls->items[i]))
			json_write_null(json, NULL);
		else
			json_write_decimal(json, NULL, calls->items[i].end_ns,
					   MS_DIGITS);
	}
	json_close(json, ']');
	json_open(json, "phase", '[');
	for (size_t i = 0; i < calls->count; i++)
		json_write_count(json, NULL, is_event(&calls->items[i]) ?
				 MARKER_INSTANT : MARKER_INTERVAL);
	json_close(json, ']');
}

static void put_markers(struct firefox *to, uint32_t thread)
{
	const struct thread_calls calls = calls_of(to, thread);
	struct json_writer *json = &to->json;

	json_open(json, "markers", '{');
	json_open(json, "data", '[');
	for (size_t i = 0; i < calls.count; i++) {
		json_open(json, NULL, '{');
		json_write_text(json, "type", "Region");
		json_close(json, '}');
	}
	json_close(json, ']');
	json_open(json, "name", '[');
	for (size_t i = 0; i < calls.count; i++)
		json_write_count(json, NULL, region_name(
			to, calls.items[i].region));
	json_close(json, ']');
	put_marker_times(json, &calls);
	json_open(json, "category", '[');
	for (size_t i = 0; i < calls.count; i++)
		json_write_count(json, NULL, FIREFOX_OTHER);
	json_close(json, ']');
	json_write_count(json, "length", calls.count);
	json_close(json, '}');
}

/* Ids of processes are texts; those of a further file say which. */
static void put_pid(struct json_writer *json, const struct profile *profile,
		    const struct process *process)
{
	const uint32_t file = profile->runs.items[process->run].file;
	struct strbuf pid = STRBUF_INIT;

	strbuf_addf(&pid, "%" PRId32, process->pid);
	if (file)
		strbuf_addf(&pid, ".%" PRIu32, file);
	json_write_text(json, "pid", strbuf_text(&pid));
	strbuf_release(&pid);
}

static void put_thread(struct firefox *to, uint32_t id)
{
	const struct profile *profile = to->view->profile;
	const struct thread *thread = &profile->threads.items[id].begin;
	const struct process *process =
		&profile->processes.items[thread->process].begin;
	const uint32_t first = to->timeline.first.items[id];
	const struct moment *from = &to->timeline.moments.items[first];
	struct json_writer *json = &to->json;

	json_open(json, NULL, '{');
	json_write_text(json, "name", profile->threads.items[id].name);
	json_write_bool(json, "isMainThread", thread->tid == process->pid);
	json_write_text(json, "processType", "default");
	json_write_text(json, "processName", process->name);
	put_pid(json, profile, process);
	json_write_int(json, "tid", thread->tid);
	json_write_decimal(json, "processStartupTime", from->start_ns,
			   MS_DIGITS);
	json_write_null(json, "processShutdownTime");
	json_write_decimal(json, "registerTime", from->start_ns, MS_DIGITS);
	json_write_null(json, "unregisterTime");
	json_open(json, "pausedRanges", '[');
	json_close(json, ']');
	put_samples(json, from, to->timeline.first.items[id + 1] - first);
	put_markers(to, id);
	json_close(json, '}');
}

static bool has_samples(const struct firefox *to, uint32_t thread)
{
	const uint32_t *first = &to->timeline.first.items[thread];

	return first[0] < first[1];
}

/* Where threads stand among those that are written. */
struct written {
	uint32_t *index;	/* by thread id */
	uint32_t *of_process;	/* its first thread; ID_NONE: none */
	uint32_t *of_run;
};

static void note_first(uint32_t *first, uint32_t thread)
{
	if (*first == ID_NONE)
		*first = thread;
}

static uint32_t *none_of(size_t count)
{
	uint32_t *ids = mem_calloc(count + 1, sizeof(*ids));

	memset(ids, 0xff, count * sizeof(*ids));
	return ids;
}

static struct written written_of(const struct firefox *to)
{
	const struct profile *profile = to->view->profile;
	struct written written = {
		.index = none_of(profile->threads.count),
		.of_process = none_of(profile->processes.count),
		.of_run = none_of(profile->runs.count),
	};
	uint32_t count = 0;

	for (uint32_t i = 0; i < profile->threads.count; i++) {
		const uint32_t process =
			profile->threads.items[i].begin.process;

		if (!has_samples(to, i))
			continue;
		written.index[i] = count++;
		note_first(&written.of_process[process], i);
		note_first(&written.of_run[profile->processes.items[process]
					   .begin.run], i);
	}
	return written;
}

/* The thread that a metric is shown with, or ID_NONE. */
static uint32_t thread_of(const struct firefox *to,
			  const struct written *written, size_t metric)
{
	const struct profile *profile = to->view->profile;
	const uint32_t process = export_metric_process(profile, metric);

	if (process == ID_NONE)
		return ID_NONE;
	if (written->of_process[process] != ID_NONE)
		return written->of_process[process];
	return written->of_run[profile->processes.items[process].begin.run];
}

/* What the profiler draws of a counter depends on its category. */
static const char *counter_category(const struct metric *metric)
{
	if (metric->unit == METRIC_BYTES)
		return metric->kind == METRIC_GAUGE ? "Memory" : "Bandwidth";
	return strcmp(metric->source, METRIC_COUNTER) == 0 ? "counter" :
	       metric->source;
}

/*
 * Version 62 has these, and keeps them when it upgrades: else a reader shows
 * each gauge that is no memory as the rate of its changes.
 */
static void put_display(struct json_writer *json, const struct metric *metric,
			const char *label)
{
	json_open(json, "display", '{');
	json_write_text(json, "graphType", metric->kind == METRIC_GAUGE ?
			"line-accumulated" : "line-rate");
	json_write_text(json, "unit", metric->unit == METRIC_BYTES ? "bytes" :
			"");
	json_write_text(json, "color", metric->unit == METRIC_BYTES ?
			"orange" : "blue");
	json_write_null(json, "markerSchemaLocation");
	json_write_count(json, "sortWeight", 20);
	json_write_text(json, "label", label);
	json_close(json, '}');
}

/*
 * The reader adds the differences up, from 0, and draws lines: what stays as
 * it was until it changes has a point just before that.
 */
static void put_points(struct json_writer *json,
		       const struct metric_point_vec *points, bool steps)
{
	const struct metric_point *items = points->items;
	size_t count = 0;

	json_open(json, "samples", '{');
	json_open(json, "time", '[');
	for (size_t i = 0; i < points->count; i++) {
		if (steps && i) {
			json_write_decimal(json, NULL, items[i].time_ns - 1,
					   MS_DIGITS);
			count++;
		}
		json_write_decimal(json, NULL, items[i].time_ns, MS_DIGITS);
		count++;
	}
	json_close(json, ']');
	json_open(json, "count", '[');
	for (size_t i = 0; i < points->count; i++) {
		if (steps && i)
			json_write_int(json, NULL, 0);
		json_write_int(json, NULL, i ? items[i].growth :
			       items[i].value);
	}
	json_close(json, ']');
	json_write_count(json, "length", count);
	json_close(json, '}');
}

static void put_counter(struct firefox *to, size_t metric, uint32_t thread,
			uint32_t index, const struct metric_point_vec *points)
{
	const struct profile *profile = to->view->profile;
	const struct metric *m = &profile->metrics.items[metric].metric;
	const struct process *process = &profile->processes.items[
		profile->threads.items[thread].begin.process].begin;
	struct json_writer *json = &to->json;
	struct strbuf name = STRBUF_INIT;

	export_metric_name(&name, profile, metric);
	json_open(json, NULL, '{');
	json_write_text(json, "name", strbuf_text(&name));
	json_write_text(json, "category", counter_category(m));
	json_write_text(json, "description", metric_unit_name(m->unit));
	put_display(json, m, strbuf_text(&name));
	put_pid(json, profile, process);
	json_write_count(json, "mainThreadIndex", index);
	put_points(json, points, metric_has_steps(
		   &profile->metrics.items[metric]));
	json_close(json, '}');
	strbuf_release(&name);
}

static void put_counters(struct firefox *to)
{
	const struct profile *profile = to->view->profile;
	struct metric_point_vec points = VEC_INIT;
	struct written written = written_of(to);

	json_open(&to->json, "counters", '[');
	for (size_t i = 0; i < profile->metrics.count; i++) {
		const uint32_t thread = thread_of(to, &written, i);

		points.count = 0;
		export_metric_points(&points, to->view, &to->timeline, i);
		if (thread != ID_NONE && points.count)
			put_counter(to, i, thread, written.index[thread],
				    &points);
	}
	json_close(&to->json, ']');
	free(written.index);
	free(written.of_process);
	free(written.of_run);
	metric_point_vec_release(&points);
}

static void put_all(struct firefox *to)
{
	static const char *const nothing[] = { "pages", "profilerOverhead" };
	const size_t count = to->view->profile->threads.count;
	struct json_writer *json = &to->json;
	size_t threads = 0;

	for (uint32_t i = 0; i < count; i++)
		threads += has_samples(to, i);
	json_open(json, NULL, '{');
	put_meta(to, threads);
	for (size_t i = 0; i < ARRAY_SIZE(nothing); i++) {
		json_open(json, nothing[i], '[');
		json_close(json, ']');
	}
	put_counters(to);
	firefox_put_libs(json, &to->tables);
	firefox_put_shared(json, &to->tables);
	json_open(json, "threads", '[');
	for (uint32_t i = 0; i < count; i++) {
		if (has_samples(to, i))
			put_thread(to, i);
	}
	json_close(json, ']');
	json_close(json, '}');
	strbuf_add_char(json->out, '\n');
}

static int firefox_write(struct strbuf *out,
			 const struct export_request *request,
			 struct error *err)
{
	struct firefox to = {
		.json = json_writer_of(out),
		.view = request->view,
	};
	size_t left_out;

	firefox_tables_init(&to.tables, to.view->profile);
	timeline_init(&to.timeline, to.view, &to.tables.paths, 0);
	timeline_fit_cpu(&to.timeline);
	firefox_tables_number(&to.tables);
	left_out = export_calls(&to.calls, to.view, &to.timeline);
	for (size_t i = 0; i < to.calls.count; i++)
		region_name(&to, to.calls.items[i].region);
	put_all(&to);
	if (left_out)
		strbuf_addf(request->note, "firefox: the %zu shortest calls of "
			    "regions are left out: readers take %d", left_out,
			    EXPORT_CALLS_MAX);
	export_call_vec_release(&to.calls);
	timeline_release(&to.timeline);
	firefox_tables_release(&to.tables);
	return 0;
}

const struct exporter_ops exporter_firefox = {
	.name = "firefox",
	.patterns = (const char *const []){ "*.firefox.json", "*.firefox",
					    NULL },
	.summary = "Firefox Profiler (profiler.firefox.com), Perfetto",
	.write = firefox_write,
};
