/* SPDX-License-Identifier: MIT */
/* Reading and writing: /proc/PID/task/TID/io. */
#include "collect/counters.h"

#include "base/clock.h"

static void io_values(const struct task_io *io, uint64_t *values)
{
	values[0] = io->read_chars;
	values[1] = io->write_chars;
	values[2] = io->read_calls;
	values[3] = io->write_calls;
	values[4] = io->read_bytes;
	values[5] = io->write_bytes;
}

static bool io_read(const struct collect_thread *thread, uint64_t *values)
{
	struct task_io io;

	if (!task_io_read(thread->pid, thread->tid, &io))
		return false;
	io_values(&io, values);
	return true;
}

static int io_open(const struct collect_thread *thread)
{
	return task_io_open(thread->pid, thread->tid);
}

static bool io_read_at(int file, uint64_t *values)
{
	struct task_io io;

	if (!task_io_read_at(file, &io))
		return false;
	io_values(&io, values);
	return true;
}

static const struct counters_ops io_counters = {
	.source = "io",
	.count = 6,
	.of = {
		{ "io.read", METRIC_BYTES },
		{ "io.written", METRIC_BYTES },
		{ "io.reads", METRIC_NUMBER },
		{ "io.writes", METRIC_NUMBER },
		{ "io.disk-read", METRIC_BYTES },
		{ "io.disk-written", METRIC_BYTES },
	},
	.read = io_read,
	.open = io_open,
	.read_at = io_read_at,
};

static void io_init(struct collector *base)
{
	container_of(base, struct counters, base)->ops = &io_counters;
}

const struct collector_ops io_collector_ops = {
	.name = "io",
	.level = LEVEL_DETAILED,
	.period_ns = 100 * NS_PER_MS,
	.size = sizeof(struct counters),
	.init = io_init,
	.look = counters_look,
	.quick = counters_quick,
	.thread_started = counters_thread_started,
	.thread_ended = counters_thread_ended,
	.close = counters_close,
};
