/* SPDX-License-Identifier: MIT */
/*
 * Chrome's trace event format, for Perfetto and chrome://tracing.  It has no
 * samples that all readers take; so equal beginnings of stacks that follow
 * each other become slices, whose edges are the times of samples.
 */
#include "render/export_formats.h"

#include "base/json_writer.h"
#include "base/mem.h"
#include "base/units.h"
#include "render/export_metric.h"
#include "render/export_region.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
	US_DIGITS = 3,		/* of nanoseconds */
	/* Larger than any pid: keeps files apart, and pids readable. */
	PIDS_PER_FILE = 10000000,
	/* More than that no reader takes: about 100 MB. */
	SLICES_MAX = 500000,
	/* Lengths of slices are counted by their first bits. */
	LENGTH_BITS = 3,
	LENGTHS = 64 << LENGTH_BITS,
	DEPTHS = 256
};

struct slice {
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t ns;		/* weight, with callees */
	uint64_t self_ns;
	uint64_t hidden_ns;	/* weight of callees that are left out */
	uint64_t samples;
	uint32_t key;
	uint32_t caller;	/* a slice before this, or ID_NONE */
	uint32_t depth;
};

VEC_DEFINE(slice_vec, struct slice);

struct chrome {
	struct json_writer json;
	const struct view *view;
	struct export_paths paths;
	struct timeline timeline;
	struct slice_vec slices;	/* of one thread, by start */
	struct u32_vec open;		/* slices, the outermost first */
	struct u32_vec keys;		/* a path, the innermost first */
	const char **facts;		/* by key, see facts_of(); in arena */
	struct arena arena;
	/* Slices of shorter classes are left out, and deep ones of this. */
	unsigned int class;
	uint32_t depth;
	uint64_t left_out;		/* so many */
	uint64_t left_out_ns;		/* their weight, where no caller is */
	size_t calls_left_out;		/* of regions, the shortest */
};

/* Open slices that the path goes on with stay, the others are done. */
static void enter_path(struct chrome *to, const struct moment *moment)
{
	const struct export_path *paths = to->paths.paths.items;
	uint32_t path = moment->path;
	size_t same = 0;

	to->keys.count = 0;
	for (; path != ID_NONE; path = paths[path].parent)
		u32_vec_push(&to->keys, paths[path].key);
	while (same < to->open.count && same < to->keys.count &&
	       to->slices.items[to->open.items[same]].key ==
	       to->keys.items[to->keys.count - 1 - same])
		same++;
	to->open.count = same;
	for (size_t i = same; i < to->keys.count; i++) {
		const uint32_t caller = i ? to->open.items[i - 1] : ID_NONE;

		u32_vec_push(&to->open, to->slices.count);
		slice_vec_push(&to->slices, (struct slice){
			.start_ns = moment->start_ns,
			.caller = caller, .depth = i,
			.key = to->keys.items[to->keys.count - 1 - i] });
	}
}

static void add_moment(struct chrome *to, const struct moment *moment)
{
	struct slice *slices;

	enter_path(to, moment);
	slices = to->slices.items;
	for (size_t i = 0; i < to->open.count; i++) {
		struct slice *slice = &slices[to->open.items[i]];

		slice->end_ns = moment->end_ns;
		slice->ns += moment->ns;
		slice->samples += moment->samples;
	}
	if (to->open.count)
		slices[to->open.items[to->open.count - 1]].self_ns +=
			moment->ns;
}

/* A thread that is not there for a while has left its functions. */
static void make_slices(struct chrome *to, uint32_t thread)
{
	const uint32_t *first = &to->timeline.first.items[thread];
	const struct moment *moments = to->timeline.moments.items;

	to->slices.count = 0;
	to->open.count = 0;
	for (uint32_t i = first[0]; i < first[1]; i++) {
		if (i > first[0] &&
		    moments[i].start_ns > moments[i - 1].end_ns)
			to->open.count = 0;
		add_moment(to, &moments[i]);
	}
}

/* The lengths that are counted together; longer slices come later. */
static unsigned int length_class(uint64_t ns)
{
	const int bits = 64 - __builtin_clzll(ns | 1);
	const int shift = MAX(bits - 1 - LENGTH_BITS, 0);

	if (bits <= LENGTH_BITS)
		return ns;
	return ((unsigned int)(bits - LENGTH_BITS) << LENGTH_BITS) |
	       (ns >> shift & ((1 << LENGTH_BITS) - 1));
}

static unsigned int class_of(const struct slice *slice)
{
	return length_class(slice->end_ns - slice->start_ns);
}

static void count_slices(struct chrome *to, uint64_t (*counts)[DEPTHS])
{
	for (size_t t = 0; t < to->view->profile->threads.count; t++) {
		make_slices(to, t);
		for (size_t i = 0; i < to->slices.count; i++) {
			const struct slice *slice = &to->slices.items[i];
			const uint32_t depth = MIN(slice->depth,
						   (uint32_t)DEPTHS - 1);

			counts[class_of(slice)][depth]++;
		}
	}
}

/*
 * Where there are too many slices, the shortest are not told: nobody sees
 * them.  Of those just long enough for some of them, the outer ones are.
 * What is called is never longer than its caller, so none is left without
 * the one around it.
 */
static void choose_slices(struct chrome *to)
{
	uint64_t (*counts)[DEPTHS] = mem_calloc(LENGTHS, sizeof(*counts));
	uint64_t kept = 0;

	count_slices(to, counts);
	for (int class = LENGTHS - 1; class >= 0; class--) {
		to->class = class;
		for (to->depth = 0; to->depth < DEPTHS; to->depth++) {
			kept += counts[class][to->depth];
			if (kept > SLICES_MAX) {
				free(counts);
				return;
			}
		}
	}
	free(counts);
}

static bool is_told(const struct chrome *to, const struct slice *slice)
{
	const unsigned int class = class_of(slice);

	/* The last depth stands for all below it. */
	return class > to->class || (class == to->class &&
				     (slice->depth < to->depth ||
				      to->depth == DEPTHS));
}

/* Their weight goes to the next caller that is told. */
static void hide_rest(struct chrome *to)
{
	struct slice *slices = to->slices.items;

	for (size_t i = 0; i < to->slices.count; i++) {
		const struct slice *slice = &slices[i];
		const struct slice *caller = slice->caller == ID_NONE ? NULL :
					     &slices[slice->caller];

		if (is_told(to, slice))
			continue;
		to->left_out++;
		if (!caller)
			to->left_out_ns += slice->ns;
		else if (is_told(to, caller))
			slices[slice->caller].hidden_ns += slice->ns;
	}
}

static int64_t file_base(const struct chrome *to, uint32_t process)
{
	const struct profile *profile = to->view->profile;
	const uint32_t run = profile->processes.items[process].begin.run;

	return (int64_t)profile->runs.items[run].file * PIDS_PER_FILE;
}

static void begin_event(struct chrome *to, const char *phase, uint32_t thread)
{
	const struct profile *profile = to->view->profile;
	const struct thread *t = &profile->threads.items[thread].begin;
	const int64_t base = file_base(to, t->process);

	json_open(&to->json, NULL, '{');
	json_write_text(&to->json, "ph", phase);
	json_write_int(&to->json, "pid", base +
		       profile->processes.items[t->process].begin.pid);
	json_write_int(&to->json, "tid", base + t->tid);
}

static void put_name(struct chrome *to, uint32_t thread, const char *what,
		     const char *name)
{
	begin_event(to, "M", thread);
	json_write_text(&to->json, "name", what);
	json_open(&to->json, "args", '{');
	json_write_text(&to->json, "name", name);
	json_close(&to->json, '}');
	json_close(&to->json, '}');
}

/* The members that are the same in each slice of a function, made once. */
static const char *facts_of(struct chrome *to, uint32_t key)
{
	struct strbuf facts = STRBUF_INIT;
	struct strbuf name = STRBUF_INIT;
	struct json_writer json = json_writer_of(&facts);
	uint32_t line;
	const char *file;

	if (to->facts[key])
		return to->facts[key];
	file = export_key_place(&to->paths, key, &line);
	export_add_key_name(&name, &to->paths, key);
	json_write_text(&json, "name", strbuf_text(&name));
	json_write_text(&json, "cat", key < to->paths.code_keys ? "code" :
			"waiting");
	json_open(&json, "args", '{');
	if (file)
		json_write_text(&json, "file", file);
	if (file && line)
		json_write_count(&json, "line", line);
	to->facts[key] = arena_strdup(&to->arena, strbuf_text(&facts));
	strbuf_release(&facts);
	strbuf_release(&name);
	return to->facts[key];
}

static void put_slice(struct chrome *to, uint32_t thread,
		      const struct slice *slice)
{
	const char *facts = facts_of(to, slice->key);
	struct json_writer *json = &to->json;

	begin_event(to, "X", thread);
	json_write_decimal(json, "ts", slice->start_ns, US_DIGITS);
	json_write_decimal(json, "dur", slice->end_ns - slice->start_ns,
			   US_DIGITS);
	strbuf_add_char(json->out, ',');
	strbuf_add(json->out, facts);
	json->comma = facts[strlen(facts) - 1] != '{';
	json_write_count(json, "ns", slice->ns);
	json_write_count(json, "self_ns", slice->self_ns);
	if (slice->hidden_ns)
		json_write_count(json, "hidden_ns", slice->hidden_ns);
	json_write_count(json, "samples", slice->samples);
	json_close(json, '}');
	json_close(json, '}');
	strbuf_add_char(json->out, '\n');
}

static void put_thread(struct chrome *to, uint32_t id)
{
	const struct profile *profile = to->view->profile;
	const struct profile_thread *thread = &profile->threads.items[id];

	make_slices(to, id);
	if (!to->slices.count)
		return;
	hide_rest(to);
	put_name(to, id, "process_name",
		 profile->processes.items[thread->begin.process].begin.name);
	put_name(to, id, "thread_name", thread->name);
	for (size_t i = 0; i < to->slices.count; i++) {
		if (is_told(to, &to->slices.items[i]))
			put_slice(to, id, &to->slices.items[i]);
	}
}

/* A counter holds its value until the next: of sums it is the growth. */
static void put_counter(struct chrome *to, size_t metric, const char *name,
			const struct metric_point *point)
{
	const struct profile *profile = to->view->profile;
	const struct metric *m = &profile->metrics.items[metric].metric;
	const uint32_t process = export_metric_process(profile, metric);
	struct json_writer *json = &to->json;

	json_open(json, NULL, '{');
	json_write_text(json, "ph", "C");
	json_write_int(json, "pid", file_base(to, process) +
		       profile->processes.items[process].begin.pid);
	json_write_decimal(json, "ts", point->time_ns, US_DIGITS);
	json_write_text(json, "name", name);
	json_open(json, "args", '{');
	json_write_int(json, metric_unit_name(m->unit),
		       m->kind == METRIC_CUMULATIVE ? llround(point->rate) :
		       point->value);
	json_close(json, '}');
	json_close(json, '}');
	strbuf_add_char(json->out, '\n');
}

static void put_counters(struct chrome *to)
{
	const struct profile *profile = to->view->profile;
	struct metric_point_vec points = VEC_INIT;
	struct strbuf name = STRBUF_INIT;

	for (size_t i = 0; i < profile->metrics.count; i++) {
		if (export_metric_process(profile, i) == ID_NONE)
			continue;
		strbuf_clear(&name);
		export_metric_name(&name, profile, i);
		if (profile->metrics.items[i].metric.kind ==
		    METRIC_CUMULATIVE)
			strbuf_add(&name, " per second");
		points.count = 0;
		export_metric_points(&points, to->view, &to->timeline, i);
		for (size_t p = 0; p < points.count; p++)
			put_counter(to, i, strbuf_text(&name),
				    &points.items[p]);
	}
	metric_point_vec_release(&points);
	strbuf_release(&name);
}

/* Regions of a thread have its number as their id, and so nest. */
static void put_edge(struct chrome *to, const struct export_call *call,
		     const char *phase, uint64_t ns)
{
	const struct profile *profile = to->view->profile;
	struct json_writer *json = &to->json;

	begin_event(to, phase, call->thread);
	json_write_decimal(json, "ts", ns, US_DIGITS);
	json_write_text(json, "cat", "region");
	json_write_text(json, "name", *call->region->name ?
			call->region->name : "region");
	json_write_int(json, "id", profile->threads.items[call->thread].begin
		       .tid);
	json_close(json, '}');
	strbuf_add_char(json->out, '\n');
}

/* Ends come before what begins later: the ones around are still open. */
static void put_ends(struct chrome *to, const struct export_call_vec *calls,
		     const struct export_call *next)
{
	while (to->open.count) {
		const struct export_call *call = &calls->items[
			to->open.items[to->open.count - 1]];

		if (next && next->thread == call->thread &&
		    next->start_ns < call->end_ns)
			return;
		put_edge(to, call, "e", call->end_ns);
		to->open.count--;
	}
}

static void put_regions(struct chrome *to)
{
	struct export_call_vec calls = VEC_INIT;

	to->calls_left_out = export_calls(&calls, to->view, &to->timeline);
	to->open.count = 0;
	for (size_t i = 0; i < calls.count; i++) {
		const struct export_call *call = &calls.items[i];

		put_ends(to, &calls, call);
		if (call->region->kind == REGION_EVENT) {
			put_edge(to, call, "n", call->start_ns);
			continue;
		}
		put_edge(to, call, "b", call->start_ns);
		u32_vec_push(&to->open, i);
	}
	put_ends(to, &calls, NULL);
	export_call_vec_release(&calls);
}

static void put_other(struct chrome *to)
{
	const struct profile *profile = to->view->profile;
	struct strbuf command = STRBUF_INIT;
	struct json_writer *json = &to->json;

	for (size_t i = 0; profile->runs.count &&
	     i < profile->runs.items[0].begin.argc; i++)
		strbuf_addf(&command, "%s%s", i ? " " : "",
			    profile->runs.items[0].begin.argv[i]);
	json_write_text(json, "displayTimeUnit", "ms");
	json_open(json, "otherData", '{');
	json_write_text(json, "exporter", "cprof " CPROF_VERSION);
	json_write_text(json, "clock", weight_clock_name(to->view->clock));
	json_write_text(json, "command", strbuf_text(&command));
	if (to->left_out) {
		json_write_count(json, "slices_left_out", to->left_out);
		json_write_count(json, "left_out_ns", to->left_out_ns);
	}
	if (to->calls_left_out)
		json_write_count(json, "region_calls_left_out",
				 to->calls_left_out);
	json_close(json, '}');
	strbuf_release(&command);
}

/* Said to the user, too: it is not what the profile has. */
static void tell_left_out(const struct chrome *to, struct strbuf *note)
{
	if (to->calls_left_out)
		strbuf_addf(note, "chrome: the %zu shortest calls of regions "
			    "are left out%s", to->calls_left_out,
			    to->left_out ? "; " : "");
	if (!to->left_out)
		return;
	strbuf_add(note, "chrome: ");
	units_add_count(note, to->left_out);
	strbuf_add(note, " slices, the shortest and innermost, are left out: "
		   "readers take half a million; their time is in hidden_ns "
		   "of their callers (speedscope and firefox have all)");
}

static int chrome_write(struct strbuf *out,
			const struct export_request *request,
			struct error *err)
{
	struct chrome to = {
		.json = json_writer_of(out),
		.view = request->view,
	};

	export_paths_init(&to.paths, to.view->profile, CALL_BY_FUNCTION);
	timeline_init(&to.timeline, to.view, &to.paths, TIMELINE_MERGE);
	choose_slices(&to);
	to.facts = mem_calloc(to.paths.key_count + 1, sizeof(*to.facts));
	json_open(&to.json, NULL, '{');
	json_open(&to.json, "traceEvents", '[');
	for (size_t i = 0; i < to.view->profile->threads.count; i++)
		put_thread(&to, i);
	put_counters(&to);
	put_regions(&to);
	json_close(&to.json, ']');
	put_other(&to);
	json_close(&to.json, '}');
	strbuf_add_char(out, '\n');
	tell_left_out(&to, request->note);
	timeline_release(&to.timeline);
	export_paths_release(&to.paths);
	slice_vec_release(&to.slices);
	u32_vec_release(&to.open);
	u32_vec_release(&to.keys);
	arena_release(&to.arena);
	free(to.facts);
	return 0;
}

const struct exporter_ops exporter_chrome = {
	.name = "chrome",
	.patterns = (const char *const []){ "*.trace.json", "*.chrome.json",
					    NULL },
	.summary = "Perfetto, chrome://tracing: slices over time",
	.write = chrome_write,
};
