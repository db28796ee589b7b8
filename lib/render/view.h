/* SPDX-License-Identifier: MIT */
/* What is shown of a profile: shared by the text and the JSON of a report. */
#ifndef CPROF_RENDER_VIEW_H
#define CPROF_RENDER_VIEW_H

#include "profile/call_tree.h"
#include "profile/overview.h"
#include "profile/rows.h"

enum view_kind {
	VIEW_DEFAULT,		/* summary, hottest functions, tree */
	VIEW_ROWS,
	VIEW_TREE,
	VIEW_BOTTOM_UP,
	VIEW_CALLERS,
	VIEW_CALLEES,
	VIEW_ANNOTATE,
	/* Numbers over time; see render/metrics_view.h. */
	VIEW_MEMORY,
	VIEW_RESOURCES,
	VIEW_COUNTERS,
	VIEW_TIMELINE
};

struct view {
	enum view_kind kind;
	const struct profile *profile;
	const struct overview *overview;
	const struct filter_spec *spec;
	const struct filter *filter;
	enum weight_clock clock;
	enum rows_by by;
	const char *function;		/* of callers, callees, annotate */
	size_t top;			/* rows; 0: all of them */
	double min_percent;		/* of nodes */
	bool all_frames;		/* nothing folded */
};

/* Names of processes, merged: groups for the first level of a tree. */
struct process_groups {
	uint32_t *of_thread;		/* by thread id */
	struct u32_vec first;		/* by group: one process of it */
	struct u32_vec count;		/* by group: how many there are */
};

void process_groups_init(struct process_groups *groups,
			 const struct profile *profile);
void process_groups_release(struct process_groups *groups);

/* The tree of a view, sorted, and what is needed to name its nodes. */
struct view_tree {
	struct call_tree tree;
	struct process_groups groups;
	bool inverted;			/* callers are below */
};

/*
 * Rows by function and a tree, as one report shows them, for the price of
 * little more than one.  To be released, both, after success.
 */
int view_both_init(struct rows *rows, struct view_tree *tree,
		   const struct view *view, struct error *err);

/*
 * -1 (ERROR_NOT_FOUND) when view->function fits no function; the message
 * names some that are like it.  To be released after success.
 */
int view_tree_init(struct view_tree *tree, const struct view *view,
		   struct error *err);
void view_tree_release(struct view_tree *tree);

/* By function id: does it fit view->function?  The caller free()s it. */
int view_function_set(uint8_t **set, const struct view *view,
		      struct error *err);

#endif
