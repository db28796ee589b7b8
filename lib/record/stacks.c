/* SPDX-License-Identifier: MIT */
/* What was copied of a thread's stack, unwound. */
#include "record/sampler.h"

#include "base/clock.h"

enum {
	STACK_COPY_MIN = 16 * 1024,
	STACK_COPY_SPARE = 256,	/* beyond the deepest word used */
	MAPS_PAUSE_FACTOR = 20,		/* reading maps: 5 % of a CPU */
	MAPS_STALE_FACTOR = 200,	/* without a reason: 0.5 % */
	MAPS_STALE_NS = 100 * 1000 * 1000,
};

/*
 * The outermost frame stays where it is.  Where it is not known (the chain
 * was cut), copy more next time, and forget slowly.
 */
static void adapt_reach(struct stack_reach *reach, const struct snapshot *snap,
			const struct unwind_result *unwound)
{
	const size_t less = reach->bytes - reach->bytes / 16;
	uint64_t used = 0;

	if (unwound->restorer)
		reach->restorer = unwound->restorer;
	if (unwound->end == UNWIND_COMPLETE)
		reach->top = unwound->deepest + STACK_COPY_SPARE;
	if (unwound->end == UNWIND_DEPTH)
		used = (uint64_t)snap->stack_bytes * 4;
	else if (unwound->deepest > snap->stack_start)
		used = unwound->deepest - snap->stack_start;
	used = MIN(used, (uint64_t)SNAPSHOT_STACK_MAX);
	reach->bytes = MAX(MAX(less, (size_t)used), (size_t)STACK_COPY_MIN);
}

/*
 * New code was mapped: read the maps again.  A program that starts maps a
 * library every few hundred microseconds; one that makes code all the time
 * shall not cost us more than a small part of a CPU.  To open a file costs
 * most, and only once: after that the maps may be read again at once.
 */
static bool refresh_maps(struct sampler *sampler,
			 struct process_record *process)
{
	const uint32_t known = module_table_count(sampler->modules);
	const uint64_t now_ns = clock_monotonic_ns();
	uint64_t cost_ns;
	bool changed;

	if (now_ns < process->maps_pause_ns)
		return false;
	changed = address_space_refresh(process->space, NULL) == 0;
	cost_ns = clock_monotonic_ns() - now_ns;
	process->maps_pause_ns = now_ns;
	if (module_table_count(sampler->modules) == known)
		process->maps_pause_ns += MAPS_PAUSE_FACTOR * cost_ns;
	process->maps_stale_ns = now_ns + MAX((uint64_t)MAPS_STALE_NS,
					      MAPS_STALE_FACTOR * cost_ns);
	return changed;
}

/*
 * A library that takes the place of another gives no sign: its code lies
 * where code was known before.
 */
static void keep_maps_fresh(struct sampler *sampler,
			    struct process_record *process)
{
	if (clock_monotonic_ns() >= process->maps_stale_ns)
		refresh_maps(sampler, process);
}

static bool unwind_snapshot(struct sampler *sampler,
			    struct process_record *process,
			    const struct snapshot *snap)
{
	if (snap->known == SNAPSHOT_ALL_REGS) {
		unwinder_unwind(sampler->unwinder, process->space, snap,
				&sampler->unwound);
		return true;
	}
	return unwinder_unwind_sleeping(sampler->unwinder, process->space,
					snap, sampler->rbp,
					&sampler->unwound);
}

uint32_t sampler_stack_so_far(struct sampler *sampler,
			      struct thread_record *thread,
			      const struct snapshot *snap)
{
	struct unwind_result *unwound = &sampler->unwound;
	uint32_t root = ID_NONE;

	if (unwound->end == UNWIND_COMPLETE) {
		thread->outer = unwound->outer;
	} else if (unwind_add_outer(unwound, snap, &thread->outer)) {
		sampler->counts.losses.stacks_truncated++;
	} else {
		root = stack_table_special(&sampler->stacks,
					   unwind_end_frame(unwound->end));
		sampler->counts.losses.stacks_truncated++;
	}
	return stack_table_add(&sampler->stacks, unwound->frames.items,
			       unwound->frames.count, root);
}

bool sampler_stack(struct sampler *sampler, struct thread_record *thread,
		   const struct snapshot *snap, uint32_t *stack)
{
	struct unwind_result *unwound = &sampler->unwound;
	bool ok;

	keep_maps_fresh(sampler, thread->process);
	ok = unwind_snapshot(sampler, thread->process, snap);
	if (unwound->needs_maps && refresh_maps(sampler, thread->process))
		ok = unwind_snapshot(sampler, thread->process, snap);
	adapt_reach(&thread->tracee->reach, snap, unwound);
	if (!ok)
		return false;
	*stack = sampler_stack_so_far(sampler, thread, snap);
	return true;
}
