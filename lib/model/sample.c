/* SPDX-License-Identifier: MIT */
#include "model/sample.h"

#include "model/stack.h"

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

/* An amount that is divided over some of a window's intervals. */
struct share {
	uint64_t amount;
	uint64_t total;		/* what those that take part count for */
	uint64_t seen;		/* of those up to here */
	uint64_t given;
	size_t last;		/* index of the last of them */
	size_t count;
};

static void share_enter(struct share *share, size_t index, uint64_t weight)
{
	share->total += weight;
	share->last = index;
	share->count++;
}

/* The part of the next one; parts sum to the amount exactly. */
static uint64_t share_next(struct share *share, size_t index, uint64_t weight)
{
	uint64_t upto = 0, part;

	share->seen += weight;
	if (index == share->last)
		upto = share->amount;
	else if (share->total)
		upto = (unsigned __int128)share->amount * share->seen /
		       share->total;
	part = upto - share->given;
	share->given = upto;
	return part;
}

enum wall_part { ON_CPU, FOR_CPU, WAITING, WALL_PARTS };

static enum wall_part wall_part(uint8_t state)
{
	if (state == STATE_RUNNING)
		return ON_CPU;
	return state == STATE_RUNNABLE ? FOR_CPU : WAITING;
}

struct window_shares {
	bool any_running;
	uint64_t length_ns;	/* of the window */
	struct share cpu;
	struct share wall[WALL_PARTS];
};

/* What nobody can take goes to the waits, else to whoever is there. */
static void give_away_rest(struct share *wall)
{
	static const enum wall_part takers[] = { WAITING, ON_CPU, FOR_CPU };
	uint64_t rest = 0;

	for (int part = 0; part < WALL_PARTS; part++) {
		if (wall[part].count)
			continue;
		rest += wall[part].amount;
		wall[part].amount = 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
		if (!wall[takers[i]].count)
			continue;
		wall[takers[i]].amount += rest;
		return;
	}
}

static void divide_wall(struct window_shares *shares,
			const struct thread_window *window)
{
	const uint64_t length_ns = shares->length_ns;
	struct share *wall = shares->wall;

	wall[ON_CPU].amount = MIN(window->cpu_ns, length_ns);
	wall[FOR_CPU].amount = MIN(window->runqueue_ns,
				   length_ns - wall[ON_CPU].amount);
	wall[WAITING].amount = length_ns - wall[ON_CPU].amount -
			       wall[FOR_CPU].amount;
	give_away_rest(wall);
}

/*
 * Looks come at random, and all mean the same: what is on a CPU at one was
 * there as often as it was seen.  The time since the look before tells
 * nothing more.  Less than nothing, on a busy machine: a stop ends a turn on
 * the CPU, so that how long ago the last one was depends on what runs now.
 * (A for 1 ms and B for 2.2 ms after a sleep, on a shared CPU: A had 31 % of
 * the time when weighted by it, 43 % when counted, 43 % in truth.)
 */
enum { ONE_LOOK = 1 };

static uint64_t wall_weight(const struct interval *interval)
{
	return wall_part(interval->state) == ON_CPU ? ONE_LOOK :
	       interval->wall_ns;
}

static void shares_init(struct window_shares *shares,
			const struct thread_window *window)
{
	*shares = (struct window_shares){
		.any_running = intervals_any_running(window->intervals,
						     window->count),
		.cpu.amount = window->cpu_ns,
	};
	for (size_t i = 0; i < window->count; i++) {
		const struct interval *interval = &window->intervals[i];

		shares->length_ns += interval->wall_ns;
		share_enter(&shares->wall[wall_part(interval->state)], i,
			    wall_weight(interval));
		if (interval_carries_cpu(interval, shares->any_running))
			share_enter(&shares->cpu, i, ONE_LOOK);
	}
	divide_wall(shares, window);
}

void thread_window_samples(const struct thread_window *window,
			   struct sample_vec *out)
{
	struct window_shares shares;
	uint64_t time_ns = window->start_ns;

	shares_init(&shares, window);
	sample_vec_reserve(out, out->count + window->count);
	for (size_t i = 0; i < window->count; i++) {
		const struct interval *interval = &window->intervals[i];
		const uint64_t length_ns = interval->wall_ns;
		struct share *wall = &shares.wall[wall_part(interval->state)];
		struct sample *sample = &out->items[out->count++];

		time_ns += length_ns;
		*sample = (struct sample){
			.time_ns = time_ns,
			.length_ns = length_ns,
			.wall_ns = share_next(wall, i, wall_weight(interval)),
			.thread = window->thread,
			.stack = interval->stack,
			.state = interval->state,
			.region = ID_NONE,
			.flags = interval->flags,
		};
		if (interval_carries_cpu(interval, shares.any_running))
			sample->cpu_ns = share_next(&shares.cpu, i, ONE_LOOK);
	}
}
