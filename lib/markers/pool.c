/* SPDX-License-Identifier: MIT */
#include "markers/pool.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

enum {
	NEAR_NS = 1000 * 1000,	/* clocks of two CPUs are not so far apart */
	/*
	 * Of a ring that has run over.  A program that fills it will do so
	 * again, and each line of it that we read is one that the writer
	 * must fetch back: reading all of it doubled what a region costs.
	 */
	READ_OF_FULL = MARK_RING / 8,
};

/* What is known of one slot. */
struct slot_state {
	struct mark_stream stream;
	struct mark_line line;		/* at the last look */
	uint64_t tail;			/* events before were read */
	bool begun;
};

/* The first two pages, together. */
struct pool_look {
	struct mark_head head;
	struct mark_tables tables;
};

struct marker_pool {
	uint64_t address;
	uint64_t ahead_ns;		/* the program's clock; may wrap */
	uint32_t epoch;
	bool leased;			/* `epoch` is there */
	uint64_t until_ns;		/* of the lease */
	uint32_t lapses;		/* as the program counts them */
	uint64_t lapse_ns;
	struct mark_times times;
	struct pool_look look, next;
	struct mark_tree tree;
	struct mark_name names[MARK_NAMES];	/* with a NUL each */
	/* Up to the first one that was not written yet, and in all. */
	uint32_t names_read, names_seen;
	uint32_t nodes_read, nodes_seen;
	uint64_t events_lost;
	struct slot_state slots[MARK_SLOTS];
	struct mark_event ring[MARK_RING];
	struct mark_total totals[MARK_NODES];
};

/* The whole or nothing. */
static bool memory_read(const struct marker_pool *pool, pid_t tid,
			size_t offset, void *data, size_t bytes)
{
	const struct iovec local = { data, bytes };
	const struct iovec remote = {
		(void *)(uintptr_t)(pool->address + offset), bytes
	};

	return process_vm_readv(tid, &local, 1, &remote, 1, 0) ==
	       (ssize_t)bytes;
}

static bool memory_write(const struct marker_pool *pool, pid_t tid,
			 size_t offset, const void *data, size_t bytes)
{
	const struct iovec local = { (void *)(uintptr_t)data, bytes };
	const struct iovec remote = {
		(void *)(uintptr_t)(pool->address + offset), bytes
	};

	return process_vm_writev(tid, &local, 1, &remote, 1, 0) ==
	       (ssize_t)bytes;
}

/* Nobody else writes the epoch: with another one, it is not this pool. */
static bool look(struct marker_pool *pool, pid_t tid)
{
	if (!memory_read(pool, tid, 0, &pool->next, sizeof(pool->next)) ||
	    (pool->leased && pool->next.head.control.epoch != pool->epoch))
		return false;
	pool->look = pool->next;
	return true;
}

/* What was written for others is not ours. */
static void begin(struct marker_pool *pool)
{
	const struct mark_head *head = &pool->look.head;
	uint32_t recording =
		MARK_RECORDING((uint32_t)(clock_monotonic_ns() >> 10));

	/* A child's begins at 0 again; its threads may remember another. */
	while (!recording || recording == MARK_RECORDING(head->control.epoch))
		recording = MARK_RECORDING(~0u) & (recording + 1);
	pool->epoch = recording << 8;
	pool->lapses = head->control.lapses;
	for (int i = 0; i < MARK_SLOTS; i++) {
		pool->slots[i].tail = head->lines[i].head;
		pool->slots[i].stream.thread = head->lines[i].owner;
	}
}

struct marker_pool *marker_pool_open(pid_t tid, const uint8_t *note,
				     uint64_t address, uint64_t from_ns,
				     int64_t ahead_ns)
{
	struct marker_pool *pool;
	struct mark_note known;

	memcpy(&known, note, sizeof(known));
	if (known.version != MARK_VERSION)
		return NULL;
	pool = mem_alloc(sizeof(*pool));
	pool->address = address + (uint64_t)known.pool;
	pool->ahead_ns = ahead_ns;
	pool->times.from_ns = from_ns;
	pool->tree.parents[MARK_NODE_OTHER] = MARK_NODE_NONE;
	if (pool->address % MARK_PAGE != 0 || !look(pool, tid)) {
		marker_pool_close(pool);
		return NULL;
	}
	begin(pool);
	return pool;
}

void marker_pool_close(struct marker_pool *pool)
{
	free(pool);
}

/* Write into a word that nobody uses, and look whether it is there, too. */
bool marker_pool_is_shared(const struct marker_pool *pool, pid_t tid,
			   pid_t pid)
{
	const size_t at = offsetof(struct mark_control, unused);
	uint32_t sign = (uint32_t)clock_monotonic_ns() | 1, seen = 0;

	return memory_write(pool, tid, at, &sign, sizeof(sign)) &&
	       memory_read(pool, pid, at, &seen, sizeof(seen)) &&
	       seen == sign;
}

static bool write_epoch(struct marker_pool *pool, pid_t tid, uint32_t epoch)
{
	pool->epoch = epoch;
	return memory_write(pool, tid, offsetof(struct mark_control, epoch),
			    &epoch, sizeof(epoch));
}

/*
 * A call that finds the lease over counts that before it is off: it is seen
 * here, after the write.  In the next epoch nothing is open in any thread.
 */
static bool check_lapse(struct marker_pool *pool, pid_t tid)
{
	struct mark_control control;

	if (!memory_read(pool, tid, 0, &control, sizeof(control)))
		return false;
	if (control.lapses == pool->lapses)
		return true;
	pool->lapses = control.lapses;
	pool->lapse_ns = pool->until_ns;
	return write_epoch(pool, tid, (pool->epoch & ~0xffu) |
				      ((pool->epoch + 1) & 0xff));
}

/* The epoch before the lease: who sees the one must see the other. */
bool marker_pool_lease(struct marker_pool *pool, pid_t tid, uint64_t until_ns)
{
	const uint64_t lease_ns = until_ns ? until_ns + pool->ahead_ns : 0;
	struct mark_control control;

	/* Their memory is not ours to write to, if it is another's now. */
	if (pool->leased ? !memory_read(pool, tid, 0, &control,
					sizeof(control)) ||
			   control.epoch != pool->epoch :
			   !write_epoch(pool, tid, pool->epoch))
		return false;
	pool->leased = true;
	if (!memory_write(pool, tid, offsetof(struct mark_control, lease_ns),
			  &lease_ns, sizeof(lease_ns)) ||
	    !check_lapse(pool, tid))
		return false;
	pool->until_ns = until_ns;
	return true;
}

uint64_t marker_pool_lapse_ns(struct marker_pool *pool)
{
	const uint64_t since_ns = pool->lapse_ns;

	pool->lapse_ns = 0;
	return since_ns;
}

bool marker_pool_is_used(const struct marker_pool *pool)
{
	for (int i = 0; i < MARK_SLOTS; i++) {
		if (pool->slots[i].begun)
			return true;
	}
	return false;
}

/* --- names and nodes --- */

static void read_names(struct marker_pool *pool, pid_t tid)
{
	const uint32_t used = MIN(pool->look.tables.names_used,
				  (uint32_t)MARK_NAMES - 1);
	const uint32_t from = pool->names_read + 1;

	if (used < from ||
	    !memory_read(pool, tid, offsetof(struct mark_pool, names) +
			 from * sizeof(*pool->names), &pool->names[from],
			 (used - from + 1) * sizeof(*pool->names)))
		return;
	pool->names_seen = used;
	for (uint32_t i = from; i <= used; i++) {
		struct mark_name *name = &pool->names[i];

		name->len = MIN(name->len, sizeof(name->text) - 1);
		name->text[name->len] = '\0';
		if (name->len && pool->names_read == i - 1)
			pool->names_read = i;
	}
}

static void read_nodes(struct marker_pool *pool, pid_t tid)
{
	const uint32_t used = MIN(pool->look.tables.nodes_used,
				  (uint32_t)MARK_NODES - 1);
	const uint32_t from = pool->nodes_read + 1;
	uint32_t keys[MARK_NODES];

	if (used < from ||
	    !memory_read(pool, tid, offsetof(struct mark_pool, nodes) +
			 from * sizeof(*keys), &keys[from],
			 (used - from + 1) * sizeof(*keys)))
		return;
	for (uint32_t i = from; i <= used; i++) {
		const uint32_t parent = keys[i] >> 16;
		const uint32_t name = keys[i] & 0xffff;

		/* A parent is there before what lies in it. */
		if (name <= pool->names_seen &&
		    (parent < i || parent == MARK_NODE_NONE)) {
			pool->tree.parents[i] = parent;
			pool->tree.names[i] = name;
		}
		/* Others are looked at again: their name comes. */
		if (pool->tree.names[i] && pool->nodes_read == i - 1)
			pool->nodes_read = i;
	}
	pool->nodes_seen = used;
}

const char *marker_pool_name(const struct marker_pool *pool, uint32_t name)
{
	return name <= pool->names_seen ? pool->names[name].text : "";
}

uint32_t marker_pool_node(const struct marker_pool *pool, uint32_t node,
			  uint32_t *parent)
{
	*parent = node == MARK_NODE_OTHER ? MARK_NODE_NONE :
		  pool->tree.parents[node];
	return pool->tree.names[node];
}

uint32_t marker_pool_run_changes(const struct marker_pool *pool)
{
	return pool->look.tables.run_changes;
}

void marker_pool_run(const struct marker_pool *pool, uint32_t *name,
		     uint32_t *version,
		     struct mark_label labels[MARK_RUN_LABELS])
{
	*name = pool->look.tables.run_name;
	*version = pool->look.tables.run_version;
	memcpy(labels, pool->look.tables.run_labels,
	       sizeof(pool->look.tables.run_labels));
}

/* --- events --- */

static size_t slot_offset(int slot)
{
	return offsetof(struct mark_pool, slots) +
	       (size_t)slot * sizeof(struct mark_slot);
}

/* Copy the events [from, to) into the front of pool->ring. */
static bool read_ring(struct marker_pool *pool, pid_t tid, int slot,
		      uint64_t from, uint64_t to)
{
	const size_t at = slot_offset(slot) + offsetof(struct mark_slot, ring);
	const size_t first = from % MARK_RING;
	const size_t count = to - from;
	const size_t part = MIN(count, MARK_RING - first);

	if (!memory_read(pool, tid, at + first * sizeof(*pool->ring),
			 pool->ring, part * sizeof(*pool->ring)) ||
	    (count != part &&
	     !memory_read(pool, tid, at, pool->ring + part,
			  (count - part) * sizeof(*pool->ring))))
		return false;
	for (size_t i = 0; i < count && pool->ahead_ns; i++) {
		if (MARK_WORD_KIND(pool->ring[i].word) != MARK_VALUE)
			pool->ring[i].time_ns -= pool->ahead_ns;
	}
	return true;
}

/*
 * Events before pool->ring[skip] were lost, with them perhaps that the slot
 * has another owner.
 */
static void resync(struct marker_pool *pool, pid_t tid, int slot,
		   size_t skip, size_t count)
{
	struct mark_stream *stream = &pool->slots[slot].stream;
	const uint64_t first_ns = skip < count ? pool->ring[skip].time_ns :
				  UINT64_MAX;
	struct {
		uint32_t first[16];
		struct mark_open open[MARK_DEPTH];
	} now;
	const size_t depth_at = offsetof(struct mark_slot, depth) /
				sizeof(now.first[0]);

	_Static_assert(offsetof(struct mark_slot, open) ==
		       sizeof(now.first), "what is read in one go");
	if (!memory_read(pool, tid, slot_offset(slot), &now, sizeof(now)))
		memset(&now, 0, sizeof(now));
	for (size_t i = 0; i < MARK_DEPTH; i++)
		now.open[i].start_ns -= pool->ahead_ns;
	while (skip < count && MARK_WORD_KIND(pool->ring[skip].word) !=
	       MARK_THREAD)
		skip++;
	if (skip == count && now.first[0])
		stream->thread = now.first[0];
	mark_stream_lost(stream, now.open,
			 now.first[depth_at], first_ns, &pool->tree);
}

/*
 * The writer goes on while we copy: what it may have overwritten by then is
 * not believed.  It writes an event before it tells of it.
 */
static void drain_slot(struct marker_pool *pool, pid_t tid, int slot,
		       const struct mark_ops *ops, void *context)
{
	struct slot_state *state = &pool->slots[slot];
	const uint64_t head = pool->look.head.lines[slot].head;
	const uint64_t was = state->tail;
	uint64_t from = was, after = head, count;
	const size_t head_at = offsetof(struct mark_head, lines) +
		slot * sizeof(struct mark_line) +
		offsetof(struct mark_line, head);
	size_t skip = 0;

	if (head - from > MARK_RING)
		from = head - READ_OF_FULL;
	state->tail = head;
	if (!read_ring(pool, tid, slot, from, head) ||
	    !memory_read(pool, tid, head_at, &after, sizeof(after)))
		return;
	if (after - from >= MARK_RING)
		skip = MIN(after - from - MARK_RING + 1, head - from);
	count = head - from;
	if (from + skip != was) {
		/* That of a counter which was lost: no time. */
		while (skip < count &&
		       MARK_WORD_KIND(pool->ring[skip].word) == MARK_VALUE)
			skip++;
		pool->events_lost += from + skip - was;
		resync(pool, tid, slot, skip, count);
	}
	mark_stream_parse(&state->stream, pool->ring + skip, count - skip,
			  &pool->tree, &pool->times, ops, context);
}

bool marker_pool_drain(struct marker_pool *pool, pid_t tid,
		       const struct mark_ops *ops, void *context,
		       size_t *most)
{
	if (!look(pool, tid))
		return false;
	/* In this order: an event refers to nodes, and they to names. */
	read_names(pool, tid);
	read_nodes(pool, tid);
	pool->times.to_ns = clock_monotonic_ns() + NEAR_NS;
	for (int i = 0; i < MARK_SLOTS; i++) {
		const struct mark_line *line = &pool->look.head.lines[i];
		struct slot_state *state = &pool->slots[i];

		if (MARK_RECORDING(line->epoch) !=
		    MARK_RECORDING(pool->epoch))
			continue;
		state->line = *line;
		state->begun = true;
		/* It never goes back; a hostile one gets nothing read. */
		if (line->head <= state->tail)
			continue;
		*most = MAX(*most, MIN(line->head - state->tail,
				       (uint64_t)MARK_RING));
		drain_slot(pool, tid, i, ops, context);
	}
	return true;
}

void marker_pool_thread_end(struct marker_pool *pool, pid_t thread,
			    uint64_t time_ns, const struct mark_ops *ops,
			    void *context)
{
	for (int i = 0; i < MARK_SLOTS; i++) {
		if (pool->slots[i].stream.thread == (uint32_t)thread)
			mark_stream_end(&pool->slots[i].stream, time_ns, ops,
					context);
	}
}

void marker_pool_end(struct marker_pool *pool, uint64_t time_ns,
		     const struct mark_ops *ops, void *context)
{
	for (int i = 0; i < MARK_SLOTS; i++)
		mark_stream_end(&pool->slots[i].stream, time_ns, ops,
				context);
}

/* --- totals --- */

static void add_total(struct region_total *sum, const struct mark_total *more)
{
	_Static_assert((int)MARK_BUCKETS == (int)REGION_BUCKETS, "one");
	sum->calls += more->count;
	sum->total_ns += more->sum_ns;
	sum->max_ns = MAX(sum->max_ns, more->max_ns);
	for (int i = 0; i < REGION_BUCKETS; i++)
		sum->buckets[i] += more->buckets[i];
}

bool marker_pool_totals(struct marker_pool *pool, pid_t tid,
			struct region_total *totals)
{
	const size_t count = pool->nodes_seen + 1;

	memset(totals, 0, MARK_NODES * sizeof(*totals));
	for (int i = 0; i < MARK_SLOTS; i++) {
		if (!pool->slots[i].begun)
			continue;
		if (!memory_read(pool, tid, slot_offset(i) +
				 offsetof(struct mark_slot, totals),
				 pool->totals, count * sizeof(*pool->totals)))
			return false;
		for (size_t node = 0; node < count; node++)
			add_total(&totals[node], &pool->totals[node]);
	}
	return true;
}

void marker_pool_losses(const struct marker_pool *pool,
			struct region_losses *losses)
{
	losses->events += pool->events_lost;
	losses->threads += pool->look.head.control.refused;
	losses->names += pool->look.tables.names_lost;
	for (int i = 0; i < MARK_SLOTS; i++) {
		const struct slot_state *state = &pool->slots[i];

		losses->unbalanced += state->line.unbalanced;
		losses->left += state->line.left;
		losses->too_deep += state->line.too_deep;
		losses->nested += state->line.nested;
		losses->nonsense += state->stream.nonsense;
	}
}
