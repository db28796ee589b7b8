/* SPDX-License-Identifier: MIT */
#include "record/call_skid.h"

#include "base/clock.h"
#include "base/compiler.h"

/* The account comes in steps of this; so much may be missing of it. */
#define ACCOUNT_STEP_NS (10.0 * NS_PER_MS)

/* System time that a stop of ours takes of the thread. */
#define STOP_NS (10.0 * NS_PER_US)

#define OLD_WINDOWS 0.8

bool call_skid_in(const struct interval_vec *intervals)
{
	for (size_t i = 0; i < intervals->count; i++) {
		if (intervals->items[i].flags & LOOK_SOON)
			return true;
	}
	return false;
}

void call_skid_account(struct call_skid *skid, uint64_t user_ns,
		       uint64_t system_ns, bool fresh)
{
	if (!fresh && user_ns >= skid->last_user_ns)
		skid->user_ns += user_ns - skid->last_user_ns;
	if (!fresh && system_ns >= skid->last_system_ns)
		skid->system_ns += system_ns - skid->last_system_ns;
	skid->last_user_ns = user_ns;
	skid->last_system_ns = system_ns;
}

/* Looks of a window at a thread on a CPU. */
struct looks {
	size_t in_user;
	size_t late;		/* in calls, and it took long to stop */
	size_t soon;
};

static struct looks count_looks(const struct interval_vec *intervals)
{
	struct looks looks = { .in_user = 0 };

	for (size_t i = 0; i < intervals->count; i++) {
		const struct interval *look = &intervals->items[i];

		if (look->state != STATE_RUNNING)
			continue;
		looks.soon += !!(look->flags & LOOK_SOON);
		looks.late += look->flags & LOOK_IN_CALL &&
			      !(look->flags & LOOK_SOON);
		looks.in_user += !(look->flags & LOOK_IN_CALL);
	}
	return looks;
}

/*
 * Which part of those that came soon is to be kept, so that looks in calls
 * are the same part of all looks that are left as system time is of all time?
 */
static double part_to_keep(const struct call_skid *skid,
			   const struct looks *looks)
{
	const double system_ns = ACCOUNT_STEP_NS +
		MAX(skid->system_ns - STOP_NS * skid->stops, 0.0);
	const double user_ns = MAX(skid->user_ns, 1.0);
	const double expected = looks->in_user * system_ns / user_ns;

	if (!looks->soon)
		return 1;
	return MIN(MAX(expected - looks->late, 0.0) / looks->soon, 1.0);
}

/* Give its length to the look after it, else to the one before. */
static void merge(struct interval_vec *intervals, size_t before, size_t i)
{
	struct interval *items = intervals->items;
	const size_t to = i + 1 < intervals->count ? i + 1 : before - 1;

	items[to].wall_ns += items[i].wall_ns;
}

size_t call_skid_leave_out(struct call_skid *skid,
			   struct interval_vec *intervals)
{
	struct interval *items = intervals->items;
	const struct looks looks = count_looks(intervals);
	/* Somebody must carry the CPU time. */
	bool needed = !looks.in_user && !looks.late;
	size_t count = 0, left_out;
	double part;

	skid->stops += looks.in_user + looks.late + looks.soon;
	part = part_to_keep(skid, &looks);
	for (size_t i = 0; i < intervals->count; i++) {
		if (items[i].flags & LOOK_SOON) {
			skid->kept += part;
			if (skid->kept < 1 && !needed) {
				merge(intervals, count, i);
				continue;
			}
			skid->kept -= MIN(skid->kept, 1.0);
			needed = false;
		}
		items[count] = items[i];
		items[count++].flags &= ~(LOOK_IN_CALL | LOOK_SOON);
	}
	left_out = intervals->count - count;
	intervals->count = count;
	skid->stops *= OLD_WINDOWS;
	skid->user_ns *= OLD_WINDOWS;
	skid->system_ns *= OLD_WINDOWS;
	return left_out;
}
