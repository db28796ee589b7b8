/* SPDX-License-Identifier: MIT */
#include "collect/collect.h"

#include "base/clock.h"
#include "base/map64.h"
#include "base/mem.h"
#include "collect/background.h"
#include "collect/series.h"

#include <stdio.h>

enum {
	/* A look may take this part of the time between two, by level. */
	SHARE_STANDARD = 1000,
	SHARE_DETAILED = 200,
	SHARE_COMPREHENSIVE = 20,
	SHARE_SOON = 100,		/* when a region begins or ends */
	COMPREHENSIVE_TIMES = 10,	/* as often */
	PERIOD_MIN_NS = 1000 * 1000,
	/* Looks are more frequent at first: 1/8 of the time since then. */
	EARLY = 8,
	/* Quick looks: between two, and while what they see moves. */
	QUICK_NS = 1000 * 1000,
	QUICK_MOVING_NS = 250 * 1000,
	/* What moves for long is seen well enough at the slower pace. */
	QUICK_MOVES_MAX = 2000,
	QUICK_SHARE = 50,
	FINISH_WITHIN_MS = 30,
};

static const struct collector_ops *const all_collectors[] = {
	&memory_collector_ops,
	&share_collector_ops,
	&cpu_collector_ops,
	&io_collector_ops,
	&net_collector_ops,
	&gpu_collector_ops,
	&machine_collector_ops,
	&space_collector_ops,
	&files_collector_ops,
};

enum {
	COLLECTORS = ARRAY_SIZE(all_collectors)
};

struct collect {
	struct collect_setup setup;
	uint64_t start_ns;
	struct collector *collectors[COLLECTORS];
	size_t count;
	struct background *background;	/* NULL: not needed yet */
	bool no_background;		/* it cannot be had */
	struct collect_look look;	/* with the lists of what lives */
	struct map64 process_places;	/* id: index in look.processes */
	struct map64 thread_places;
	uint64_t due_ns;		/* of the next one */
	uint64_t quick_ns;		/* the next quick looks */
	uint32_t quick_moves;		/* in a row, or nearly */
	uint64_t background_ns;		/* CPU time spent there */
	uint64_t given_ns;		/* the collector's before its job */
};

static struct collector *collector_new(const struct collect *collect,
				       const struct collector_ops *ops)
{
	struct collector *collector = mem_alloc(ops->size);

	collector->ops = ops;
	collector->series = series_table_new();
	collector->run = collect->setup.run;
	collector->period_ns = ops->period_ns;
	collector->due_ns = collect->start_ns;
	if (collect->setup.level == LEVEL_COMPREHENSIVE)
		collector->period_ns /= COMPREHENSIVE_TIMES;
	if (ops->init)
		ops->init(collector);
	return collector;
}

struct collect *collect_new(const struct collect_setup *setup,
			    uint64_t now_ns)
{
	struct collect *collect = mem_alloc(sizeof(*collect));

	collect->setup = *setup;
	collect->start_ns = collect->due_ns = now_ns;
	collect->look.level = setup->level;
	collect->look.epoch_ns = setup->epoch_ns;
	collect->look.attached = setup->attached;
	for (size_t i = 0; i < COLLECTORS; i++) {
		if (all_collectors[i]->level > setup->level)
			continue;
		collect->collectors[collect->count++] =
			collector_new(collect, all_collectors[i]);
	}
	if (!collect->count)
		collect->due_ns = UINT64_MAX;
	return collect;
}

void collect_free(struct collect *collect)
{
	if (!collect)
		return;
	if (!background_free(collect->background))
		return;
	for (size_t i = 0; i < collect->count; i++) {
		struct collector *collector = collect->collectors[i];

		if (collector->ops->close)
			collector->ops->close(collector);
		series_table_free(collector->series);
		free(collector);
	}
	collect_process_vec_release(&collect->look.processes);
	collect_thread_vec_release(&collect->look.threads);
	metric_value_vec_release(&collect->look.values);
	map64_release(&collect->process_places);
	map64_release(&collect->thread_places);
	free(collect);
}

static void tell(struct collect *collect, struct collector *collector,
		 struct collect_look *look)
{
	series_tell(collector->series, &look->values, collect->setup.sink,
		    collect->setup.next_metric);
	look->values.count = 0;
}

/* A look that takes long makes the next ones rarer. */
static void schedule(struct collect *collect, struct collector *collector,
		     uint64_t now_ns)
{
	static const uint64_t shares[LEVEL_COUNT] = {
		[LEVEL_STANDARD] = SHARE_STANDARD,
		[LEVEL_DETAILED] = SHARE_DETAILED,
		[LEVEL_COMPREHENSIVE] = SHARE_COMPREHENSIVE,
	};
	uint64_t period_ns = collector->ops->period_ns;

	if (collect->setup.level == LEVEL_COMPREHENSIVE)
		period_ns /= COMPREHENSIVE_TIMES;
	period_ns = MIN(period_ns, (now_ns - collect->start_ns) / EARLY);
	period_ns = MAX(period_ns, (uint64_t)PERIOD_MIN_NS);
	/* In the background, only the CPU time is anybody's loss. */
	period_ns = MAX(period_ns, (collector->ops->background ?
				    collector->last_cpu_ns :
				    collector->took_ns) *
				   shares[collect->setup.level]);
	collector->period_ns = period_ns;
	collector->due_ns = collector->absent ? UINT64_MAX :
			    now_ns + period_ns;
}

static void look_now(struct collect *collect, struct collector *collector,
		     uint64_t now_ns)
{
	collect->look.now_ns = now_ns;
	collector_look(collector, &collect->look);
	tell(collect, collector, &collect->look);
	schedule(collect, collector, now_ns);
}

/* What the background has found, and is free for the next. */
static void take_back(struct collect *collect, uint64_t now_ns,
		      uint64_t deadline_ns)
{
	struct collector *collector;
	struct collect_look *look;

	if (!collect->background)
		return;
	collector = background_take(collect->background, deadline_ns, &look);
	if (!collector)
		return;
	collect->background_ns += collector->cost_ns - collect->given_ns;
	tell(collect, collector, look);
	schedule(collect, collector, now_ns);
}

static void look_later(struct collect *collect, struct collector *collector,
		       uint64_t now_ns)
{
	if (!collect->background && !collect->no_background) {
		collect->background = background_new();
		collect->no_background = !collect->background;
	}
	if (collect->no_background) {
		collect_note(collector, "no thread for it can be started");
		collector->due_ns = UINT64_MAX;
	} else if (background_idle(collect->background)) {
		collect->look.now_ns = now_ns;
		collector->due_ns = UINT64_MAX;
		collect->given_ns = collector->cost_ns;
		background_give(collect->background, collector,
				&collect->look);
	}
}

void collect_tick(struct collect *collect, uint64_t now_ns)
{
	if (now_ns < collect->due_ns)
		return;
	take_back(collect, now_ns, 0);
	collect->due_ns = UINT64_MAX;
	for (size_t i = 0; i < collect->count; i++) {
		struct collector *collector = collect->collectors[i];

		if (collector->due_ns <= now_ns) {
			if (collector->ops->background)
				look_later(collect, collector, now_ns);
			else
				look_now(collect, collector, now_ns);
		}
		collect->due_ns = MIN(collect->due_ns, collector->due_ns);
	}
	/* What is found there is told at the next tick. */
	if (collect->background && !background_idle(collect->background))
		collect->due_ns = MIN(collect->due_ns,
				      now_ns + PERIOD_MIN_NS);
}

/* When a look more would still be a small part of the time. */
static uint64_t soonest_ns(const struct collector *collector)
{
	const uint64_t looked_ns = collector->due_ns - collector->period_ns;
	const uint64_t cost_ns = collector->ops->background ?
				 collector->last_cpu_ns : collector->took_ns;

	return looked_ns + MAX((uint64_t)PERIOD_MIN_NS, SHARE_SOON * cost_ns);
}

void collect_soon(struct collect *collect, uint64_t until_ns)
{
	for (size_t i = 0; i < collect->count; i++) {
		struct collector *collector = collect->collectors[i];
		uint64_t due_ns;

		/*
		 * Those without quick looks cost the program, too; and whose
		 * time has no end is the background's just now.
		 */
		if ((collector->ops->background && !collector->ops->quick) ||
		    collector->due_ns == UINT64_MAX)
			continue;
		due_ns = MAX(until_ns, soonest_ns(collector));
		if (collector->due_ns <= due_ns)
			continue;
		collector->period_ns -= collector->due_ns - due_ns;
		collector->due_ns = due_ns;
		collect->due_ns = MIN(collect->due_ns, due_ns);
	}
}

/* It is the background's just now: nobody else may touch it. */
static bool is_busy(const struct collect *collect,
		    const struct collector *collector)
{
	return collect->background &&
	       background_has(collect->background, collector);
}

/*
 * What it takes is CPU time: it reads what the kernel has at hand.  To ask
 * for the thread's own would cost as much again.
 */
static bool look_quickly(struct collect *collect, struct collector *collector,
			 uint64_t now_ns)
{
	const uint64_t start_ns = clock_monotonic_ns();
	bool moves;

	collect->look.now_ns = now_ns;
	moves = collector->ops->quick(collector, &collect->look);
	collector->cost_ns += clock_monotonic_ns() - start_ns;
	return moves;
}

void collect_quick(struct collect *collect, uint64_t now_ns)
{
	uint64_t period_ns = QUICK_NS;
	bool moves = false;

	if (!collect->count || now_ns < collect->quick_ns)
		return;
	for (size_t i = 0; i < collect->count; i++) {
		struct collector *collector = collect->collectors[i];

		if (!collector->ops->quick || is_busy(collect, collector) ||
		    collector->absent)
			continue;
		moves |= look_quickly(collect, collector, now_ns);
		tell(collect, collector, &collect->look);
	}
	if (moves)
		collect->quick_moves += collect->quick_moves <
					QUICK_MOVES_MAX;
	else
		collect->quick_moves -= collect->quick_moves > 0;
	if (moves && collect->quick_moves < QUICK_MOVES_MAX)
		period_ns = QUICK_MOVING_NS;
	now_ns = collect_look_time(&collect->look);
	collect->quick_ns = now_ns + MAX(period_ns, QUICK_SHARE *
					 (now_ns - collect->look.now_ns));
}

uint64_t collect_quick_due_ns(const struct collect *collect)
{
	return collect->count ? collect->quick_ns : UINT64_MAX;
}

uint64_t collect_due_ns(const struct collect *collect)
{
	return collect->due_ns;
}

void collect_process_started(struct collect *collect,
			     const struct collect_process *process,
			     uint64_t now_ns)
{
	struct collect_process_vec *all = &collect->look.processes;
	struct collect_process *mine;

	if (!collect->count)
		return;
	map64_put(&collect->process_places, process->id, all->count);
	collect_process_vec_push(all, *process);
	mine = &all->items[all->count - 1];
	mine->live = process->pid;
	/*
	 * What the run began with: the first process; of those that ran
	 * before us all, which the first tick sees.
	 */
	if (collect->look.attached && !process->fresh)
		memory_collector_attached(collect->collectors[0], mine);
	else if (all->count == 1 && !collect->collectors[0]->reads)
		look_now(collect, collect->collectors[0], now_ns);
}

void collect_process_ended(struct collect *collect, uint32_t id,
			   uint64_t max_rss_bytes, uint64_t now_ns)
{
	struct collect_process_vec *all = &collect->look.processes;
	uint64_t place;

	if (!map64_get(&collect->process_places, id, &place))
		return;
	memory_collector_ended(collect->collectors[0], id, max_rss_bytes,
			       now_ns);
	map64_remove(&collect->process_places, id);
	all->items[place] = all->items[--all->count];
	if (place < all->count)
		map64_put(&collect->process_places, all->items[place].id,
			  place);
}

void collect_thread_started(struct collect *collect,
			    const struct collect_thread *thread)
{
	struct collect_thread_vec *all = &collect->look.threads;

	if (!collect->count)
		return;
	map64_put(&collect->thread_places, thread->id, all->count);
	collect_thread_vec_push(all, *thread);
	for (size_t i = 0; i < collect->count; i++) {
		struct collector *collector = collect->collectors[i];

		if (collector->ops->thread_started && !collector->absent)
			collector->ops->thread_started(collector, thread);
	}
}

void collect_thread_ended(struct collect *collect, uint32_t id,
			  uint64_t now_ns)
{
	struct collect_thread_vec *all = &collect->look.threads;
	uint64_t place;

	if (!map64_get(&collect->thread_places, id, &place))
		return;
	collect->look.now_ns = now_ns;
	for (size_t i = 0; i < collect->count; i++) {
		struct collector *collector = collect->collectors[i];

		if (!collector->ops->thread_ended || collector->absent)
			continue;
		collector->ops->thread_ended(collector, &all->items[place],
					     &collect->look);
		tell(collect, collector, &collect->look);
	}
	map64_remove(&collect->thread_places, id);
	all->items[place] = all->items[--all->count];
	if (place < all->count)
		map64_put(&collect->thread_places, all->items[place].id,
			  place);
}

uint64_t collect_process_peak(const struct collect *collect, uint32_t id)
{
	return collect->count ?
		memory_collector_peak(collect->collectors[0], id) : 0;
}

/* What it could not tell; and where regions may be vague, why. */
static void note_of(const struct collector *collector, char *note,
		    size_t bytes)
{
	const size_t len = snprintf(note, bytes, "%s", collector->note);

	if (collector->quick_refused)
		snprintf(note + len, bytes - len, "%stoo many files (more "
			 "than %d) to look often while regions ran",
			 len ? "; " : "", QUICK_FILES);
}

static void report(struct collect *collect, const struct collector *collector)
{
	char note[sizeof(collector->note) + 100];

	note_of(collector, note, sizeof(note));
	collect->setup.sink->ops->collector(collect->setup.sink,
		&(struct collector_report){
			.run = collect->setup.run,
			.name = collector->ops->name,
			.note = note,
			.reads = collector->reads + collector->quick_reads,
			.cost_ns = collector->cost_ns,
			.period_ns = collector->period_ns,
		});
}

/* One more look of each; those in the background as far as there is time. */
static void look_last(struct collect *collect, uint64_t now_ns)
{
	const uint64_t deadline_ns = clock_monotonic_ns() +
				     FINISH_WITHIN_MS * NS_PER_MS;

	collect->look.last = true;
	take_back(collect, now_ns, deadline_ns);
	for (size_t i = 0; i < collect->count; i++) {
		struct collector *collector = collect->collectors[i];

		if (collector->absent)
			continue;
		if (!collector->ops->background) {
			look_now(collect, collector, now_ns);
			continue;
		}
		if (clock_monotonic_ns() + collector->took_ns > deadline_ns)
			continue;
		look_later(collect, collector, now_ns);
		take_back(collect, now_ns, deadline_ns);
	}
}

/* All have ended: their last is in the sums, which are still to be told. */
static void sum_up(struct collect *collect, uint64_t now_ns)
{
	take_back(collect, now_ns, 0);
	for (size_t i = 0; i < collect->count; i++) {
		struct collector *collector = collect->collectors[i];

		if (collector->ops->thread_ended && !collector->absent)
			look_now(collect, collector, now_ns);
	}
}

void collect_finish(struct collect *collect, uint64_t now_ns,
		    struct memory_facts *facts)
{
	*facts = (struct memory_facts){ .initial_bytes = 0 };
	if (!collect->count)
		return;
	if (collect->look.processes.count)
		look_last(collect, now_ns);
	else
		sum_up(collect, now_ns);
	for (size_t i = 0; i < collect->count; i++) {
		if (is_busy(collect, collect->collectors[i]))
			continue;
		series_finish(collect->collectors[i]->series,
			      collect->setup.sink);
		report(collect, collect->collectors[i]);
	}
	memory_collector_facts(collect->collectors[0], facts);
}

void collect_notes_add(const struct collect *collect, struct strbuf *out)
{
	const size_t start = out->len;

	for (size_t i = 0; i < collect->count; i++) {
		const struct collector *collector = collect->collectors[i];

		if (is_busy(collect, collector) || !*collector->note)
			continue;
		strbuf_addf(out, "%s%s (%s)", out->len > start ? ", " : "",
			    collector->ops->name, collector->note);
	}
}

uint64_t collect_background_ns(const struct collect *collect)
{
	return collect->background_ns;
}
