/* SPDX-License-Identifier: MIT */
/*
 * The file format of speedscope: frames, and for each thread a list of
 * stacks with weights, in order of time.
 */
#include "render/export_formats.h"

#include "base/json_writer.h"
#include "profile/rows.h"
#include "render/export_timeline.h"

#include <inttypes.h>

struct speedscope {
	struct json_writer json;
	const struct view *view;
	struct export_paths paths;
	struct timeline timeline;
	uint32_t *frames;		/* by key: id + 1; 0: not used yet */
	struct u32_vec used;		/* keys by id */
	struct u32_vec todo;
};

static void use_key(struct speedscope *to, uint32_t key)
{
	if (to->frames[key])
		return;
	u32_vec_push(&to->used, key);
	to->frames[key] = to->used.count;
}

/* Paths exist only because something uses them. */
static void use_all(struct speedscope *to)
{
	const struct export_path_vec *paths = &to->paths.paths;

	to->frames = mem_calloc(to->paths.key_count + 1, sizeof(uint32_t));
	for (size_t i = 0; i < paths->count; i++)
		use_key(to, paths->items[i].key);
}

static void add_frames(struct speedscope *to)
{
	struct json_writer *json = &to->json;
	struct strbuf name = STRBUF_INIT;

	json_open(json, "shared", '{');
	json_open(json, "frames", '[');
	for (size_t i = 0; i < to->used.count; i++) {
		uint32_t key = to->used.items[i];
		uint32_t line;
		const char *file = export_key_place(&to->paths, key, &line);

		strbuf_clear(&name);
		export_add_key_name(&name, &to->paths, key);
		json_open(json, NULL, '{');
		json_write_text(json, "name", strbuf_text(&name));
		if (file)
			json_write_text(json, "file", file);
		if (file && line)
			json_write_count(json, "line", line);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
	strbuf_release(&name);
}

static void add_stack(struct speedscope *to, uint32_t path)
{
	const struct export_path *paths = to->paths.paths.items;

	json_open(&to->json, NULL, '[');
	for (; path != ID_NONE; path = paths[path].parent)
		u32_vec_push(&to->todo, paths[path].key);
	while (to->todo.count) {
		uint32_t key = to->todo.items[--to->todo.count];

		json_write_count(&to->json, NULL, to->frames[key] - 1);
	}
	json_close(&to->json, ']');
}

static void add_thread(struct speedscope *to, uint32_t thread)
{
	const struct moment *from =
		&to->timeline.moments.items[to->timeline.first.items[thread]];
	const size_t count = to->timeline.first.items[thread + 1] -
			     to->timeline.first.items[thread];
	struct json_writer *json = &to->json;
	struct strbuf name = STRBUF_INIT;
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += from[i].ns;
	rows_add_thread(&name, to->view->profile, thread);
	json_open(json, NULL, '{');
	json_write_text(json, "type", "sampled");
	json_write_text(json, "name", strbuf_text(&name));
	json_write_text(json, "unit", "nanoseconds");
	json_write_count(json, "startValue", 0);
	json_write_count(json, "endValue", sum);
	json_open(json, "samples", '[');
	for (size_t i = 0; i < count; i++)
		add_stack(to, from[i].path);
	json_close(json, ']');
	json_open(json, "weights", '[');
	for (size_t i = 0; i < count; i++)
		json_write_count(json, NULL, from[i].ns);
	json_close(json, ']');
	json_close(json, '}');
	strbuf_release(&name);
}

/* The thread that weighs most is shown first. */
static size_t add_profiles(struct speedscope *to)
{
	const struct profile *profile = to->view->profile;
	uint64_t heaviest = 0;
	size_t active = 0;
	size_t added = 0;

	json_open(&to->json, "profiles", '[');
	for (size_t i = 0; i < profile->threads.count; i++) {
		const uint32_t *first = &to->timeline.first.items[i];
		uint64_t sum = 0;

		if (first[0] == first[1])
			continue;
		for (size_t m = first[0]; m < first[1]; m++)
			sum += to->timeline.moments.items[m].ns;
		if (sum > heaviest) {
			heaviest = sum;
			active = added;
		}
		add_thread(to, i);
		added++;
	}
	json_close(&to->json, ']');
	return active;
}

static void add_title(struct speedscope *to)
{
	const struct profile *profile = to->view->profile;
	struct strbuf name = STRBUF_INIT;

	strbuf_addf(&name, "%s (%s time)", profile->runs.count ?
		    profile_main_run(profile)->begin.name : "nothing",
		    weight_clock_name(to->view->clock));
	json_write_text(&to->json, "$schema",
			"https://www.speedscope.app/file-format-schema.json");
	json_write_text(&to->json, "exporter", "cprof@" CPROF_VERSION);
	json_write_text(&to->json, "name", strbuf_text(&name));
	strbuf_release(&name);
}

static int speedscope_write(struct strbuf *out,
			    const struct export_request *request,
			    struct error *err)
{
	struct speedscope to = {
		.json = json_writer_of(out),
		.view = request->view,
	};
	size_t active;

	export_paths_init(&to.paths, to.view->profile, CALL_BY_FUNCTION);
	timeline_init(&to.timeline, to.view, &to.paths, TIMELINE_MERGE_GAPS);
	use_all(&to);
	json_open(&to.json, NULL, '{');
	add_title(&to);
	add_frames(&to);
	active = add_profiles(&to);
	json_write_count(&to.json, "activeProfileIndex", active);
	json_close(&to.json, '}');
	strbuf_add_char(out, '\n');
	timeline_release(&to.timeline);
	export_paths_release(&to.paths);
	u32_vec_release(&to.used);
	u32_vec_release(&to.todo);
	free(to.frames);
	return 0;
}

const struct exporter_ops exporter_speedscope = {
	.name = "speedscope",
	.patterns = (const char *const []){ "*.speedscope.json",
					    "*.speedscope", NULL },
	.summary = "speedscope: flame graph of each thread over time",
	.write = speedscope_write,
};
