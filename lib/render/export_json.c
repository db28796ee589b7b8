/* SPDX-License-Identifier: MIT */
/*
 * A profile as one JSON document: name, duration, time, metadata, and the
 * frames as nested objects.  man/cprof-export.schema.json describes it.
 */
#include "render/export_formats.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "render/node_name.h"

#include <string.h>
#include <time.h>

enum { NS_DIGITS = 9, MS_DIGITS = 6 };

static void put_timestamp(struct json_writer *json,
			  const struct run_begin *run)
{
	time_t seconds = run ? run->start_realtime_ns / NS_PER_S : 0;
	char text[64] = "";
	struct tm tm;

	if (seconds && gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_write_text(json, "timestamp", *text ? text : NULL);
}

/* The first of several labels with the same key counts. */
static bool label_is_new(const struct profile *profile, size_t run, size_t at)
{
	const struct run_begin *own = &profile->runs.items[run].begin;

	for (size_t r = 0; r <= run; r++) {
		const struct run_begin *begin = &profile->runs.items[r].begin;
		const size_t count = r == run ? at : begin->label_count;

		for (size_t i = 0; i < count; i++) {
			if (strcmp(begin->labels[i].key,
				   own->labels[at].key) == 0)
				return false;
		}
	}
	return true;
}

static void put_metadata(struct json_writer *json,
			 const struct profile *profile)
{
	json_open(json, "metadata", '{');
	for (size_t r = 0; r < profile->runs.count; r++) {
		const struct run_begin *begin = &profile->runs.items[r].begin;

		for (size_t i = 0; i < begin->label_count; i++) {
			if (label_is_new(profile, r, i))
				json_write_text(json, begin->labels[i].key,
						begin->labels[i].value);
		}
	}
	json_close(json, '}');
}

static void put_recording(struct json_writer *json, const struct view *view)
{
	const struct profile *profile = view->profile;
	const struct run_begin *run = profile->runs.count ?
		&profile_main_run(profile)->begin : NULL;
	const struct recording_info *info = profile->files.count ?
		&profile->files.items[0].info : NULL;

	json_open(json, "recording", '{');
	json_open(json, "command", '[');
	for (size_t i = 0; run && i < run->argc; i++)
		json_write_text(json, NULL, run->argv[i]);
	json_close(json, ']');
	json_write_text(json, "version", run && *run->version ?
			run->version : NULL);
	json_write_text(json, "host", info ? info->host : NULL);
	json_write_text(json, "cprof_version", info ? info->cprof_version :
			NULL);
	json_write_count(json, "runs", view->overview->runs);
	json_write_decimal(json, "cpu_time", view->overview->cpu_ns,
			   NS_DIGITS);
	if (view->overview->peak_memory_bytes)
		json_write_count(json, "peak_memory_bytes",
				 view->overview->peak_memory_bytes);
	else
		json_write_null(json, "peak_memory_bytes");
	json_close(json, '}');
}

static void put_threads(struct json_writer *json, const struct view *view)
{
	struct rows rows;

	rows_init(&rows, view->profile, view->filter, view->spec, view->clock,
		  ROWS_BY_THREAD);
	json_open(json, "threads", '[');
	for (size_t i = 0; i < rows.rows.count; i++) {
		const struct row *row = &rows.rows.items[i];

		json_open(json, NULL, '{');
		json_write_text(json, "name", row->name);
		json_write_text(json, "reason", row->state < 0 ? NULL :
				thread_state_name(row->state));
		json_write_decimal(json, "time", row->self_ns, NS_DIGITS);
		json_write_count(json, "samples", row->samples);
		json_close(json, '}');
	}
	json_close(json, ']');
	rows_release(&rows);
}

static const char *kind_of(const struct call_node *node)
{
	static const char *const kinds[] = {
		[KEY_CODE] = "function", [KEY_GROUP] = "process",
		[KEY_REASON] = "reason", [KEY_ROOT] = "root",
	};

	return kinds[KEY_KIND(node->key)];
}

/* All of a frame up to its children, whose list is left open. */
static void open_frame(struct json_writer *json, const struct view *view,
		       const struct view_tree *tree,
		       const struct call_node *node, const char *key)
{
	const struct function *function = node_function(view, node);
	struct strbuf name = STRBUF_INIT;

	node_name_add(&name, view, tree, node);
	json_open(json, key, '{');
	json_write_text(json, "function", name.len ? strbuf_text(&name) :
			"[no name]");
	json_write_text(json, "file_path", function ? function->file : NULL);
	if (function && function->line)
		json_write_count(json, "line_no", function->line);
	else
		json_write_null(json, "line_no");
	json_write_decimal(json, "time", node->total_ns, NS_DIGITS);
	json_write_decimal(json, "self_time", node->self_ns, NS_DIGITS);
	json_write_count(json, "samples", node->total_samples);
	json_write_text(json, "kind", kind_of(node));
	json_write_text(json, "module", function ? view->profile->modules
			.items[function->module].module.path : NULL);
	json_open(json, "children", '[');
	strbuf_release(&name);
}

static void put_tree(struct json_writer *json, const struct view *view,
		     const struct view_tree *tree)
{
	const struct call_node *nodes = tree->tree.nodes.items;
	uint32_t at = 0;

	json_open(json, "profile_json", '{');
	while (at != ID_NONE) {
		const uint32_t next = call_tree_next(&tree->tree, 0, at);
		const uint32_t until = next == ID_NONE ? ID_NONE :
				       nodes[next].parent;

		open_frame(json, view, tree, &nodes[at],
			   at ? NULL : "root_frame");
		for (; at != until; at = nodes[at].parent) {
			json_close(json, ']');
			json_close(json, '}');
		}
		at = next;
	}
	json_close(json, '}');
}

static void put_head(struct json_writer *json, const struct view *view,
		     const struct call_node *top)
{
	const struct profile *profile = view->profile;
	const struct run_begin *run = profile->runs.count ?
		&profile_main_run(profile)->begin : NULL;

	json_write_text(json, "schema", "cprof.export/1");
	json_write_text(json, "name", run ? run->name : "");
	json_write_decimal(json, "duration_ms", view->overview->wall_ns,
			   MS_DIGITS);
	put_timestamp(json, run);
	put_metadata(json, profile);
	put_recording(json, view);
	json_write_text(json, "clock", weight_clock_name(view->clock));
	json_write_count(json, "total_ns", top->total_ns);
	json_write_count(json, "samples", top->total_samples);
}

static int json_write(struct strbuf *out, const struct export_request *request,
		      struct error *err)
{
	struct json_writer json = json_writer_of(out);
	struct view view = *request->view;
	struct view_tree tree;

	/* Nothing folded, nothing too small. */
	view.kind = VIEW_TREE;
	view.all_frames = true;
	view.min_percent = 0;
	if (view_tree_init(&tree, &view, err))
		return -1;
	json_open(&json, NULL, '{');
	put_head(&json, &view, &tree.tree.nodes.items[0]);
	put_threads(&json, &view);
	put_tree(&json, &view, &tree);
	json_close(&json, '}');
	strbuf_add_char(out, '\n');
	view_tree_release(&tree);
	return 0;
}

const struct exporter_ops exporter_json = {
	.name = "json",
	.patterns = (const char *const []){ "*.json", NULL },
	.summary = "scripts: facts, and the frames as a tree",
	.write = json_write,
};
