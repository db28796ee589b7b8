/* SPDX-License-Identifier: MIT */
/*
 * Regions, counters and marks.  Runs inside the target: no allocation,
 * lock, thread, signal, descriptor, environment or output, and errno stays.
 *
 * A thread that marks something claims a slot of a static pool and is from
 * then on the only one to write there.  cprof reads the pool from outside,
 * and switches it on by writing a time into it, which must be renewed: when
 * cprof is killed, the first region after that time finds it over.
 */
#include "mark/mark.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* On pages of its own: the first one is wiped in children. */
HIDDEN struct mark_pool pool __attribute__((aligned(MARK_PAGE)));

/* The same under a name for other modules, which look up one place only. */
CPROF_API extern struct mark_pool cprof_pool_
	__attribute__((alias("cprof_pool_own_")));

/* Kept by the linker and by strip(1), and found without symbols. */
__asm__(".pushsection .note.cprof,\"a\",@note\n"
	".balign 4\n"
	".long 6, 16, 1\n"		/* name, bytes, MARK_NOTE_TYPE */
	".asciz \"cprof\"\n"
	".balign 4\n"
	".quad cprof_pool_own_ - .\n"
	".long 1\n"			/* MARK_VERSION */
	".long 0\n"
	".popsection\n");

/* In the thread's own block: no call to find it. */
static __thread struct mark_slot *own
	__attribute__((tls_model("initial-exec")));
static __thread uint32_t refused_in
	__attribute__((tls_model("initial-exec")));

_Static_assert(sizeof(struct mark_head) == MARK_PAGE, "one page");
_Static_assert(sizeof(struct mark_tables) == MARK_PAGE, "one page");
_Static_assert(sizeof(struct mark_name) == MARK_NAME_BYTES, "no gaps");

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static struct mark_line *line_of(const struct mark_slot *slot)
{
	return &pool.head.lines[slot - pool.slots];
}

void mark_put(struct mark_slot *slot, uint64_t time_ns, uint64_t word)
{
	struct mark_line *line = line_of(slot);
	const uint64_t head = LOAD(&line->head);
	struct mark_event *event = &slot->ring[head % MARK_RING];

	STORE(&event->time_ns, time_ns);
	STORE(&event->word, word);
	__atomic_store_n(&line->head, head + 1, __ATOMIC_RELEASE);
}

/* --- slots --- */

static int is_dead(uint32_t thread)
{
	return syscall(SYS_tgkill, getpid(), thread, 0) < 0 && errno == ESRCH;
}

/* A child of fork(2) has no slots, no open regions, and is off. */
static void ask_for_wiping(void)
{
	if (!__atomic_exchange_n(&pool.tables.wipes, 1, __ATOMIC_RELAXED))
		madvise(&pool.head, MARK_PAGE, MADV_WIPEONFORK);
}

static struct mark_slot *find_slot(uint32_t thread)
{
	for (int pass = 0; pass < 3; pass++) {
		for (int i = 0; i < MARK_SLOTS; i++) {
			uint32_t *owner = &pool.head.lines[i].owner;
			uint32_t was = LOAD(owner);

			/* Its last owner had our id, so it is no more. */
			if (pass == 0 && was != thread)
				continue;
			if (pass == 1 && was)
				continue;
			if (pass == 2 && !is_dead(was))
				continue;
			if (CLAIM(owner, &was, thread))
				return &pool.slots[i];
		}
	}
	return NULL;
}

/* The totals and counts of another recording are over. */
static void clear_counts(struct mark_slot *slot)
{
	struct mark_line *line = line_of(slot);

	memset(slot->totals, 0, slot->nodes_used * sizeof(*slot->totals));
	slot->nodes_used = 0;
	STORE(&line->unbalanced, 0);
	STORE(&line->left, 0);
	STORE(&line->too_deep, 0);
	STORE(&line->nested, 0);
}

static void begin_epoch(struct mark_slot *slot, uint32_t epoch)
{
	struct mark_line *line = line_of(slot);

	if (MARK_RECORDING(LOAD(&line->epoch)) != MARK_RECORDING(epoch))
		clear_counts(slot);
	__atomic_store_n(&line->epoch, epoch, __ATOMIC_RELEASE);
}

/* The thread's slot, ready for the recording that is on; NULL: none. */
static COLD struct mark_slot *prepare_slot(void)
{
	const uint32_t epoch = LOAD(&pool.head.control.epoch);
	const int saved_errno = errno;
	struct mark_slot *slot = own;
	uint32_t thread;

	if (epoch && MARK_RECORDING(refused_in) == MARK_RECORDING(epoch))
		return NULL;
	/* A handler, of a signal that came to us at work. */
	if (slot && slot->busy && LOAD(&line_of(slot)->owner) == slot->owner)
		return slot;
	thread = (uint32_t)syscall(SYS_gettid);
	if (!slot || LOAD(&line_of(slot)->owner) != slot->owner) {
		ask_for_wiping();
		slot = find_slot(thread);
	}
	errno = saved_errno;
	own = slot;
	if (!slot) {
		refused_in = epoch;
		__atomic_fetch_add(&pool.head.control.refused, 1,
				   __ATOMIC_RELAXED);
		return NULL;
	}
	slot->owner = thread;
	slot->depth = slot->over = slot->busy = 0;
	begin_epoch(slot, epoch);
	mark_put(slot, now_ns(), MARK_WORD(MARK_THREAD, 0, thread));
	return slot;
}

static struct mark_slot *own_slot(void)
{
	struct mark_slot *slot = own;
	const struct mark_line *line;

	if (__builtin_expect(!slot, 0))
		return prepare_slot();
	line = line_of(slot);
	if (__builtin_expect(LOAD(&line->owner) != slot->owner ||
			     LOAD(&line->epoch) !=
			     LOAD(&pool.head.control.epoch), 0))
		return prepare_slot();
	return slot;
}

/*
 * Nobody renewed it: off, until somebody does.  Who does must know before,
 * as from here on ends are missed, too.
 */
static COLD void expire(uint64_t lease_ns)
{
	__atomic_fetch_add(&pool.head.control.lapses, 1, __ATOMIC_ACQ_REL);
	CLAIM(&pool.head.control.lease_ns, &lease_ns, UINT64_C(0));
}

struct mark_slot *mark_enter(uint64_t *time_ns)
{
	const uint64_t lease_ns = LOAD(&pool.head.control.lease_ns);
	struct mark_slot *slot;

	if (!lease_ns)
		return NULL;
	*time_ns = now_ns();
	if (__builtin_expect(*time_ns >= lease_ns, 0)) {
		expire(lease_ns);
		return NULL;
	}
	slot = own_slot();
	if (__builtin_expect(!slot, 0))
		return NULL;
	if (__builtin_expect(slot->busy, 0)) {
		struct mark_line *line = line_of(slot);

		STORE(&line->nested, LOAD(&line->nested) + 1);
		return NULL;
	}
	slot->busy = 1;
	FENCE();
	return slot;
}

void mark_leave(struct mark_slot *slot)
{
	FENCE();
	slot->busy = 0;
}

/* --- regions --- */

uint32_t mark_node_around(const struct mark_slot *slot)
{
	return slot->depth ? slot->open[slot->depth - 1].node :
			     MARK_NODE_NONE;
}

/* False: too deep. */
static int open_region(struct mark_slot *slot, uint32_t name, uint64_t time_ns)
{
	const uint32_t depth = slot->depth;
	struct mark_open *open = &slot->open[depth % MARK_DEPTH];
	struct mark_line *line;

	if (__builtin_expect(depth >= MARK_DEPTH, 0)) {
		line = line_of(slot);
		STORE(&line->too_deep, LOAD(&line->too_deep) + 1);
		return 0;
	}
	open->node = MARK_NODE_OTHER;
	if (name)
		open->node = mark_node_id(mark_node_around(slot), name);
	open->name = name;
	open->start_ns = time_ns;
	slot->depth = depth + 1;
	mark_put(slot, time_ns, MARK_WORD(MARK_BEGIN, open->node, 0));
	return 1;
}

static void count(struct mark_slot *slot, const struct mark_open *open,
		  uint64_t ns)
{
	struct mark_total *total = &slot->totals[open->node];
	uint32_t *bucket = &total->buckets[mark_bucket(ns)];

	if (open->node >= slot->nodes_used)
		slot->nodes_used = open->node + 1;
	STORE(&total->count, total->count + 1);
	STORE(&total->sum_ns, total->sum_ns + ns);
	if (ns > total->max_ns)
		STORE(&total->max_ns, ns);
	STORE(bucket, *bucket + 1);
}

static void close_last(struct mark_slot *slot, uint64_t time_ns,
		       enum mark_end how)
{
	const struct mark_open *open = &slot->open[--slot->depth];
	const uint64_t ns = time_ns - open->start_ns;

	count(slot, open, ns);
	mark_put(slot, time_ns, MARK_WORD(MARK_END, open->node, how));
}

/* End the region at `depth`; what is open inside of it was left by a jump. */
static void close_region(struct mark_slot *slot, uint32_t depth,
			 uint64_t time_ns)
{
	struct mark_line *line = line_of(slot);

	/* What was not recorded in it has ended with it. */
	if (slot->over_depth > depth)
		slot->over = 0;
	while (slot->depth > depth + 1) {
		close_last(slot, time_ns, MARK_END_LEFT);
		STORE(&line->left, LOAD(&line->left) + 1);
	}
	close_last(slot, time_ns, MARK_END_PROPER);
}

static void count_unbalanced(struct mark_slot *slot)
{
	struct mark_line *line = line_of(slot);

	STORE(&line->unbalanced, LOAD(&line->unbalanced) + 1);
}

/* A site knows its name's id, in this pool: there may be another. */
static uint32_t site_name_id(struct cprof_site *site)
{
	const unsigned long here = (unsigned long)&pool & 0xffffffffffff;
	const unsigned long known = LOAD(&site->known);
	uint32_t name;

	if (__builtin_expect((known & 0xffffffffffff) == here, 1))
		return known >> 48;
	name = mark_name_id(site->name);
	if (name)
		STORE(&site->known, here | (unsigned long)name << 48);
	return name;
}

/* The start tells one scope from another that was as deep. */
static unsigned long scope_word(uint64_t start_ns, uint32_t depth)
{
	return start_ns << 8 | (depth + 1);
}

unsigned long cprof_scope_begin_(struct cprof_site *site)
{
	uint64_t time_ns;
	struct mark_slot *slot = mark_enter(&time_ns);
	unsigned long scope = 0;

	if (!slot)
		return 0;
	if (!mark_is_paused() && open_region(slot, site_name_id(site), time_ns))
		scope = scope_word(time_ns, slot->depth - 1);
	mark_leave(slot);
	return scope;
}

void cprof_scope_end_(unsigned long scope)
{
	const uint32_t depth = (scope & 0xff) - 1;
	uint64_t time_ns;
	struct mark_slot *slot = mark_enter(&time_ns);

	if (!slot)
		return;
	if (depth < slot->depth &&
	    scope_word(slot->open[depth].start_ns, depth) == scope)
		close_region(slot, depth, time_ns);
	else
		count_unbalanced(slot);
	mark_leave(slot);
}

void cprof_region_begin(const char *name)
{
	uint64_t time_ns;
	struct mark_slot *slot = mark_enter(&time_ns);

	if (!slot)
		return;
	if (mark_is_paused() ||
	    !open_region(slot, mark_recent_id(slot, name), time_ns)) {
		if (!slot->over++)
			slot->over_depth = slot->depth;
	}
	mark_leave(slot);
}

static void end_by_name(struct mark_slot *slot, const char *name,
			uint64_t time_ns)
{
	const uint32_t id = name ? mark_recent_id(slot, name) : 0;
	const uint32_t lowest = slot->over ? slot->over_depth : 0;
	uint32_t depth = slot->depth;

	while (depth > lowest && name && slot->open[depth - 1].name != id)
		depth--;
	if (depth > lowest)
		close_region(slot, depth - 1, time_ns);
	else if (slot->over)
		slot->over--;
	else
		count_unbalanced(slot);
}

void cprof_region_end(const char *name)
{
	uint64_t time_ns;
	struct mark_slot *slot = mark_enter(&time_ns);

	if (!slot)
		return;
	end_by_name(slot, name, time_ns);
	mark_leave(slot);
}
