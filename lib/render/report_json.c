/* SPDX-License-Identifier: MIT */
#include "render/report_json.h"

#include "base/json.h"
#include "render/annotate.h"
#include "render/metrics_view.h"
#include "render/node_name.h"
#include "render/profile_json.h"
#include "render/regions_json.h"

static void put_place(json_t *object, const char *module, const char *file,
		      uint32_t line)
{
	json_put(object, "module", json_text(module));
	json_put(object, "file", json_text(file));
	json_put(object, "line", line ? json_count(line) : json_null());
}

static void put_times(json_t *object, uint64_t self_ns, uint64_t total_ns,
		      uint64_t samples, uint64_t total_samples)
{
	json_put(object, "self_ns", json_count(self_ns));
	json_put(object, "total_ns", json_count(total_ns));
	json_put(object, "samples", json_count(samples));
	json_put(object, "total_samples", json_count(total_samples));
}

static void put_head(json_t *root, const struct view *view, uint64_t total_ns,
		     uint64_t samples)
{
	json_put(root, "clock", json_text(weight_clock_name(view->clock)));
	json_put(root, "total_ns", json_count(total_ns));
	json_put(root, "samples", json_count(samples));
}

static json_t *row_json(const struct row *row)
{
	json_t *object = json_object();

	json_put(object, "name", json_text(row->name));
	put_place(object, row->module, row->file, row->line);
	put_times(object, row->self_ns, row->total_ns, row->samples,
		  row->total_samples);
	json_put(object, "reason", row->state < 0 ? json_null() :
		 json_text(thread_state_name(row->state)));
	return object;
}

static void put_rows(json_t *root, const struct view *view)
{
	json_t *array = json_array();
	struct rows rows;

	rows_init(&rows, view->profile, view->filter, view->spec, view->clock,
		  view->by);
	put_head(root, view, rows.total_ns, rows.samples);
	json_put(root, "by", json_text(rows_by_name(view->by)));
	for (size_t i = 0; i < rows.rows.count; i++) {
		if (view->top && i == view->top)
			break;
		json_push(array, row_json(&rows.rows.items[i]));
	}
	json_put(root, "rows", array);
	json_put(root, "rows_left_out",
		 json_count(rows.rows.count - json_array_size(array)));
	rows_release(&rows);
}

static const char *node_kind(const struct call_node *node)
{
	switch (KEY_KIND(node->key)) {
	case KEY_GROUP:
		return "process";
	case KEY_REASON:
		return "reason";
	case KEY_ROOT:
		return "root";
	default:
		return "function";
	}
}

static json_t *node_json(const struct view *view, const struct view_tree *tree,
			 const struct call_node *node, const uint32_t *ids)
{
	const struct function *function = node_function(view, node);
	json_t *object = json_object();
	struct strbuf name = STRBUF_INIT;

	node_name_add(&name, view, tree, node);
	json_put(object, "parent", node->parent == ID_NONE ? json_null() :
		 json_count(ids[node->parent]));
	json_put(object, "kind", json_text(node_kind(node)));
	json_put(object, "name", json_text(strbuf_text(&name)));
	if (function)
		put_place(object, view->profile->modules
			  .items[function->module].module.path,
			  function->file, function->line);
	put_times(object, node->self_ns, node->total_ns, node->samples,
		  node->total_samples);
	json_put(object, "reason", KEY_KIND(node->key) != KEY_REASON ?
		 json_null() :
		 json_text(thread_state_name(KEY_ID(node->key))));
	strbuf_release(&name);
	return object;
}

/*
 * Nodes are a flat list, in which parents come first and are named by
 * their index: stacks are deeper than many JSON parsers allow.
 */
static void put_nodes(json_t *root, const struct view *view,
		      const struct view_tree *tree)
{
	const struct call_node *nodes = tree->tree.nodes.items;
	const double least = nodes[0].total_ns * (view->min_percent / 100);
	uint32_t *ids = mem_calloc(tree->tree.nodes.count, sizeof(*ids));
	json_t *array = json_array();
	size_t left_out = 0;

	for (uint32_t i = 0; i != ID_NONE;
	     i = call_tree_next(&tree->tree, 0, i)) {
		/* A node's children never weigh more than it does. */
		if (nodes[i].total_ns < least) {
			left_out++;
			continue;
		}
		ids[i] = json_array_size(array);
		json_push(array, node_json(view, tree, &nodes[i], ids));
	}
	json_put(root, "inverted", json_boolean(tree->inverted));
	json_put(root, "nodes", array);
	json_put(root, "nodes_left_out",
		 json_count(left_out + tree->tree.pruned));
	free(ids);
}

static int put_tree(json_t *root, const struct view *view, struct error *err)
{
	const struct call_node *top;
	struct view_tree tree;

	if (view_tree_init(&tree, view, err))
		return -1;
	top = &tree.tree.nodes.items[0];
	put_head(root, view, top->total_ns, top->total_samples);
	put_nodes(root, view, &tree);
	view_tree_release(&tree);
	return 0;
}

static json_t *line_json(const struct annotated_line *line,
			 const struct source *source)
{
	json_t *object = json_object();
	struct strbuf text = STRBUF_INIT;

	json_put(object, "name", json_text(line->function->name));
	json_put(object, "file", json_text(line->file));
	json_put(object, "line", json_count(line->line));
	put_times(object, line->self_ns, line->total_ns, line->samples,
		  line->total_samples);
	if (source)
		source_add_line(&text, source, line->line);
	json_put(object, "source", source ? json_text(strbuf_text(&text)) :
		 json_null());
	strbuf_release(&text);
	return object;
}

static int put_annotation(json_t *root, const struct view *view,
			  struct error *err)
{
	json_t *array = json_array();
	struct annotation annotation;
	const char *file = NULL;
	struct source source;
	bool open = false;

	if (annotation_init(&annotation, view, err)) {
		json_decref(array);
		return -1;
	}
	put_head(root, view, annotation.total_ns, annotation.samples);
	for (size_t i = 0; i < annotation.lines.count; i++) {
		const struct annotated_line *line = &annotation.lines.items[i];

		if (!file || strcmp(file, line->file) != 0) {
			if (open)
				source_release(&source);
			file = line->file;
			open = source_init(&source, file, NULL) == 0;
		}
		json_push(array, line_json(line, open ? &source : NULL));
	}
	if (open)
		source_release(&source);
	json_put(root, "lines", array);
	annotation_release(&annotation);
	return 0;
}

int report_json(struct strbuf *out, const struct view *view,
		struct error *err)
{
	json_t *root = json_object();
	int ret = 0;

	json_put(root, "schema", json_text("cprof.report/1"));
	json_put(root, "profile", profile_json(view));
	switch (view->kind) {
	case VIEW_ROWS:
		if (view->by == ROWS_BY_REGION)
			regions_json(root, view);
		else
			put_rows(root, view);
		break;
	case VIEW_ANNOTATE:
		ret = put_annotation(root, view, err);
		break;
	case VIEW_MEMORY:
	case VIEW_RESOURCES:
	case VIEW_COUNTERS:
	case VIEW_TIMELINE:
		metrics_json(root, view);
		break;
	case VIEW_DEFAULT:
		put_rows(root, view);
		ret = put_tree(root, view, err);
		break;
	default:
		ret = put_tree(root, view, err);
		break;
	}
	if (!ret)
		json_add(out, root);
	json_decref(root);
	return ret;
}
