/* SPDX-License-Identifier: MIT */
#include "profile/overview.h"

#include "base/mem.h"

#include <math.h>

#define DOUBT_MAX 1e18		/* whatever a file says: fits 64 bits */

enum {
	SHORT_BURST_NS = 1000 * 1000,
	TICK_NS = 10 * 1000 * 1000,	/* of the kernel, at the longest */
	HANDOVER_NS = 60 * 1000,	/* as in record/runnable.c */
	UNSEEN_MUCH_PERCENT = 5		/* of the CPU time; as in quality.c */
};

/*
 * A thread that is asked to stop on another CPU does so at the end of a
 * system call, if it meets one before the other CPU's interrupt gets there:
 * in programs that make many short calls, these are seen too often.  The
 * recorder moves what is too much, where it finds others near it.  How
 * much time is spent in the kernel, the kernel's own clock tells, which
 * looks at each CPU from itself, but rarely: what the difference is beyond
 * chance is doubtful.  (Page faults are in the kernel's sum, and no calls:
 * they may hide some.)
 */
static double call_doubt(const struct run_end *end)
{
	const double cpu_ns = (double)end->user_ns + end->system_ns;
	const double ticks = cpu_ns / TICK_NS;
	double seen, true_part, wide, noise;

	if (!end->cpu_stops || cpu_ns <= 0)
		return 0;
	seen = (double)end->call_stops / end->cpu_stops;
	true_part = end->system_ns / cpu_ns;
	/* Of few ticks none may have met the kernel (Laplace). */
	wide = (true_part * ticks + 1) / (ticks + 2);
	noise = 2 * sqrt(wide * (1 - wide) / (ticks + 2) +
			 seen * (1 - seen) / end->cpu_stops);
	if (seen - true_part <= noise)
		return 0;
	return MIN(seen - true_part + noise, seen) * cpu_ns;
}

/*
 * A stop takes hold a little after the tick: of a burst on a CPU that is
 * not much longer, the end is seen too often, the beginning too rarely.
 * Looks that find the burst over are as many, of all, as the time is that
 * nobody can see: so much is each share off at the most.
 */
static double late_doubt(const struct run_end *end)
{
	const double looks = (double)end->cpu_stops + end->late_stops;
	const double cpu_ns = (double)end->user_ns + end->system_ns;

	return end->late_stops ? cpu_ns * end->late_stops / looks : 0;
}

static double call_chance(const struct overview *overview)
{
	const double cpu_ns = (double)overview->user_ns + overview->system_ns;
	const double ticks = cpu_ns / TICK_NS;
	const double most = (double)overview->moved + overview->call_stops;
	double part;

	if (most <= 0 || !overview->cpu_samples || cpu_ns <= 0)
		return 0;
	part = (overview->system_ns / cpu_ns * ticks + 1) / (ticks + 2);
	return MIN(200 * sqrt(part * (1 - part) / (ticks + 2)),
		   100 * most / overview->cpu_samples);
}

static void add_run(struct overview *overview,
		    const struct profile_run *run)
{
	const uint64_t start_ns = run->begin.start_ns;
	const uint64_t end_ns = run->ended ? run->end.end_ns : run->last_ns;

	if (run->begin.kind == RUN_PLAIN) {
		overview->plain_runs++;
		overview->plain_wall_ns += end_ns - MIN(start_ns, end_ns);
		return;
	}
	overview->runs++;
	if (end_ns > start_ns)
		overview->wall_ns += end_ns - start_ns;
	if (!run->ended) {
		overview->cpu_known = overview->held_known = false;
		return;
	}
	overview->user_ns += run->end.user_ns;
	overview->system_ns += run->end.system_ns;
	overview->stops += run->end.stops;
	overview->held_ns += run->end.held_ns;
	overview->cost_ns += run->end.cost_ns;
	overview->doubtful_ns += MIN(late_doubt(&run->end), DOUBT_MAX);
	overview->call_doubt_ns += MIN(call_doubt(&run->end), DOUBT_MAX);
	overview->call_stops += run->end.call_stops;
	overview->peak_memory_bytes = MAX(overview->peak_memory_bytes,
					 run->end.peak_memory_bytes);
	if (run->end.memory.peak_bytes > overview->memory.peak_bytes) {
		overview->memory = run->end.memory;
		overview->memory.peak_ns -= MIN(overview->memory.peak_ns,
						start_ns);
	}
	losses_add(&overview->losses, &run->end.losses);
}

static void add_processes(struct overview *overview,
			  const struct profile *profile)
{
	for (size_t i = 0; i < profile->processes.count; i++) {
		const struct profile_process *process =
			&profile->processes.items[i];

		if (process->ended)
			overview->peak_memory_bytes =
				MAX(overview->peak_memory_bytes,
				    process->end.peak_memory_bytes);
	}
}

/*
 * A recorder that did not count them knows the mean skid only, which has the
 * time in it that it took to wake up itself.  And on a full machine, where
 * bursts begin with a wait for a CPU, that may be taken for the beginning of
 * the burst, if it is short.
 */
static uint64_t skid_per_burst(const struct thread_end *end, uint64_t skid_ns)
{
	const uint64_t all_ns = end->cpu_ns + end->runqueue_ns;

	if (!all_ns)
		return skid_ns;
	return skid_ns + (uint64_t)((double)HANDOVER_NS * end->runqueue_ns /
				    all_ns);
}

/*
 * The kernel's ways into a sleep and out of it are hardly ever met: a tick in
 * them finds the thread asleep, or only runnable.  They are part of each
 * burst, and that part is given to the rest of it.
 */
static uint64_t doubtful_per_burst(const struct thread_end *end,
				   const struct run_end *run)
{
	return run->sleep_cost_ns ? run->sleep_cost_ns :
				    skid_per_burst(end, run->skid_ns);
}

/* `between_ns`: by thread, CPU time that no sample saw, and no code has. */
static void add_bursts(struct overview *overview,
		       const struct profile *profile,
		       const uint64_t *between_ns)
{
	uint64_t bursts = 0;

	for (size_t i = 0; i < profile->threads.count; i++) {
		const struct profile_thread *thread =
			&profile->threads.items[i];
		const uint32_t process = thread->begin.process;
		const uint32_t run =
			profile->processes.items[process].begin.run;
		const uint64_t unseen_ns = doubtful_per_burst(&thread->end,
			&profile->runs.items[run].end);
		const uint64_t seen_ns = thread->end.cpu_ns -
			MIN(between_ns[i], thread->end.cpu_ns);
		uint64_t burst_ns;

		if (!thread->ended || !thread->end.yields)
			continue;
		burst_ns = thread->end.cpu_ns / thread->end.yields;
		if (burst_ns >= SHORT_BURST_NS)
			continue;
		bursts += thread->end.yields;
		overview->short_ns += thread->end.cpu_ns;
		overview->doubtful_ns += burst_ns <= unseen_ns ? seen_ns :
			(unsigned __int128)seen_ns * unseen_ns / burst_ns;
	}
	if (bursts)
		overview->burst_ns = overview->short_ns / bursts;
}

static double percent(double part, double whole)
{
	return whole > 0 ? MIN(100 * part / whole, 100.0) : 0;
}

double overview_points_doubtful(const struct overview *overview)
{
	const double unseen = percent(overview->between_ns,
				      overview->cpu_weight_ns);
	const double points = percent((double)overview->doubtful_ns +
				      overview->call_doubt_ns,
				      overview->cpu_weight_ns);

	/* A little of it is spread as the rest is; much may be anything. */
	return MIN(points + (unseen > UNSEEN_MUCH_PERCENT ? unseen : 0),
		   100.0);
}

double overview_points_off(const struct overview *overview)
{
	/* Of a share of one half, that of others is less. */
	const double looks = overview->cpu_effective > 0 ?
		98 / sqrt(overview->cpu_effective) : 100;

	return MIN(overview_points_doubtful(overview) +
		   hypot(looks, overview->call_chance), 100.0);
}

/* What is not known of the code of a frame. */
enum frame_gap { GAP_NONE, GAP_NAME, GAP_LINE };

static uint8_t *frame_gaps(const struct profile *profile)
{
	uint8_t *gaps = mem_alloc(profile->frames.count + 1);

	for (size_t i = 0; i < profile->frames.count; i++) {
		const struct profile_frame *frame = &profile->frames.items[i];
		const uint32_t inner = profile->chain.items[frame->first];

		if (frame->status != SYMBOL_OK)
			gaps[i] = GAP_NAME;
		else if (!profile_location(profile, inner)->line)
			gaps[i] = GAP_LINE;
	}
	return gaps;
}

static void add_gap(struct overview *overview, uint32_t module,
		    enum frame_gap kind, uint64_t ns)
{
	struct module_gap *gap = &overview->gaps.items[module];

	gap->self_ns += ns;
	if (kind == GAP_NAME)
		gap->nameless_ns += ns;
	else if (kind == GAP_LINE)
		gap->lineless_ns += ns;
}

/* Of a stack that was cut for want of unwind information: where it ends. */
static void add_cut(struct overview *overview, const struct profile *profile,
		    uint32_t stack, uint64_t ns)
{
	const struct stack *stacks = profile->stacks.items;
	const struct frame *outermost = NULL;
	const struct frame *frame;

	for (;; stack = stacks[stack].parent) {
		frame = &profile->frames.items[stacks[stack].frame].frame;
		if (stacks[stack].parent == ID_NONE)
			break;
		outermost = frame;
	}
	if (outermost && (frame->address == SPECIAL_TRUNCATED_CFI ||
			  frame->address == SPECIAL_TRUNCATED_UNMAPPED))
		overview->gaps.items[outermost->module].cut_ns += ns;
}

/* What is summed up over the samples, and is no part of the result. */
struct sums {
	uint8_t *gaps;			/* by frame: enum frame_gap */
	uint64_t *between_ns;		/* by thread */
	double squares;			/* of CPU weights */
};

static void add_sample(struct overview *overview,
		       const struct profile *profile,
		       const struct sample *sample, struct sums *sums)
{
	const uint8_t flags = profile->stack_flags.items[sample->stack];
	const uint32_t frame_id = profile->stacks.items[sample->stack].frame;
	const struct profile_frame *frame = &profile->frames.items[frame_id];

	overview->state_ns[sample->state] += sample->wall_ns;
	overview->cpu_weight_ns += sample->cpu_ns;
	/* It is chance, too, what is between samples. */
	sums->squares += (double)sample->cpu_ns * sample->cpu_ns;
	if (flags & STACK_BETWEEN_SAMPLES) {
		overview->between_ns += sample->cpu_ns;
		sums->between_ns[sample->thread] += sample->cpu_ns;
		return;
	}
	overview->samples++;
	overview->truncated += !!(flags & STACK_TRUNCATED);
	overview->unreadable += !!(flags & STACK_UNREADABLE);
	overview->late += !!(sample->flags & SAMPLE_LATE);
	if (!sample_has_cpu(sample))
		return;
	overview->cpu_samples++;
	overview->moved += !!(sample->flags & SAMPLE_MOVED);
	overview->nameless += frame->status == SYMBOL_NONE ||
			     frame->status == SYMBOL_REPLACED;
	overview->by_address += frame->status == SYMBOL_RANGE;
	add_gap(overview, frame->frame.module, sums->gaps[frame_id],
		sample->cpu_ns);
	if (flags & STACK_TRUNCATED)
		add_cut(overview, profile, sample->stack, sample->cpu_ns);
}

static int compare_gaps(const void *a, const void *b)
{
	const struct module_gap *x = a;
	const struct module_gap *y = b;

	if (x->self_ns != y->self_ns)
		return x->self_ns > y->self_ns ? -1 : 1;
	return x->module < y->module ? -1 : 1;
}

/* Keep modules with code that lacks something. */
static void keep_gaps(struct module_gap_vec *gaps,
		      const struct profile *profile)
{
	size_t kept = 0;

	for (size_t i = 0; i < gaps->count; i++) {
		const struct module_gap *gap = &gaps->items[i];
		uint8_t kind = profile->modules.items[gap->module].module.kind;

		if (kind != MODULE_SPECIAL && kind != MODULE_VDSO &&
		    (gap->nameless_ns || gap->lineless_ns || gap->cut_ns))
			gaps->items[kept++] = *gap;
	}
	gaps->count = kept;
	if (kept)
		qsort(gaps->items, kept, sizeof(*gaps->items), compare_gaps);
}

/*
 * A share is one of all CPU time: of w1 + w2 + ... it has those samples that
 * met it, so that its variance is at most (w1^2 + w2^2 + ...) / 4.
 */
static double effective(const struct overview *overview,
			const struct sums *sums)
{
	const double all = overview->cpu_weight_ns;
	double samples;

	if (!overview->cpu_samples || sums->squares <= 0)
		return 0;
	samples = all * all / sums->squares;
	/* Those moved say what others said. */
	return samples * (1 - (double)overview->moved / overview->cpu_samples);
}

void overview_init(struct overview *overview,
			  const struct profile *profile)
{
	struct sums sums = {
		.gaps = frame_gaps(profile),
		.between_ns = mem_calloc(profile->threads.count + 1,
					 sizeof(*sums.between_ns)),
	};

	*overview = (struct overview){
		.cpu_known = true,
		.held_known = true,
	};
	for (uint32_t i = 0; i < profile->modules.count; i++)
		module_gap_vec_add(&overview->gaps)->module = i;
	for (size_t i = 0; i < profile->runs.count; i++)
		add_run(overview, &profile->runs.items[i]);
	add_processes(overview, profile);
	for (size_t i = 0; i < profile->samples.count; i++)
		add_sample(overview, profile, &profile->samples.items[i],
			   &sums);
	overview->cpu_effective = effective(overview, &sums);
	overview->call_chance = call_chance(overview);
	keep_gaps(&overview->gaps, profile);
	add_bursts(overview, profile, sums.between_ns);
	free(sums.between_ns);
	free(sums.gaps);
	overview->cpu_ns = overview->user_ns + overview->system_ns;
	if (!overview->cpu_known || !overview->cpu_ns) {
		overview->cpu_known = false;
		overview->cpu_ns = overview->cpu_weight_ns;
	}
}

void overview_release(struct overview *overview)
{
	module_gap_vec_release(&overview->gaps);
}
