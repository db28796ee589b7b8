/* SPDX-License-Identifier: MIT */
#include "render/export_paths.h"

#include "base/mem.h"

void export_paths_init(struct export_paths *paths,
		       const struct profile *profile, enum call_key by)
{
	*paths = (struct export_paths){
		.profile = profile,
		.by = by,
		.code_keys = by == CALL_BY_LINE ? profile->locations.count :
			     profile->functions.count,
		.keys = call_keys(profile, by),
	};
	paths->key_count = paths->code_keys + STATE_COUNT;
	u32_vec_reserve(&paths->of_stack, profile->stacks.count + 1);
	paths->of_stack.count = profile->stacks.count;
	memset(paths->of_stack.items, 0,
	       profile->stacks.count * sizeof(*paths->of_stack.items));
}

void export_paths_release(struct export_paths *paths)
{
	free(paths->keys);
	export_path_vec_release(&paths->paths);
	map64_release(&paths->children);
	u32_vec_release(&paths->of_stack);
	u32_vec_release(&paths->todo);
}

static uint32_t child(struct export_paths *paths, uint32_t parent,
		      uint32_t key)
{
	const uint64_t place = (uint64_t)parent << 32 | key;
	uint64_t found;

	if (map64_get(&paths->children, place, &found))
		return found;
	map64_put(&paths->children, place, paths->paths.count);
	export_path_vec_push(&paths->paths,
			     (struct export_path){ parent, key });
	return paths->paths.count - 1;
}

/* The path `parent` with the frame of `stack` below it. */
static uint32_t descend(struct export_paths *paths, uint32_t parent,
			uint32_t stack)
{
	const struct profile *profile = paths->profile;
	const struct profile_frame *frame =
		&profile->frames.items[profile->stacks.items[stack].frame];
	uint32_t last = ID_NONE;

	for (uint32_t i = frame->count; i-- > 0;) {
		uint32_t key =
			paths->keys[profile->chain.items[frame->first + i]];

		/* An alias that is inlined into its own name is no call. */
		if (key != last)
			parent = child(paths, parent, key);
		last = key;
	}
	return parent;
}

uint32_t export_path_of(struct export_paths *paths, uint32_t stack,
			uint8_t state)
{
	const struct stack *stacks = paths->profile->stacks.items;
	uint32_t *known = paths->of_stack.items;
	uint32_t path = ID_NONE;
	uint32_t s = stack;

	for (; s != ID_NONE && !known[s]; s = stacks[s].parent)
		u32_vec_push(&paths->todo, s);
	if (s != ID_NONE)
		path = known[s] - 1;
	while (paths->todo.count) {
		s = paths->todo.items[--paths->todo.count];
		path = descend(paths, path, s);
		known[s] = path + 1;
	}
	if (state != STATE_RUNNING)
		path = child(paths, path, paths->code_keys + state);
	return path;
}

static const struct location *key_location(const struct export_paths *paths,
					   uint32_t key)
{
	return profile_location(paths->profile, key);
}

const struct function *export_key_function(const struct export_paths *paths,
					   uint32_t key)
{
	if (key >= paths->code_keys)
		return NULL;
	if (paths->by == CALL_BY_LINE)
		key = key_location(paths, key)->function;
	return &paths->profile->functions.items[key];
}

const char *export_key_place(const struct export_paths *paths, uint32_t key,
			     uint32_t *line)
{
	const struct function *function = export_key_function(paths, key);
	const struct location *location;
	const char *file;

	*line = 0;
	if (!function)
		return NULL;
	*line = function->line;
	if (paths->by != CALL_BY_LINE)
		return function->file;
	location = key_location(paths, key);
	file = profile_location_file(paths->profile, location);
	*line = location->line;
	return file ? file : function->file;
}

void export_add_key_name(struct strbuf *out, const struct export_paths *paths,
			 uint32_t key)
{
	const struct function *function = export_key_function(paths, key);

	if (!function)
		strbuf_addf(out, "[%s]",
			    thread_state_text(key - paths->code_keys));
	else
		strbuf_add(out, *function->name ? function->name :
			   "[no name]");
}

void export_weigh(struct weights *weights, const struct profile *profile,
		  const struct filter *filter, enum weight_clock clock)
{
	uint32_t *groups = mem_calloc(profile->threads.count + 1,
				      sizeof(*groups));
	const struct weigh_request request = {
		.clock = clock,
		.filter = filter,
		.group_of_thread = groups,
		.by_state = clock != WEIGH_CPU,
	};

	for (size_t i = 0; i < profile->threads.count; i++)
		groups[i] = i;
	weights_init(weights, profile, &request);
	free(groups);
}
