/* SPDX-License-Identifier: MIT */
#include "format/replay_state.h"

#include "format/chunk_metric.h"

void replay_tell_metric(struct replay *replay, const struct metric *metric)
{
	replay->counts[KIND_METRIC]++;
	TELL(replay, metric, metric);
}

static enum kind owner_kind(const struct metric *metric)
{
	switch (metric->scope) {
	case METRIC_OF_PROCESS:
		return KIND_PROCESS;
	case METRIC_OF_THREAD:
		return KIND_THREAD;
	default:
		return KIND_RUN;
	}
}

int replay_metrics(struct replay *replay, struct byte_reader *in,
		   struct error *err)
{
	uint32_t first = read_uvarint32(in);
	uint64_t count = read_uvarint(in);
	struct metric metric;

	if (replay_need_next(replay, KIND_METRIC, first, err))
		return -1;
	for (; count && metric_decode(in, replay->strings, &metric); count--) {
		if (replay_need(replay, owner_kind(&metric), metric.owner,
				err))
			return -1;
		replay_tell_metric(replay, &metric);
	}
	return replay_finish(replay, in, err);
}

int replay_values(struct replay *replay, struct byte_reader *in,
		  struct error *err)
{
	struct metric_value_vec *values = &replay->values;
	uint32_t last = 0;

	if (value_chunk_decode(in, values, err))
		return -1;
	for (size_t i = 0; i < values->count; i++)
		last = MAX(last, values->items[i].metric);
	if (!values->count)
		return 0;
	if (replay_need(replay, KIND_METRIC, last, err))
		return -1;
	TELL(replay, values, values->items, values->count);
	return 0;
}

int replay_collectors(struct replay *replay, struct byte_reader *in,
		      struct error *err)
{
	uint64_t count = read_uvarint(in);
	struct collector_report report;

	for (; count && collector_decode(in, replay->strings, &report);
	     count--) {
		if (replay_need(replay, KIND_RUN, report.run, err))
			return -1;
		TELL(replay, collector, &report);
	}
	return replay_finish(replay, in, err);
}
