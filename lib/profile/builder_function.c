/* SPDX-License-Identifier: MIT */
#include "profile/builder_state.h"

#include "base/map64.h"
#include "profile/match.h"

enum {
	PATH_NONE = 0,		/* of stacks without such functions */
	PATH_DEPTH = 64		/* inner ones are left out */
};

/* Functions on a stack that were asked for, the outermost first: a tree. */
struct path {
	uint32_t parent;
	uint32_t function;
	uint32_t depth;
};

VEC_DEFINE(path_vec, struct path);

struct function_regions {
	struct profile *profile;
	uint8_t *wanted;		/* by function id */
	struct path_vec paths;		/* number 0 is none */
	struct map64 path_ids;		/* parent and function: path */
	uint32_t *path_of;		/* by stack id */
	struct map64 region_ids;	/* region around and path: region */
};

static void find_wanted(struct function_regions *all)
{
	const struct profile *profile = all->profile;
	const struct patterns patterns = {
		profile->region_functions.items,
		profile->region_functions.count
	};

	all->wanted = mem_alloc(profile->functions.count + 1);
	for (size_t i = 0; i < profile->functions.count; i++)
		all->wanted[i] = patterns_match_function(
			&patterns, &profile->functions.items[i]);
}

/* A function that calls itself is in itself only once. */
static bool is_in(const struct function_regions *all, uint32_t path,
		  uint32_t function)
{
	for (; path != PATH_NONE; path = all->paths.items[path].parent) {
		if (all->paths.items[path].function == function)
			return true;
	}
	return false;
}

static uint32_t path_id(struct function_regions *all, uint32_t parent,
			uint32_t function)
{
	const uint64_t key = (uint64_t)parent << 32 | function;
	uint64_t id;

	if (map64_get(&all->path_ids, key, &id))
		return id;
	id = all->paths.count;
	path_vec_push(&all->paths, (struct path){
		parent, function, all->paths.items[parent].depth + 1 });
	map64_put(&all->path_ids, key, id);
	return id;
}

static void find_paths(struct function_regions *all)
{
	const struct profile *profile = all->profile;

	path_vec_push(&all->paths, (struct path){ PATH_NONE, ID_NONE, 0 });
	all->path_of = mem_calloc(profile->stacks.count + 1,
				  sizeof(*all->path_of));
	for (size_t i = 0; i < profile->stacks.count; i++) {
		const struct stack *stack = &profile->stacks.items[i];
		const struct profile_frame *frame =
			&profile->frames.items[stack->frame];
		uint32_t path = stack->parent == ID_NONE ? PATH_NONE :
				all->path_of[stack->parent];

		/* The innermost inlined one comes first. */
		for (uint32_t j = frame->count; j-- > 0;) {
			const uint32_t id =
				profile->chain.items[frame->first + j];
			const uint32_t function =
				profile_location(profile, id)->function;

			if (all->wanted[function] &&
			    all->paths.items[path].depth < PATH_DEPTH &&
			    !is_in(all, path, function))
				path = path_id(all, path, function);
		}
		all->path_of[i] = path;
	}
}

/* The region of a path inside of region `around`, which may be none. */
static uint32_t region_id(struct function_regions *all, uint32_t around,
			  uint32_t path, uint32_t process)
{
	const uint64_t key = (uint64_t)around << 32 | path;
	const struct path *own = &all->paths.items[path];
	struct profile_region *region;
	uint32_t parent;
	uint64_t id;

	if (path == PATH_NONE)
		return around;
	if (map64_get(&all->region_ids, key, &id))
		return id;
	parent = region_id(all, around, own->parent, process);
	id = all->profile->regions.count;
	region = profile_region_vec_add(&all->profile->regions);
	region->region = (struct region){
		.process = process,
		.parent = parent,
		.kind = REGION_FUNCTION,
		.name = all->profile->functions.items[own->function].name,
	};
	map64_put(&all->region_ids, key, id);
	return id;
}

void builder_region_functions(struct profile_builder *builder)
{
	struct profile *profile = builder->profile;
	struct function_regions all = { .profile = profile };

	find_wanted(&all);
	find_paths(&all);
	for (size_t i = 0; i < profile->samples.count; i++) {
		struct sample *sample = &profile->samples.items[i];

		sample->region =
			region_id(&all, sample->region,
				  all.path_of[sample->stack],
				  profile->threads.items[sample->thread]
				  .begin.process);
	}
	free(all.wanted);
	free(all.path_of);
	path_vec_release(&all.paths);
	map64_release(&all.path_ids);
	map64_release(&all.region_ids);
}
