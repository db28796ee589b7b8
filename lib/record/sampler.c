/* SPDX-License-Identifier: MIT */
#include "record/sampler.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "proc/cpu_idle.h"
#include "proc/memory.h"
#include "record/children.h"
#include "record/priority.h"
#include "record/transfers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
	WINDOW_NS = 1000 * 1000 * 1000,
	PAGE_NS = 100 * 1000 * 1000,	/* between news for cprof */
	QUIESCE_NS = 100 * 1000 * 1000,	/* within 200 ms nobody is traced */
	SERVE_EVERY = 32,		/* looks between two services */
	STALL_NS = 50 * 1000 * 1000,	/* that are told as missed ticks */
	IDLE_TICKS_MAX = 128,
	LAUNCH_BYTES = 128 * 1024,	/* that it may grow until its exec */
};

/* Of the period, from one tick to the next: 99.5 % of it on average. */
#define SHORTEST_PERIOD 0.05
#define LONGEST_PERIOD 5.0

/* Of those that the sampler may use, so many have nothing to do. */
#define IDLE_CORES 0.5

static void count_sleep(void *context, uint64_t cpu_ns)
{
	struct sampler *sampler = context;

	sleep_cost_add(&sampler->sleep_cost, cpu_ns);
}

static const struct tracer_ops tracer_events = {
	.started = sampler_thread_started,
	.stopped = sampler_stopped,
	.execed = sampler_execed,
	.execing = sampler_execing,
	.exiting = sampler_exiting,
	.ended = sampler_thread_ended,
	.repeated = transfers_repeated,
	.slept = count_sleep,
};

/* Whole microseconds: less to store, and nobody measures finer. */
uint64_t sampler_now(const struct sampler *sampler)
{
	return (clock_monotonic_ns() - sampler->epoch_ns) / NS_PER_US *
	       NS_PER_US;
}

void sampler_init(struct sampler *sampler, const struct recording *recording,
		  struct control_page *page, struct sample_sink *sink)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	*sampler = (struct sampler){
		.recording = recording,
		.page = page,
		.sink = sink,
		.modules = module_table_new(),
		.unwinder = unwinder_new(),
		.rbp = rbp_memory_new(),
		.unwound = UNWIND_RESULT_INIT,
		.epoch_ns = clock_monotonic_ns(),
		.exe_fd = -1,
		.cpus = cpus > 0 ? cpus : 1,
		.random = clock_realtime_ns() | 1,
	};
	sampler->scratch.snap.stack = mem_alloc(SNAPSHOT_STACK_MAX);
	stack_table_init(&sampler->stacks, sink, sampler->modules);
}

void sampler_release(struct sampler *sampler)
{
	stack_table_release(&sampler->stacks);
	strbuf_release(&sampler->not_collected);
	regions_release(&sampler->regions);
	regions_marks_free(sampler->exec_marks);
	map64_release(&sampler->programs);
	if (sampler->exe_fd >= 0)
		close(sampler->exe_fd);
	unwind_result_release(&sampler->unwound);
	rbp_memory_free(sampler->rbp);
	unwinder_close(sampler->unwinder);
	module_table_free(sampler->modules);
	free(sampler->scratch.snap.stack);
}

static void reset_run(struct sampler *sampler, pid_t launched)
{
	sampler->counts = (struct sampler_counts){ .samples = 0 };
	sampler->lateness = (struct lateness){ .count = 0 };
	sampler->held = (struct lateness){ .count = 0 };
	sampler->held_max_ns = 0;
	sampler->sleep_cost = (struct sleep_cost){ 0 };
	sampler->processes = NULL;
	sampler->launched = launched;
	sampler->program_started = false;
	sampler->main_ended = false;
	sampler->main_status = -1;
	sampler->left_count = 0;
	sampler->active = 256;
	sampler->placement = (struct placement)PLACEMENT_NONE;
	sampler->near_stops = 0;
	sampler->own_ns = 0;
	sampler->core_is_idle = sampler->cpus > 1;
	sampler->run_start_ns = sampler_now(sampler);
	budget_init(&sampler->budget,
		    sampler->recording->overhead_ppm / 10000.0,
		    sampler->recording->rate_hz);
	sampler->period_ns = budget_period_ns(&sampler->budget, 0);
	sampler->live_cpu_ns = 0;
	sampler->launched_bytes = 0;
	sampler->memory = (struct memory_facts){ .initial_bytes = 0 };
	sampler->collect = collect_new(&(struct collect_setup){
		.level = sampler->recording->level,
		.attached = !launched,
		.sink = sampler->sink,
		.next_metric = &sampler->next_metric,
		.run = sampler->run,
		.epoch_ns = sampler->epoch_ns,
	}, sampler->run_start_ns);
}

/* What the program's process has while it is still a copy of cprof. */
static int seize_launched(struct sampler *sampler, struct error *err)
{
	struct memory_sizes memory;

	if (tracer_seize(sampler->tracer, sampler->launched, 0, err))
		return -1;
	sampler->launched_bytes = UINT64_MAX;
	if (memory_sizes_read(sampler->launched, &memory))
		sampler->launched_bytes = memory.peak + LAUNCH_BYTES;
	return 0;
}

static int attach(struct sampler *sampler, pid_t pid, uint64_t start_ticks,
		  struct error *err)
{
	if (tracer_seize(sampler->tracer, pid, start_ticks, err))
		return -1;
	sampler_open_program(sampler, pid);
	/* Of a program that is launched, others may be read. */
	if (exec_is_foreign(sampler->exe_fd))
		return error_set(err, ERROR_UNSUPPORTED, "process %d is a "
				 "32-bit program: cprof reads 64-bit x86 "
				 "programs", pid);
	sampler_check_program(sampler, pid, false);
	return 0;
}

int sampler_begin(struct sampler *sampler, pid_t launched, struct error *err)
{
	const struct recording *recording = sampler->recording;

	/*
	 * The kernel batches timers that lie within each other's slack: we
	 * would wake up together with the sleepers that we are to watch.
	 */
	prctl(PR_SET_TIMERSLACK, 1UL);
	priority_be_punctual();
	reset_run(sampler, launched);
	sampler->tracer = tracer_new(&tracer_events, sampler,
				     recording->follow);
	tracer_show_signs(sampler->tracer, &sampler->page->signs);
	if (launched)
		return seize_launched(sampler, err);
	for (size_t i = 0; i < recording->pid_count; i++) {
		if (attach(sampler, recording->pids[i],
			   recording->pid_starts ?
			   recording->pid_starts[i] : 0, err))
			return -1;
	}
	if (recording->children)
		children_attach(sampler);
	return 0;
}

static bool run_is_over(const struct sampler *sampler)
{
	return sampler->main_ended || !tracer_count(sampler->tracer) ||
	       atomic_load(sampler->stop) ||
	       sampler->sink->ops->failed(sampler->sink);
}

static void look_at_threads(struct sampler *sampler)
{
	sampler->active_seen = 0;
	sampler->live_cpu_ns = 0;
	sampler->live_samples = 0;
	for (size_t i = 0; i < tracer_count(sampler->tracer); i++) {
		const struct tracee *tracee = tracer_get(sampler->tracer, i);
		struct thread_record *thread = tracee->owner;

		if (!thread)
			continue;
		sampler->live_cpu_ns += thread_log_cpu_ns(&thread->log);
		sampler->live_samples += thread->log.intervals.count;
		if (thread->due_tick > sampler->tick)
			continue;
		if (tracee->interrupted)
			sampler->active_seen++;
		else
			sampler_look(sampler, thread);
		/* Threads come and go in here: one may be passed over. */
		if (i % SERVE_EVERY == SERVE_EVERY - 1)
			tracer_serve_signalled(sampler->tracer);
	}
	sampler->active = (sampler->active * 7 +
			   sampler->active_seen * 256) / 8;
}

/* How many ticks nobody is due: everyone sleeps. */
static uint64_t idle_ticks(const struct sampler *sampler)
{
	const uint64_t due_ns = collect_due_ns(sampler->collect);
	uint64_t due = sampler->tick + IDLE_TICKS_MAX;

	/* Collectors that look often want to be called as often. */
	if (due_ns != UINT64_MAX && sampler->tick_ns < due_ns)
		due = MIN(due, sampler->tick + 1 +
			       (due_ns - sampler->tick_ns) /
			       sampler->period_ns);
	else if (due_ns != UINT64_MAX)
		due = sampler->tick + 1;

	for (size_t i = 0; i < tracer_count(sampler->tracer); i++) {
		const struct tracee *tracee = tracer_get(sampler->tracer, i);
		const struct thread_record *thread = tracee->owner;

		if (!thread || !thread->asleep || tracee->interrupted ||
		    thread->due_tick <= sampler->tick + 1)
			return 1;
		due = MIN(due, thread->due_tick);
	}
	return due - sampler->tick;
}

/*
 * Exponential, so that a look comes at any moment with the same probability,
 * whatever came before: only then what is seen at looks is what there is on
 * average, also in a program that looks disturb.  (A stop ends a turn on a
 * full machine, so that the next look finds turns at the same age; with
 * +-50 % a handler that used 70 % of the time was seen in 50 % of the looks,
 * with this in 62 of 62, 67 of 64 and 67 of 65 %.)  Nor does any program run
 * in step with us.
 */
static uint64_t next_period(struct sampler *sampler)
{
	const double uniform = ((sampler_random(sampler) >> 11) + 1) * 0x1p-53;
	const double periods = -log(uniform);

	return sampler->period_ns * MIN(MAX(periods, SHORTEST_PERIOD),
					LONGEST_PERIOD);
}

static void count_lateness(struct sampler *sampler, uint64_t late_ns)
{
	const uint64_t period_ns = sampler->period_ns;

	lateness_add(&sampler->lateness, late_ns);
	if (late_ns > period_ns)
		sampler->counts.losses.ticks_late++;
	sampler->counts.losses.ticks_missed += late_ns / period_ns;
}

/* A call did not return: it read memory that somebody else provides, say. */
static void count_stall(struct sampler *sampler, uint64_t due_ns,
			uint64_t now_ns)
{
	if (now_ns > due_ns + STALL_NS)
		sampler->counts.losses.ticks_missed +=
			(now_ns - due_ns) / sampler->period_ns;
}

static void tell_page(struct sampler *sampler)
{
	struct control_page *page = sampler->page;
	uint64_t processes = 0;

	for (const struct process_record *p = sampler->processes; p;
	     p = p->next)
		processes++;
	atomic_store(&page->samples,
		     sampler->counts.samples + sampler->live_samples);
	atomic_store(&page->threads, tracer_count(sampler->tracer));
	atomic_store(&page->processes, processes);
	atomic_store(&page->lost, sampler->counts.losses.samples_lost);
}

struct schedule {
	uint64_t due_ns;	/* of the next tick, recording's clock */
	uint64_t counted_ns;	/* monotonic: cost was counted until then */
	struct cpu_idle idle;	/* then */
	uint64_t own_cpu_ns;	/* then */
	uint64_t waited_ns;	/* then, of the program, for a CPU */
	uint64_t others;	/* stops that nobody asked for, then */
	uint64_t window_ns;	/* end of the window */
	uint64_t page_ns;	/* next news for cprof */
};

/* With that of collectors in the background. */
static uint64_t own_cpu_ns(const struct sampler *sampler)
{
	return clock_thread_cpu_ns() + collect_background_ns(sampler->collect);
}

/* To where the next tick is to find us. */
static void take_place(struct sampler *sampler)
{
	const struct tracee *tracee = sampler->placement.tid ?
		tracer_find(sampler->tracer, sampler->placement.tid) : NULL;
	const struct thread_record *thread = tracee ? tracee->owner : NULL;
	const uint64_t own_ns = clock_thread_cpu_ns();

	budget_count_near(&sampler->budget, sampler->near_stops,
			  own_ns - sampler->own_ns);
	sampler->near_stops = 0;
	sampler->own_ns = own_ns;
	if (sampler->placement.tid && (!thread || thread->asleep))
		placement_clear(&sampler->placement);
	placement_go(&sampler->placement);
}

/* So long the program's threads waited for a CPU, all together. */
static uint64_t waited_ns(const struct sampler *sampler)
{
	uint64_t sum_ns = sampler->counts.runqueue_ns;

	for (size_t i = 0; i < tracer_count(sampler->tracer); i++) {
		const struct thread_record *thread =
			tracer_get(sampler->tracer, i)->owner;

		if (thread)
			sum_ns += thread_log_runqueue_ns(&thread->log);
	}
	return sum_ns;
}

/* The last second or so, for the budget: who had the CPUs? */
static void count_cost(struct sampler *sampler, struct schedule *schedule)
{
	const uint64_t now_ns = clock_monotonic_ns();
	const uint64_t cpu_ns = own_cpu_ns(sampler);
	const uint64_t others = tracer_stats(sampler->tracer)->others;
	const uint64_t waited = waited_ns(sampler);
	struct budget_window window = {
		.elapsed_ns = now_ns - schedule->counted_ns,
		.own_ns = cpu_ns - schedule->own_cpu_ns,
		.waited_ns = waited - MIN(waited, schedule->waited_ns),
	};
	struct cpu_idle idle;
	double all = 0, ours = 0;

	cpu_idle_read(&idle);
	window.idle_known =
		cpu_idle_cores(&schedule->idle.all, &idle.all, &all) &&
		cpu_idle_cores(&schedule->idle.ours, &idle.ours, &ours);
	if (window.idle_known) {
		window.idle_ns = all * window.elapsed_ns;
		window.own_idle_ns = ours * window.elapsed_ns;
		sampler->core_is_idle = ours > IDLE_CORES;
	}
	budget_learn_sleep(&sampler->budget,
			   sleep_cost_ns(&sampler->sleep_cost));
	budget_count_others(&sampler->budget, others - schedule->others);
	budget_end_window(&sampler->budget, &window);
	schedule->counted_ns = now_ns;
	schedule->own_cpu_ns = cpu_ns;
	schedule->waited_ns = waited;
	schedule->others = others;
	schedule->idle = idle;
}

static void run_tick(struct sampler *sampler, struct schedule *schedule)
{
	const uint64_t now_ns = sampler_now(sampler);
	const bool window_ends = now_ns >= schedule->window_ns;

	count_lateness(sampler, now_ns > schedule->due_ns ?
				now_ns - schedule->due_ns : 0);
	sampler->tick_ns = now_ns;
	sampler->due_ns = sampler->epoch_ns + schedule->due_ns;
	sampler->busy_ns = tracer_busy_since(sampler->tracer);
	if (window_ends)
		sampler_window_ends(sampler);
	tracer_look_closely(sampler->tracer, sampler->core_is_idle &&
					     !sampler->placement.near);
	look_at_threads(sampler);
	sampler->period_ns = budget_period_ns(&sampler->budget,
					      sampler->counts.cpu_ns +
					      sampler->live_cpu_ns);
	if (window_ends) {
		count_cost(sampler, schedule);
		regions_flush(sampler);
		sampler_flush_windows(sampler);
		sampler_rescan(sampler);
		/* It may have lost that, where there was much to do. */
		priority_be_punctual();
		schedule->window_ns = now_ns + WINDOW_NS;
	}
	collect_tick(sampler->collect, sampler_now(sampler));
	if (now_ns >= schedule->page_ns) {
		tell_page(sampler);
		schedule->page_ns = now_ns + PAGE_NS;
	}
}

static void fill_end(const struct sampler *sampler, struct run_end *end)
{
	const struct sampler_counts *counts = &sampler->counts;
	const struct tracer_stats *stats = tracer_stats(sampler->tracer);
	const uint64_t told_ns = counts->user_ns + counts->system_ns;

	*end = (struct run_end){
		.end_ns = sampler_now(sampler),
		.exit_status = sampler->main_status,
		.user_ns = counts->cpu_ns,
		.peak_memory_bytes = counts->peak_memory_bytes,
		.samples = counts->samples,
		.stops = stats->stops,
		.held_ns = stats->held_ns,
		.interrupt_ns = stats->interrupt_ns,
		.own_cpu_ns = own_cpu_ns(sampler),
		.cost_ns = budget_cost_ns(&sampler->budget),
		.skid_ns = counts->skid_ns / MAX(counts->on_cpu_samples,
						 UINT64_C(1)),
		.lateness_p50_ns = lateness_percentile(&sampler->lateness, 50),
		.lateness_p99_ns = lateness_percentile(&sampler->lateness, 99),
		.held_p50_ns = lateness_percentile(&sampler->held, 50),
		.held_p99_ns = lateness_percentile(&sampler->held, 99),
		.held_max_ns = sampler->held_max_ns,
		.losses = counts->losses,
		.memory = sampler->memory,
		.cpu_stops = counts->on_cpu_samples,
		.call_stops = counts->call_samples - counts->moved,
		.late_stops = counts->late_stops,
		.sleep_cost_ns = sleep_cost_ns(&sampler->sleep_cost),
	};
	/* The scheduler's sum is exact; these only tell the parts. */
	if (told_ns)
		end->system_ns = (unsigned __int128)counts->cpu_ns *
				 counts->system_ns / told_ns;
	end->user_ns -= end->system_ns;
	end->losses.samples_lost += stats->dropped;
	end->losses.calls_restarted = stats->restarted;
	end->losses.threads_missed += stats->not_seized;
}

/*
 * What regions use is worth quick looks, and so it is with functions that
 * are regions by their samples; on the monotonic clock.
 */
static uint64_t quick_due(const struct sampler *sampler)
{
	const uint64_t due_ns = collect_quick_due_ns(sampler->collect);

	if (!sampler->regions.used && !sampler->recording->region_count)
		return UINT64_MAX;
	return due_ns == UINT64_MAX ? UINT64_MAX : due_ns + sampler->epoch_ns;
}

/*
 * Until then, and between: regions have a clock of their own.  False when
 * something has changed before (see tracer_serve()).
 */
static bool serve_until(struct sampler *sampler, uint64_t until_ns)
{
	for (;;) {
		const uint64_t next_ns = MIN(MIN(until_ns, quick_due(sampler)),
					     sampler->regions.next_ns);
		const bool woken = tracer_serve(sampler->tracer, next_ns);
		const uint64_t now_ns = clock_monotonic_ns();

		if (now_ns >= sampler->regions.next_ns)
			regions_serve(sampler);
		if (now_ns >= quick_due(sampler))
			collect_quick(sampler->collect, sampler_now(sampler));
		atomic_store(&sampler->page->heartbeat_ns, now_ns);
		if (woken || now_ns >= until_ns)
			return now_ns >= until_ns;
	}
}

/*
 * A wait over many ticks, as everyone slept, is cut short when somebody new
 * comes; but that brings about no tick: looks would come when the program
 * starts threads, not at any moment, and thousands of them in a second.
 */
static void wait_for_tick(struct sampler *sampler, struct schedule *schedule)
{
	const uint64_t start_ns = sampler_now(sampler);
	uint64_t ticks = idle_ticks(sampler);
	const uint64_t due_ns = schedule->due_ns + next_period(sampler) +
				sampler->period_ns * (ticks - 1);

	take_place(sampler);
	count_stall(sampler, due_ns, start_ns);
	/* A tick that was missed is not made up for. */
	schedule->due_ns = MAX(due_ns, start_ns);
	while (!serve_until(sampler, sampler->epoch_ns + schedule->due_ns) &&
	       !run_is_over(sampler)) {
		const uint64_t now_ns = sampler_now(sampler);

		if (ticks == 1)
			continue;
		ticks = 1 + (now_ns - start_ns) / sampler->period_ns;
		schedule->due_ns = MIN(schedule->due_ns,
				       now_ns + next_period(sampler));
	}
	sampler->tick += ticks;
}

void sampler_run(struct sampler *sampler, struct run_end *end)
{
	const uint64_t start_ns = sampler->run_start_ns;
	struct schedule schedule = {
		.due_ns = start_ns,
		.window_ns = start_ns + WINDOW_NS,
		.counted_ns = clock_monotonic_ns(),
		.own_cpu_ns = clock_thread_cpu_ns(),
	};

	cpu_idle_read(&schedule.idle);
	while (!run_is_over(sampler)) {
		wait_for_tick(sampler, &schedule);
		if (!run_is_over(sampler))
			run_tick(sampler, &schedule);
	}
	count_stall(sampler, schedule.due_ns, sampler_now(sampler));
	log_debug(LOG_RECORD, 1,
		  "run over: main ended %d, %zu threads, stop %u",
		  sampler->main_ended, tracer_count(sampler->tracer),
		  atomic_load(sampler->stop));
	tracer_quiesce(sampler->tracer, clock_monotonic_ns() + QUIESCE_NS);
	placement_clear(&sampler->placement);
	sampler_forget_all(sampler);
	count_cost(sampler, &schedule);
	fill_end(sampler, end);
	sampler->sink->ops->flush(sampler->sink);
	/*
	 * The tracer is freed only after its thread has ended: the tracees
	 * are the kernel's until then.
	 */
	tracer_free(sampler->tracer);
	sampler->tracer = NULL;
	strbuf_clear(&sampler->not_collected);
	collect_notes_add(sampler->collect, &sampler->not_collected);
	collect_free(sampler->collect);
	sampler->collect = NULL;
}
