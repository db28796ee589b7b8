/* SPDX-License-Identifier: MIT */
#include "registry/baseline_index.h"

#include <sys/stat.h>

static int add_members(struct baseline_index *index, const char *directory,
		       const char *name, struct error *err)
{
	struct string_vec paths = VEC_INIT;
	int ret = baseline_read(directory, name, &index->arena, &paths, err);
	struct stat st;

	for (size_t i = 0; i < paths.count && !ret; i++) {
		if (stat(paths.items[i], &st) == 0)
			baseline_member_vec_push(&index->members,
				(struct baseline_member){
					st.st_dev, st.st_ino, name });
	}
	string_vec_release(&paths);
	return ret;
}

int baseline_index_init(struct baseline_index *index, const char *directory,
			struct error *err)
{
	struct string_vec names = VEC_INIT;
	int ret;

	*index = (struct baseline_index){ .arena = ARENA_INIT };
	ret = baseline_names(directory, &index->arena, &names, err);
	for (size_t i = 0; i < names.count && !ret; i++)
		ret = add_members(index, directory, names.items[i], err);
	string_vec_release(&names);
	return ret;
}

void baseline_index_find(const struct baseline_index *index, const char *path,
			 struct string_vec *names)
{
	struct stat st;

	if (!index->members.count || stat(path, &st))
		return;
	for (size_t i = 0; i < index->members.count; i++) {
		const struct baseline_member *member =
			&index->members.items[i];

		if (member->device == st.st_dev && member->inode == st.st_ino)
			string_vec_push(names, member->baseline);
	}
}

void baseline_index_release(struct baseline_index *index)
{
	baseline_member_vec_release(&index->members);
	arena_release(&index->arena);
}
