/* SPDX-License-Identifier: MIT */
#include "record/call_skid.h"

#include "base/clock.h"
#include "base/compiler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	NEAR = 64,		/* looks, before and after */
	WIDELY = 8,		/* of them, that outer callers must have */
	/* Frames that are looked at for one window: some 10 ms. */
	STEPS_MAX = 500000
};

/* The account comes in steps of this; so much may be missing of it. */
#define ACCOUNT_STEP_NS (10.0 * NS_PER_MS)

/* System time that a stop of ours takes of the thread. */
#define STOP_NS (10.0 * NS_PER_US)

#define OLD_WINDOWS 0.8

/* Less time than this tells little of a window. */
#define TELLING_NS (100.0 * NS_PER_MS)

bool call_skid_in(const struct interval_vec *intervals)
{
	for (size_t i = 0; i < intervals->count; i++) {
		if (intervals->items[i].flags & LOOK_SOON)
			return true;
	}
	return false;
}

/*
 * Is this another part of the program than before?  The kernel's parts are
 * counted by ticks, of 10 ms at the longest: 4 standard errors of those, and
 * the steps at both ends.
 */
static bool is_another_part(const struct call_skid *skid, double user_ns,
			    double system_ns)
{
	const double before_ns = skid->user_ns + skid->system_ns;
	const double now_ns = user_ns + system_ns;
	double part, noise_ns;

	if (before_ns < TELLING_NS || now_ns < TELLING_NS)
		return false;
	part = (skid->system_ns + ACCOUNT_STEP_NS) /
	       (before_ns + 2 * ACCOUNT_STEP_NS);
	noise_ns = 4 * sqrt(part * (1 - part) * now_ns * ACCOUNT_STEP_NS) +
		   2 * ACCOUNT_STEP_NS;
	return fabs(system_ns - part * now_ns) > noise_ns;
}

void call_skid_account(struct call_skid *skid, uint64_t user_ns,
		       uint64_t system_ns, bool fresh)
{
	const double user = user_ns - MIN(skid->last_user_ns, user_ns);
	const double system = system_ns - MIN(skid->last_system_ns, system_ns);

	skid->last_user_ns = user_ns;
	skid->last_system_ns = system_ns;
	if (fresh)
		return;
	if (is_another_part(skid, user, system))
		skid->stops = skid->user_ns = skid->system_ns = 0;
	skid->user_ns += user;
	skid->system_ns += system;
}

/*
 * Which part of the looks that came soon upon calls is to stay there, so that
 * looks in calls are the same part of all looks as system time is of all time?
 */
static double part_to_keep(const struct call_skid *skid, size_t looks,
			   size_t late, size_t soon)
{
	const double system_ns = ACCOUNT_STEP_NS +
		MAX(skid->system_ns - STOP_NS * skid->stops, 0.0);
	const double all_ns = MAX(skid->user_ns, 1.0) + system_ns;
	const double expected = looks * system_ns / all_ns;

	if (!soon)
		return 1;
	return MIN(MAX(expected - late, 0.0) / soon, 1.0);
}

/* The part of `intervals`, all of them looks at a CPU, that is to stay. */
static double count_looks(struct call_skid *skid,
			  const struct interval_vec *intervals)
{
	size_t looks = 0, late = 0, soon = 0;

	for (size_t i = 0; i < intervals->count; i++) {
		const struct interval *look = &intervals->items[i];

		if (look->state != STATE_RUNNING)
			continue;
		looks++;
		soon += !!(look->flags & LOOK_SOON);
		late += look->flags & LOOK_IN_CALL &&
			!(look->flags & LOOK_SOON);
	}
	skid->stops += looks;
	return part_to_keep(skid, looks, late, soon);
}

static uint32_t module_of(const struct stack_table *stacks, uint32_t id)
{
	return stack_table_frame(stacks,
				 stack_table_get(stacks, id).frame).module;
}

static uint32_t parent_of(const struct stack_table *stacks, uint32_t id)
{
	return stack_table_get(stacks, id).parent;
}

/*
 * What called the function that made the call, as the id of a stack.  The
 * call's own frames are those in the module that has its instruction, the C
 * library mostly; the vDSO falls back on calls, for the C library.  In a
 * static program all is one module: one frame then.
 */
static uint32_t outside_of_caller(const struct stack_table *stacks,
				  uint32_t id)
{
	const uint32_t leaf = module_of(stacks, id);
	uint32_t module = leaf;
	uint32_t at = parent_of(stacks, id);

	if (module_table_get(stacks->modules, leaf)->kind == MODULE_VDSO &&
	    at != ID_NONE)
		module = module_of(stacks, at);
	while (at != ID_NONE && (module_of(stacks, at) == module ||
				 module_of(stacks, at) == leaf))
		at = parent_of(stacks, at);
	if (at == ID_NONE)
		at = parent_of(stacks, id);
	return at == ID_NONE ? ID_NONE : parent_of(stacks, at);
}

/* Nobody saw what it did, or its stack could not be read. */
static bool is_special(const struct stack_table *stacks, uint32_t id)
{
	return module_table_get(stacks->modules, module_of(stacks, id))
		->kind == MODULE_SPECIAL;
}

/*
 * The innermost part that two stacks share, as an id; ID_NONE: nothing.
 * Outer parts have lower ids than the stacks that they are part of.
 */
static uint32_t common_part(const struct stack_table *stacks, uint32_t a,
			    uint32_t b, size_t *steps)
{
	while (a != b) {
		uint32_t *inner = b == ID_NONE || (a != ID_NONE && a > b) ?
				  &a : &b;

		if (*inner == ID_NONE)
			return ID_NONE;
		*inner = parent_of(stacks, *inner);
		++*steps;
		if (*inner == ID_NONE)
			return ID_NONE;
	}
	return a;
}

static bool is_source(const struct stack_table *stacks,
		      const struct interval *look)
{
	return look->state == STATE_RUNNING &&
	       !(look->flags & (LOOK_IN_CALL | SAMPLE_MOVED)) &&
	       !is_special(stacks, look->stack);
}

/* What stands for a look that is to be moved. */
struct source {
	const struct interval *look;	/* NULL: there is none */
	bool wide;		/* not in its caller, but further out */
};

/* Looks near one at a call, the nearest first. */
struct near_looks {
	const struct interval *looks[NEAR];
	uint32_t common[NEAR];	/* the part of the stack that they share */
	size_t count;
};

static int compare_inner_first(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

/*
 * Its caller does nothing but call.  So the thread was in what calls that, or
 * in what that calls besides, and so on: where enough looks tell how much
 * time goes to what, for one alone would have all of it.
 */
static const struct interval *find_wide(const struct near_looks *near)
{
	uint32_t common[NEAR];

	if (near->count < WIDELY)
		return NULL;
	memcpy(common, near->common, near->count * sizeof(*common));
	qsort(common, near->count, sizeof(*common), compare_inner_first);
	for (size_t i = 0; i < near->count; i++) {
		if (near->common[i] >= common[WIDELY - 1])
			return near->looks[i];
	}
	return NULL;
}

/* True: it is in the caller itself; nobody else is needed. */
static bool add_near(struct near_looks *near,
		     const struct stack_table *stacks,
		     const struct interval *look, uint32_t outside,
		     size_t *steps)
{
	uint32_t common = ID_NONE;

	if (outside != ID_NONE)
		common = common_part(stacks, look->stack, outside, steps);
	if (common == outside)
		return true;
	if (common != ID_NONE) {
		near->looks[near->count] = look;
		near->common[near->count++] = common;
	}
	return false;
}

/*
 * The nearest look in the same caller, by time; or one of an outer caller.
 * The program is not served meanwhile, so no more than STEPS_MAX are taken.
 */
static struct source find_near(const struct stack_table *stacks,
			       const struct interval_vec *intervals, size_t i,
			       size_t *steps)
{
	const struct interval *items = intervals->items;
	const uint32_t outside = outside_of_caller(stacks, items[i].stack);
	struct near_looks near = { .count = 0 };
	size_t seen = 0;

	for (size_t far = 1; seen < NEAR && *steps < STEPS_MAX; far++) {
		const size_t sides[] = { i - far, i + far };

		if (far > i && i + far >= intervals->count)
			break;
		++*steps;
		for (size_t side = 0; side < 2; side++) {
			const size_t at = sides[side];

			/* Below the first one it is huge. */
			if (at >= intervals->count || seen == NEAR ||
			    !is_source(stacks, &items[at]))
				continue;
			if (add_near(&near, stacks, &items[at], outside,
				     steps))
				return (struct source){ &items[at], false };
			seen++;
		}
	}
	return (struct source){ find_wide(&near), true };
}

size_t call_skid_move(struct call_skid *skid,
		      const struct stack_table *stacks,
		      struct interval_vec *intervals)
{
	const double part = count_looks(skid, intervals);
	size_t moved = 0, steps = 0;

	for (size_t i = 0; i < intervals->count; i++) {
		struct interval *look = &intervals->items[i];
		struct source near;

		if (!(look->flags & LOOK_SOON) ||
		    is_special(stacks, look->stack))
			continue;
		skid->kept += part;
		if (skid->kept >= 1) {
			skid->kept -= 1;
			continue;
		}
		near = find_near(stacks, intervals, i, &steps);
		if (!near.look)
			continue;
		look->stack = near.look->stack;
		look->flags |= SAMPLE_MOVED;
		/* Where in the outer caller it was, is a guess. */
		moved += !near.wide;
	}
	for (size_t i = 0; i < intervals->count; i++)
		intervals->items[i].flags &= ~(LOOK_IN_CALL | LOOK_SOON);
	skid->stops *= OLD_WINDOWS;
	skid->user_ns *= OLD_WINDOWS;
	skid->system_ns *= OLD_WINDOWS;
	return moved;
}
