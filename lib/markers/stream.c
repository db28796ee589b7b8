/* SPDX-License-Identifier: MIT */
#include "markers/stream.h"

#include "model/region.h"

struct parser {
	struct mark_stream *stream;
	const struct mark_tree *tree;
	const struct mark_ops *ops;
	void *context;
};

static uint32_t top_node(const struct mark_stream *stream)
{
	return stream->depth ? stream->open[stream->depth - 1].node :
			       MARK_NODE_NONE;
}

static bool push(struct mark_stream *stream, uint32_t node, uint64_t start_ns)
{
	if (stream->depth == MARK_DEPTH)
		return false;
	stream->open[stream->depth++] = (struct mark_stream_open){
		start_ns, node
	};
	return true;
}

/*
 * Events were lost if what is open is not what `node` lies in.  Its place in
 * the tree tells what must be open: close what is too much, and add what is
 * missing, the begin of which nobody saw.
 */
static bool open_around(struct parser *parser, uint32_t node)
{
	struct mark_stream *stream = parser->stream;
	uint32_t missing[MARK_DEPTH];
	size_t count = 0;
	uint32_t depth;

	for (;; node = parser->tree->parents[node]) {
		depth = stream->depth;
		while (depth && stream->open[depth - 1].node != node)
			depth--;
		if (depth || node == MARK_NODE_NONE)
			break;
		if (count == MARK_DEPTH)
			return false;
		missing[count++] = node;
	}
	stream->depth = depth;
	while (count) {
		if (!push(stream, missing[--count], 0))
			return false;
	}
	return true;
}

/* Any region may have the one in it that stands for those without room. */
static bool begin(struct parser *parser, uint32_t node, uint64_t time_ns)
{
	const uint32_t parent = parser->tree->parents[node];

	if (node != MARK_NODE_OTHER && top_node(parser->stream) != parent &&
	    !open_around(parser, parent))
		return false;
	return push(parser->stream, node, time_ns);
}

static bool end(struct parser *parser, uint32_t node, uint64_t time_ns,
		uint32_t how)
{
	struct mark_stream *stream = parser->stream;
	uint32_t depth = stream->depth;
	uint64_t start_ns;

	while (depth && stream->open[depth - 1].node != node)
		depth--;
	/* Its begin was lost: no call, but no nonsense. */
	if (!depth)
		return true;
	start_ns = stream->open[depth - 1].start_ns;
	stream->depth = depth - 1;
	if (!start_ns)
		return true;
	if (start_ns > time_ns)
		return false;
	parser->ops->call(parser->context, stream->thread, node, start_ns,
			  time_ns, how == MARK_END_LEFT ? REGION_LEFT : 0);
	return true;
}

static bool is_node(const struct parser *parser, uint32_t node)
{
	return node < MARK_NODES &&
	       (node == MARK_NODE_OTHER || parser->tree->names[node]);
}

static bool is_place(const struct parser *parser, uint32_t node)
{
	return node == MARK_NODE_NONE || is_node(parser, node);
}

static void counter_value(struct parser *parser, uint64_t value)
{
	struct mark_stream *stream = parser->stream;

	if (stream->counter_name)
		parser->ops->counter(parser->context, stream->thread,
				     stream->counter_name,
				     stream->counter_node, stream->counter_ns,
				     (int64_t)value);
	stream->counter_name = 0;
}

static bool parse_note(struct parser *parser, const struct mark_event *event)
{
	const uint32_t id = MARK_WORD_ID(event->word);
	const uint32_t argument = MARK_WORD_ARGUMENT(event->word);
	struct mark_stream *stream = parser->stream;

	if (id >= MARK_NAMES)
		return false;
	switch (MARK_WORD_KIND(event->word)) {
	case MARK_EVENT:
		if (!id || !is_place(parser, argument))
			return false;
		parser->ops->event(parser->context, stream->thread, id,
				   argument, event->time_ns);
		return true;
	case MARK_LABEL:
		if (!id || !is_node(parser, argument & 0xffff) ||
		    argument >> 16 >= MARK_NAMES)
			return false;
		parser->ops->label(parser->context, argument & 0xffff, id,
				   argument >> 16);
		return true;
	default:
		if (!is_place(parser, argument))
			return false;
		stream->counter_name = id;
		stream->counter_node = argument;
		stream->counter_ns = event->time_ns;
		return true;
	}
}

static bool parse(struct parser *parser, const struct mark_event *event)
{
	const uint32_t id = MARK_WORD_ID(event->word);
	const uint32_t argument = MARK_WORD_ARGUMENT(event->word);
	struct mark_stream *stream = parser->stream;

	switch (MARK_WORD_KIND(event->word)) {
	case MARK_BEGIN:
		return is_node(parser, id) &&
		       begin(parser, id, event->time_ns);
	case MARK_END:
		return is_node(parser, id) &&
		       end(parser, id, event->time_ns, argument);
	case MARK_THREAD:
		/* What its former owner left open ended with it. */
		mark_stream_end(stream, event->time_ns, parser->ops,
				parser->context);
		stream->thread = argument;
		return true;
	case MARK_EVENT:
	case MARK_LABEL:
	case MARK_COUNTER:
		return parse_note(parser, event);
	case MARK_PAUSE:
	case MARK_RESUME:
		parser->ops->pause(parser->context, event->time_ns,
				   MARK_WORD_KIND(event->word) == MARK_PAUSE);
		return true;
	default:
		return false;
	}
}

void mark_stream_parse(struct mark_stream *stream,
		       const struct mark_event *events, size_t count,
		       const struct mark_tree *tree,
		       const struct mark_times *times,
		       const struct mark_ops *ops, void *context)
{
	struct parser parser = { stream, tree, ops, context };

	for (size_t i = 0; i < count; i++) {
		if (MARK_WORD_KIND(events[i].word) == MARK_VALUE)
			counter_value(&parser, events[i].time_ns);
		else if (events[i].time_ns < times->from_ns ||
			 events[i].time_ns > times->to_ns ||
			 !parse(&parser, &events[i]))
			stream->nonsense++;
	}
}

void mark_stream_lost(struct mark_stream *stream,
		      const struct mark_open *open, size_t depth,
		      uint64_t first_ns, const struct mark_tree *tree)
{
	uint64_t before_ns = 1;

	stream->depth = 0;
	stream->counter_name = 0;
	for (size_t i = 0; i < MIN(depth, (size_t)MARK_DEPTH); i++) {
		const uint32_t node = open[i].node;

		if (open[i].start_ns >= first_ns ||
		    open[i].start_ns < before_ns || node >= MARK_NODES ||
		    (node != MARK_NODE_OTHER &&
		     (!tree->names[node] ||
		      tree->parents[node] != top_node(stream))))
			break;
		push(stream, node, open[i].start_ns);
		before_ns = open[i].start_ns;
	}
}

void mark_stream_end(struct mark_stream *stream, uint64_t time_ns,
		     const struct mark_ops *ops, void *context)
{
	while (stream->depth) {
		const struct mark_stream_open *open =
			&stream->open[--stream->depth];

		if (open->start_ns && open->start_ns <= time_ns)
			ops->call(context, stream->thread, open->node,
				  open->start_ns, time_ns, REGION_CUT);
	}
}
