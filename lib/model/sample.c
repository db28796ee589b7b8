/* SPDX-License-Identifier: MIT */
#include "model/sample.h"

static const struct {
	const char *name;
	const char *text;
} states[STATE_COUNT] = {
	[STATE_RUNNING] = { "running", "on a CPU" },
	[STATE_RUNNABLE] = { "runnable", "waiting for a CPU" },
	[STATE_FUTEX] = { "futex", "waiting for a lock or a thread (futex)" },
	[STATE_POLL] = { "poll", "waiting for events (poll, epoll)" },
	[STATE_SOCKET] = { "socket", "waiting for a socket" },
	[STATE_PIPE] = { "pipe", "waiting for a pipe" },
	[STATE_DISK] = { "disk", "waiting for a file" },
	[STATE_SLEEP] = { "sleep", "sleeping" },
	[STATE_CHILD] = { "child", "waiting for a child process" },
	[STATE_TERMINAL] = { "terminal", "waiting for a terminal" },
	[STATE_SIGNAL] = { "signal", "waiting for a signal" },
	[STATE_STOPPED] = { "stopped", "stopped by a signal" },
	[STATE_OTHER] = { "other", "waiting in the kernel" },
};

const char *thread_state_name(enum thread_state state)
{
	return states[state < STATE_COUNT ? state : STATE_OTHER].name;
}

const char *thread_state_text(enum thread_state state)
{
	return states[state < STATE_COUNT ? state : STATE_OTHER].text;
}

bool interval_carries_cpu(const struct interval *interval, bool any_running)
{
	if (any_running)
		return interval->state == STATE_RUNNING;
	return interval->state == STATE_RUNNABLE &&
	       interval->flags & SAMPLE_PREEMPTED;
}

bool intervals_any_running(const struct interval *intervals, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (intervals[i].state == STATE_RUNNING)
			return true;
	}
	return false;
}

struct share {
	bool any_running;
	uint64_t total;		/* length of all that carry CPU time */
	uint64_t seen;		/* of those up to here */
	size_t last;		/* index of the last of them */
	uint64_t given_ns;
};

static struct share share_of(const struct thread_window *window)
{
	struct share share = {
		.any_running = intervals_any_running(window->intervals,
						     window->count),
	};

	for (size_t i = 0; i < window->count; i++) {
		const struct interval *interval = &window->intervals[i];

		if (!interval_carries_cpu(interval, share.any_running))
			continue;
		share.total += interval->wall_ns;
		share.last = i;
	}
	return share;
}

static uint64_t share_next(struct share *share, size_t index, uint64_t wall_ns,
			   uint64_t cpu_ns)
{
	uint64_t upto, part;

	share->seen += wall_ns;
	if (index == share->last)
		upto = cpu_ns;
	else if (!share->total)
		upto = 0;
	else
		upto = (unsigned __int128)cpu_ns * share->seen / share->total;
	part = upto - share->given_ns;
	share->given_ns = upto;
	return part;
}

void thread_window_samples(const struct thread_window *window,
			   struct sample_vec *out)
{
	struct share share = share_of(window);
	uint64_t time_ns = window->start_ns;

	sample_vec_reserve(out, out->count + window->count);
	for (size_t i = 0; i < window->count; i++) {
		const struct interval *interval = &window->intervals[i];
		struct sample *sample = &out->items[out->count++];

		time_ns += interval->wall_ns;
		*sample = (struct sample){
			.time_ns = time_ns,
			.wall_ns = interval->wall_ns,
			.thread = window->thread,
			.stack = interval->stack,
			.state = interval->state,
			.flags = interval->flags,
		};
		if (interval_carries_cpu(interval, share.any_running))
			sample->cpu_ns = share_next(&share, i,
						    interval->wall_ns,
						    window->cpu_ns);
	}
}
