/* SPDX-License-Identifier: MIT */
#include "render/view.h"

#include "base/mem.h"

#include <string.h>

static uint32_t group_of(struct process_groups *groups,
			 const struct profile *profile, uint32_t id,
			 struct intern *names)
{
	const struct process *process = &profile->processes.items[id].begin;
	bool is_new;
	uint32_t group = intern_string(names, process->name, &is_new);

	if (is_new) {
		u32_vec_push(&groups->first, id);
		u32_vec_push(&groups->count, 0);
	}
	groups->count.items[group]++;
	return group;
}

void process_groups_init(struct process_groups *groups,
			 const struct profile *profile)
{
	uint32_t *of_process = mem_calloc(profile->processes.count + 1,
					  sizeof(*of_process));
	struct intern names = INTERN_INIT;

	*groups = (struct process_groups){
		.of_thread = mem_calloc(profile->threads.count + 1,
					sizeof(uint32_t)),
	};
	for (size_t i = 0; i < profile->processes.count; i++)
		of_process[i] = group_of(groups, profile, i, &names);
	for (size_t i = 0; i < profile->threads.count; i++)
		groups->of_thread[i] =
			of_process[profile->threads.items[i].begin.process];
	intern_release(&names);
	free(of_process);
}

void process_groups_release(struct process_groups *groups)
{
	free(groups->of_thread);
	u32_vec_release(&groups->first);
	u32_vec_release(&groups->count);
}

/* Up to three functions whose names hold `part`. */
static void add_similar(struct strbuf *out, const struct profile *profile,
			const char *part)
{
	const char *before = "; there is ";
	unsigned int found = 0;

	for (size_t i = 0; i < profile->functions.count && found < 3; i++) {
		const char *name = profile->functions.items[i].name;

		if (!strcasestr(name, part) || strlen(name) > 100)
			continue;
		strbuf_addf(out, "%s'%s'", before, name);
		before = ", ";
		found++;
	}
}

int view_function_set(uint8_t **set, const struct view *view,
		      struct error *err)
{
	const struct profile *profile = view->profile;
	const struct patterns patterns = { &view->function, 1 };
	struct strbuf similar = STRBUF_INIT;
	bool any = false;

	*set = mem_alloc(profile->functions.count + 1);
	for (size_t i = 0; i < profile->functions.count; i++) {
		(*set)[i] = patterns_match_function(
			&patterns, &profile->functions.items[i]);
		any |= (*set)[i];
	}
	if (any)
		return 0;
	add_similar(&similar, profile, view->function);
	error_set(err, ERROR_NOT_FOUND, "no function fits '%s'%s",
		  view->function, strbuf_text(&similar));
	strbuf_release(&similar);
	free(*set);
	*set = NULL;
	return -1;
}

static unsigned int tree_flags(const struct view *view, bool groups)
{
	unsigned int flags = 0;

	if (view->clock != WEIGH_CPU)
		flags |= TREE_REASONS;
	switch (view->kind) {
	case VIEW_DEFAULT:
	case VIEW_TREE:
		if (groups)
			flags |= TREE_GROUPS;
		if (!view->all_frames)
			flags |= TREE_SKIP_START | TREE_FOLD_CYCLES;
		break;
	case VIEW_BOTTOM_UP:
		if (!view->all_frames)
			flags |= TREE_SKIP_START | TREE_FOLD_CYCLES;
		break;
	default:
		if (!view->all_frames)
			flags |= TREE_SKIP_START | TREE_FOLD_SELF;
		break;
	}
	return flags;
}

static int turn(struct view_tree *tree, const struct view *view,
		struct error *err)
{
	struct call_tree from = tree->tree;
	struct key_set keys = { NULL, view->profile->functions.count };
	uint8_t *set = NULL;

	if (view->kind == VIEW_BOTTOM_UP) {
		call_tree_invert(&tree->tree, &from);
		tree->inverted = true;
	} else if (view->kind == VIEW_CALLERS || view->kind == VIEW_CALLEES) {
		if (view_function_set(&set, view, err))
			return -1;
		keys.members = set;
		tree->inverted = view->kind == VIEW_CALLERS;
		if (tree->inverted)
			call_tree_callers(&tree->tree, &from, &keys);
		else
			call_tree_callees(&tree->tree, &from, &keys);
	} else {
		return 0;
	}
	call_tree_release(&from);
	free(set);
	return 0;
}

/* By function id: is its total below the limit?  To be freed. */
static uint8_t *small_functions(const struct view *view,
				const struct rows *rows)
{
	const size_t count = view->profile->functions.count;
	const double least = rows->total_ns * (view->min_percent / 100);
	uint64_t *totals = mem_calloc(count + 1, sizeof(*totals));
	uint8_t *small = mem_alloc(count + 1);

	/* Off the CPU, a function has a row for each reason. */
	for (size_t i = 0; i < rows->rows.count; i++)
		totals[rows->rows.items[i].key] +=
			rows->rows.items[i].total_ns;
	for (size_t i = 0; i < count; i++)
		small[i] = totals[i] < least;
	free(totals);
	return small;
}

/* Inverted trees need small callers too: they lead to large ones. */
static bool can_prune(const struct view *view)
{
	return view->min_percent > 0 && (view->kind == VIEW_DEFAULT ||
					 view->kind == VIEW_TREE);
}

/* The rows of all functions, whatever the patterns show. */
static void all_rows(struct rows *rows, const struct view *view,
		     const struct weights *weights)
{
	const struct filter_spec all = { .from_ns = 0 };

	if (view->clock == WEIGH_CPU)
		rows_of_functions(rows, view->profile, &all, weights);
	else
		rows_init(rows, view->profile, view->filter, &all,
			  view->clock, ROWS_BY_FUNCTION);
}

static void weigh(struct weights *weights, const struct view *view,
		  const struct process_groups *groups, unsigned int flags)
{
	const struct weigh_request request = {
		.clock = view->clock,
		.filter = view->filter,
		.by_state = view->clock != WEIGH_CPU,
		.group_of_thread = flags & TREE_GROUPS ? groups->of_thread :
				   NULL,
	};

	weights_init(weights, view->profile, &request);
}

/* Fills `rows` with all functions when it is not NULL. */
static int make_tree(struct view_tree *tree, struct rows *rows,
		     const struct view *view, struct error *err)
{
	const struct profile *profile = view->profile;
	struct key_set prune = { NULL, profile->functions.count };
	struct rows own = { .rows = VEC_INIT };
	struct weights weights;
	uint8_t *small = NULL;
	unsigned int flags;

	*tree = (struct view_tree){ .inverted = false };
	process_groups_init(&tree->groups, profile);
	flags = tree_flags(view, tree->groups.first.count > 1);
	weigh(&weights, view, &tree->groups, flags);
	if (rows || can_prune(view))
		all_rows(rows ? rows : &own, view, &weights);
	if (can_prune(view))
		prune.members = small = small_functions(view, rows ? rows :
							&own);
	call_tree_init(&tree->tree, profile, &weights, flags,
		       small ? &prune : NULL);
	weights_release(&weights);
	rows_release(&own);
	free(small);
	if (turn(tree, view, err)) {
		view_tree_release(tree);
		return -1;
	}
	call_tree_sort(&tree->tree);
	return 0;
}

int view_tree_init(struct view_tree *tree, const struct view *view,
		   struct error *err)
{
	return make_tree(tree, NULL, view, err);
}

/* Leave out functions that do not fit the patterns. */
static void keep_fitting(struct rows *rows, const struct view *view)
{
	const struct profile *profile = view->profile;
	uint8_t *fits = mem_alloc(profile->functions.count + 1);
	size_t kept = 0;

	for (uint32_t i = 0; i < profile->locations.count; i++) {
		const struct location *location = profile_location(profile, i);

		if (filter_spec_fits(view->spec, profile, location))
			fits[location->function] = 1;
	}
	for (size_t i = 0; i < rows->rows.count; i++) {
		if (fits[rows->rows.items[i].key])
			rows->rows.items[kept++] = rows->rows.items[i];
	}
	rows->rows.count = kept;
	free(fits);
}

int view_both_init(struct rows *rows, struct view_tree *tree,
		   const struct view *view, struct error *err)
{
	*rows = (struct rows){ .rows = VEC_INIT };
	if (make_tree(tree, rows, view, err)) {
		rows_release(rows);
		return -1;
	}
	if (!filter_spec_is_empty(view->spec))
		keep_fitting(rows, view);
	return 0;
}

void view_tree_release(struct view_tree *tree)
{
	call_tree_release(&tree->tree);
	process_groups_release(&tree->groups);
}
