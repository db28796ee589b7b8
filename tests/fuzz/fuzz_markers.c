/* SPDX-License-Identifier: MIT */
/*
 * The marks of a hostile program: a tree, then events, with losses and ends
 * in between.  What is handed on must be in range, calls must end after they
 * began, and lie in each other.
 */
#include "markers/stream.h"

#include "base/bytes.h"
#include "model/region.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void on_call(void *context, uint32_t thread, uint32_t node,
		    uint64_t start_ns, uint64_t end_ns, uint8_t flags)
{
	const struct mark_tree *tree = context;

	assert(node < MARK_NODES);
	assert(node == MARK_NODE_OTHER || tree->names[node]);
	assert(start_ns && start_ns <= end_ns);
	assert(flags <= REGION_LEFT);
}

static void check_place(const struct mark_tree *tree, uint32_t node)
{
	assert(node == MARK_NODE_NONE || node == MARK_NODE_OTHER ||
	       (node < MARK_NODES && tree->names[node]));
}

static void on_event(void *context, uint32_t thread, uint32_t name,
		     uint32_t node, uint64_t time_ns)
{
	assert(name && name < MARK_NAMES && time_ns);
	check_place(context, node);
}

static void on_label(void *context, uint32_t node, uint32_t key,
		     uint32_t value)
{
	assert(node != MARK_NODE_NONE);
	check_place(context, node);
	assert(key && key < MARK_NAMES && value < MARK_NAMES);
}

static void on_counter(void *context, uint32_t thread, uint32_t name,
		       uint32_t node, uint64_t time_ns, int64_t value)
{
	assert(name && name < MARK_NAMES && time_ns);
	check_place(context, node);
}

static void on_pause(void *context, uint64_t time_ns, bool paused)
{
	assert(time_ns);
}

static const struct mark_ops ops = {
	on_call, on_event, on_label, on_counter, on_pause
};

/* As a reader makes it: parents come first, others are not there. */
static void read_tree(struct byte_reader *in, struct mark_tree *tree)
{
	const uint16_t count = read_u16le(in) % MARK_NODES;

	memset(tree, 0, sizeof(*tree));
	for (uint32_t i = 1; i <= count && i < MARK_NODES; i++) {
		const uint16_t parent = read_u16le(in);
		const uint16_t name = read_u16le(in) % MARK_NAMES;

		if (parent < i || parent == MARK_NODE_NONE) {
			tree->parents[i] = parent;
			tree->names[i] = name;
		}
	}
}

static void lose(struct byte_reader *in, struct mark_stream *stream,
		 const struct mark_tree *tree)
{
	struct mark_open open[8];

	for (size_t i = 0; i < 8; i++)
		open[i] = (struct mark_open){
			.start_ns = read_u16le(in), .node = read_u16le(in) };
	mark_stream_lost(stream, open, read_u8(in) % 9, read_u16le(in), tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct mark_times times = { 1, 60000 };
	struct byte_reader in = byte_reader_of(data, len);
	struct mark_stream stream = { .thread = 1 };
	struct mark_tree tree;

	read_tree(&in, &tree);
	while (byte_reader_left(&in)) {
		const uint8_t kind = read_u8(&in);
		struct mark_event event = { .time_ns = read_u16le(&in) };

		if (kind == 0xff) {
			lose(&in, &stream, &tree);
			continue;
		}
		if (kind == 0xfe) {
			mark_stream_end(&stream, event.time_ns, &ops, &tree);
			continue;
		}
		event.word = MARK_WORD(kind, read_u16le(&in), read_u32le(&in));
		mark_stream_parse(&stream, &event, 1, &tree, &times, &ops,
				  &tree);
		assert(stream.depth <= MARK_DEPTH);
	}
	mark_stream_end(&stream, 60001, &ops, &tree);
	assert(!stream.depth);
	return 0;
}
