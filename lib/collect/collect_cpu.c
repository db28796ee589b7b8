/* SPDX-License-Identifier: MIT */
/* What threads do with CPUs: /proc/PID/task/TID/schedstat, stat, status. */
#include "collect/counters.h"

#include "base/clock.h"

static bool cpu_read(const struct collect_thread *thread, uint64_t *values)
{
	struct task_account account;
	struct task_events events;

	if (!thread->files || !task_account_read(thread->files, &account) ||
	    !task_events_read(thread->pid, thread->tid, &events))
		return false;
	values[0] = account.run_ns;
	values[1] = account.wait_ns;
	/* Each stop for a sample counts as one, and is not the program's. */
	values[2] = events.yields - MIN(events.yields, *thread->stops);
	values[3] = events.preemptions;
	values[4] = events.minor_faults;
	values[5] = events.major_faults;
	return true;
}

static const struct counters_ops cpu_counters = {
	.source = "cpu",
	.count = 6,
	.of = {
		{ "cpu.time", METRIC_NS },
		{ "cpu.wait", METRIC_NS },
		{ "cpu.yields", METRIC_NUMBER },
		{ "cpu.preemptions", METRIC_NUMBER },
		{ "cpu.minor-faults", METRIC_NUMBER },
		{ "cpu.major-faults", METRIC_NUMBER },
	},
	.read = cpu_read,
};

static void cpu_init(struct collector *base)
{
	container_of(base, struct counters, base)->ops = &cpu_counters;
}

const struct collector_ops cpu_collector_ops = {
	.name = "cpu",
	.level = LEVEL_DETAILED,
	.period_ns = 100 * NS_PER_MS,
	.size = sizeof(struct counters),
	.init = cpu_init,
	.look = counters_look,
	.thread_started = counters_thread_started,
	.thread_ended = counters_thread_ended,
	.close = counters_close,
};
