/* SPDX-License-Identifier: MIT */
#include "record/thread_log.h"

enum { UNIT_NS = 1000 };	/* as sampler_now(): less to store */

void thread_log_init(struct thread_log *log, uint32_t thread, uint64_t now_ns,
		     const struct task_account *account)
{
	*log = (struct thread_log){
		.thread = thread,
		.covered_ns = now_ns,
		.start_ns = now_ns,
		.start = *account,
		.now = *account,
		.first = *account,
	};
}

void thread_log_release(struct thread_log *log)
{
	interval_vec_release(&log->intervals);
}

void thread_log_account(struct thread_log *log,
			const struct task_account *account)
{
	if (account->run_ns >= log->now.run_ns &&
	    account->wait_ns >= log->now.wait_ns)
		log->now = *account;
}

static struct interval *last_interval(struct thread_log *log)
{
	if (!log->intervals.count)
		return NULL;
	return &log->intervals.items[log->intervals.count - 1];
}

static bool is_wait(uint8_t state)
{
	return state != STATE_RUNNING && state != STATE_RUNNABLE;
}

void thread_log_add(struct thread_log *log, uint64_t until_ns,
		    enum thread_state state, uint32_t stack, uint8_t flags)
{
	struct interval *last = last_interval(log);
	uint64_t wall_ns;

	if (until_ns <= log->covered_ns)
		return;
	wall_ns = until_ns - log->covered_ns;
	log->covered_ns = until_ns;

	if (last && is_wait(state) && last->state == state &&
	    last->stack == stack) {
		last->wall_ns += wall_ns;
		return;
	}
	interval_vec_push(&log->intervals, (struct interval){
		.wall_ns = wall_ns,
		.stack = stack,
		.state = state,
		.flags = flags,
	});
}

void thread_log_extend(struct thread_log *log, uint64_t until_ns)
{
	struct interval *last = last_interval(log);

	if (until_ns <= log->covered_ns)
		return;
	last->wall_ns += until_ns - log->covered_ns;
	log->covered_ns = until_ns;
}

void thread_log_woke(struct thread_log *log, uint64_t until_ns,
		     uint64_t awake_ns)
{
	struct interval *last = last_interval(log);
	uint64_t asleep_ns;

	if (!last || !is_wait(last->state) || until_ns <= log->covered_ns ||
	    awake_ns >= until_ns - log->covered_ns)
		return;
	asleep_ns = until_ns - log->covered_ns - awake_ns;
	asleep_ns -= asleep_ns % UNIT_NS;
	last->wall_ns += asleep_ns;
	log->covered_ns += asleep_ns;
}

static bool carries_cpu(const struct thread_log *log)
{
	const struct interval *items = log->intervals.items;
	const size_t count = log->intervals.count;
	const bool any_running = intervals_any_running(items, count);

	for (size_t i = 0; i < count; i++) {
		if (interval_carries_cpu(&items[i], any_running))
			return true;
	}
	return false;
}

size_t thread_log_flush(struct thread_log *log, struct sample_sink *sink,
			uint32_t between)
{
	struct thread_window window = {
		.thread = log->thread,
		.start_ns = log->start_ns,
		.cpu_ns = log->now.run_ns - log->start.run_ns,
		.runqueue_ns = log->now.wait_ns - log->start.wait_ns,
	};
	size_t samples = 0;

	for (size_t i = 0; i < log->intervals.count; i++)
		samples += log->intervals.items[i].stack != between;
	if (window.cpu_ns && !carries_cpu(log))
		interval_vec_push(&log->intervals, (struct interval){
			.stack = between,
			.state = STATE_RUNNING,
		});
	window.intervals = log->intervals.items;
	window.count = log->intervals.count;
	if (window.count)
		sink->ops->window(sink, &window);

	log->intervals.count = 0;
	log->start_ns = log->covered_ns;
	log->start = log->now;
	return samples;
}

uint64_t thread_log_cpu_ns(const struct thread_log *log)
{
	return log->now.run_ns - log->first.run_ns;
}

uint64_t thread_log_runqueue_ns(const struct thread_log *log)
{
	return log->now.wait_ns - log->first.wait_ns;
}
