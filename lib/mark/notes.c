/* SPDX-License-Identifier: MIT */
/* Labels, marks, counters; what the program says of the run. */
#include "mark/mark.h"

void cprof_region_label(const char *key, const char *value)
{
	uint64_t time_ns;
	struct mark_slot *slot = mark_enter(&time_ns);
	uint32_t key_id, value_id;

	if (!slot)
		return;
	key_id = mark_recent_id(slot, key);
	value_id = mark_name_id(value);
	if (key_id && slot->depth && !mark_is_paused())
		mark_put(slot, time_ns, MARK_WORD(MARK_LABEL, key_id,
					     value_id << 16 |
					     mark_node_around(slot)));
	mark_leave(slot);
}

void cprof_mark(const char *name)
{
	uint64_t time_ns;
	struct mark_slot *slot = mark_enter(&time_ns);
	uint32_t id;

	if (!slot)
		return;
	id = mark_is_paused() ? 0 : mark_recent_id(slot, name);
	if (id)
		mark_put(slot, time_ns, MARK_WORD(MARK_EVENT, id,
						  mark_node_around(slot)));
	mark_leave(slot);
}

/* --- counters --- */

static void put_counter(struct mark_slot *slot, uint32_t name,
			uint64_t time_ns, uint64_t value)
{
	if (mark_is_paused())
		return;
	mark_put(slot, time_ns, MARK_WORD(MARK_COUNTER, name,
					  mark_node_around(slot)));
	mark_put(slot, value, MARK_WORD(MARK_VALUE, 0, 0));
}

void cprof_counter(const char *name, long long value)
{
	uint64_t time_ns;
	struct mark_slot *slot = mark_enter(&time_ns);
	uint32_t id;

	if (!slot)
		return;
	id = mark_recent_id(slot, name);
	if (id) {
		STORE(&pool.counters[id], (uint64_t)value);
		put_counter(slot, id, time_ns, (uint64_t)value);
	}
	mark_leave(slot);
}

/* Off or on: a sum that leaves out a part is of no use. */
void cprof_counter_add(const char *name, long long value)
{
	const uint32_t id = mark_name_id(name);
	uint64_t time_ns, sum;
	struct mark_slot *slot;

	if (!id)
		return;
	sum = __atomic_add_fetch(&pool.counters[id], (uint64_t)value,
				 __ATOMIC_RELAXED);
	slot = mark_enter(&time_ns);
	if (!slot)
		return;
	put_counter(slot, id, time_ns, sum);
	mark_leave(slot);
}

/* --- the run --- */

static void run_changed(void)
{
	__atomic_fetch_add(&pool.tables.run_changes, 1, __ATOMIC_RELEASE);
}

void cprof_name(const char *name)
{
	STORE(&pool.tables.run_name, mark_name_id(name));
	run_changed();
}

void cprof_version(const char *version)
{
	STORE(&pool.tables.run_version, mark_name_id(version));
	run_changed();
}

void cprof_label(const char *key, const char *value)
{
	const struct mark_label label = {
		.key = (uint16_t)mark_name_id(key),
		.value = (uint16_t)mark_name_id(value),
	};
	uint32_t at;

	/* The first without a key is the last that is read. */
	if (!label.key)
		return;
	at = __atomic_fetch_add(&pool.tables.run_labels_used, 1,
				__ATOMIC_RELAXED);
	if (at >= MARK_RUN_LABELS) {
		__atomic_fetch_add(&pool.tables.names_lost, 1,
				   __ATOMIC_RELAXED);
		return;
	}
	pool.tables.run_labels[at] = label;
	run_changed();
}

static void pause_or_resume(uint32_t paused)
{
	uint64_t time_ns;
	struct mark_slot *slot;

	if (!paused)
		STORE(&pool.head.control.paused, 0);
	slot = mark_enter(&time_ns);
	if (slot) {
		mark_put(slot, time_ns,
			 MARK_WORD(paused ? MARK_PAUSE : MARK_RESUME, 0, 0));
		mark_leave(slot);
	}
	STORE(&pool.head.control.paused, paused);
}

void cprof_pause(void)
{
	pause_or_resume(1);
}

void cprof_resume(void)
{
	pause_or_resume(0);
}
