/* SPDX-License-Identifier: MIT */
#include "profile/load.h"

#include "base/mem.h"
#include "format/replay.h"

#include <stdlib.h>

static void add_advice(struct error *err, const char *advice)
{
	char *text;

	if (!err || err->kind != ERROR_FORMAT)
		return;
	text = mem_printf("%s (%s)", err->text, advice);
	error_set(err, ERROR_FORMAT, "%s", text);
	free(text);
}

static int load_file(struct profile_builder *builder, const char *path,
		     const struct profile_load *load, struct error *err)
{
	const enum profile_reader_mode mode =
		load->salvage ? READER_SALVAGE : READER_STRICT;
	struct profile_reader *reader = NULL;
	struct replay_result result = { .chunks = 0 };
	int ret = -1;

	if (profile_reader_open(&reader, path, mode, err))
		goto out;
	profile_builder_file(builder, path, profile_reader_info(reader));
	if (profile_replay(reader, profile_builder_sink(builder), &result,
			   err) ||
	    profile_builder_error(builder, err))
		goto out;
	profile_builder_note(builder, profile_reader_is_partial(reader),
			     profile_reader_lost_bytes(reader) +
			     profile_reader_damage(reader)->bytes,
			     profile_reader_damage(reader)->places +
			     result.chunks_dropped);
	if (load->name_frames)
		load->name_frames(load->context, builder);
	ret = 0;
out:
	if (ret && reader && load->if_damaged)
		add_advice(err, load->if_damaged);
	profile_reader_close(reader);
	return ret ? error_context(err, "%s", path) : 0;
}

int profile_load(struct profile **out, const char *const *paths, size_t count,
		 const struct profile_load *load, struct error *err)
{
	struct profile_builder *builder = profile_builder_new();
	int ret = 0;

	*out = NULL;
	for (size_t i = 0; i < count && !ret; i++)
		ret = load_file(builder, paths[i], load, err);
	if (!ret)
		*out = profile_builder_finish(builder);
	profile_builder_free(builder);
	return ret;
}
