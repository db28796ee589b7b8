/* SPDX-License-Identifier: MIT */
#include "format/replay_state.h"

#include "format/chunk_region.h"

#include <inttypes.h>

void replay_tell_region(struct replay *replay, const struct region *region)
{
	replay->counts[KIND_REGION]++;
	TELL(replay, region, region);
}

int replay_regions(struct replay *replay, struct byte_reader *in,
		   struct error *err)
{
	uint32_t first = read_uvarint32(in);
	uint64_t count = read_uvarint(in);
	struct region region;

	if (replay_need_next(replay, KIND_REGION, first, err))
		return -1;
	for (; count && region_decode(in, replay->strings, &region);
	     count--) {
		if (replay_need(replay, KIND_PROCESS, region.process, err))
			return -1;
		if (region.parent != ID_NONE &&
		    region.parent >= replay->counts[KIND_REGION])
			return error_set(err, ERROR_FORMAT, "what region %"
					 PRIu32 " lies in comes later",
					 replay->counts[KIND_REGION]);
		replay_tell_region(replay, &region);
	}
	return replay_finish(replay, in, err);
}

static int play_calls(struct replay *replay,
		      const struct region_window *window, struct error *err)
{
	uint32_t last = 0;

	for (size_t i = 0; i < window->count; i++)
		last = MAX(last, window->calls[i].region);
	if (replay_need(replay, KIND_THREAD, window->thread, err) ||
	    (window->count && replay_need(replay, KIND_REGION, last, err)))
		return -1;
	TELL(replay, region_calls, window);
	return 0;
}

int replay_region_calls(struct replay *replay, struct byte_reader *in,
			struct error *err)
{
	struct region_batch batch = REGION_BATCH_INIT;
	int ret = region_chunk_decode(in, &batch, err);

	for (size_t i = 0; !ret && i < batch.windows.count; i++)
		ret = play_calls(replay, &batch.windows.items[i], err);
	region_batch_release(&batch);
	return ret;
}

int replay_region_totals(struct replay *replay, struct byte_reader *in,
			 struct error *err)
{
	uint64_t count = read_uvarint(in);
	struct region_total total;

	for (; count && region_total_decode(in, &total); count--) {
		if (replay_need(replay, KIND_REGION, total.region, err))
			return -1;
		TELL(replay, region_total, &total);
	}
	return replay_finish(replay, in, err);
}

int replay_region_labels(struct replay *replay, struct byte_reader *in,
			 struct error *err)
{
	uint64_t count = read_uvarint(in);
	struct region_label label;

	for (; count && region_label_decode(in, replay->strings, &label);
	     count--) {
		if (replay_need(replay, KIND_REGION, label.region, err))
			return -1;
		TELL(replay, region_label, &label);
	}
	return replay_finish(replay, in, err);
}

int replay_region_losses(struct replay *replay, struct byte_reader *in,
			 struct error *err)
{
	uint64_t count = read_uvarint(in);
	struct region_losses losses;

	for (; count && region_losses_decode(in, &losses); count--) {
		if (replay_need(replay, KIND_PROCESS, losses.process, err))
			return -1;
		TELL(replay, region_losses, &losses);
	}
	return replay_finish(replay, in, err);
}

int replay_run_notes(struct replay *replay, struct byte_reader *in,
		     struct error *err)
{
	uint64_t count = read_uvarint(in);
	struct run_note note;

	for (; count && run_note_decode(in, replay->strings, &note); count--) {
		if (replay_need(replay, KIND_RUN, note.run, err))
			return -1;
		TELL(replay, run_note, &note);
	}
	return replay_finish(replay, in, err);
}
