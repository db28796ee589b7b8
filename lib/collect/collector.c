/* SPDX-License-Identifier: MIT */
#include "collect/collector.h"

#include "base/clock.h"
#include "collect/series.h"

#include <stdarg.h>
#include <stdio.h>

static void open_once(struct collector *collector)
{
	struct error err = ERROR_INIT;

	if (collector->opened)
		return;
	collector->opened = true;
	if (collector->ops->open && collector->ops->open(collector, &err)) {
		collector->absent = true;
		collect_note(collector, "%s", err.text);
	}
}

void collector_look(struct collector *collector, struct collect_look *look)
{
	const uint64_t cpu_ns = clock_thread_cpu_ns();
	const uint64_t start_ns = clock_monotonic_ns();

	open_once(collector);
	if (!collector->absent) {
		collector->ops->look(collector, look);
		collector->reads++;
	}
	collector->took_ns = clock_monotonic_ns() - start_ns;
	collector->last_cpu_ns = clock_thread_cpu_ns() - cpu_ns;
	collector->cost_ns += collector->last_cpu_ns;
}

void collect_put(struct collector *collector, struct collect_look *look,
		 const struct metric *metric, int64_t value)
{
	collect_put_at(collector, look, look->now_ns, metric, value);
}

void collect_put_at(struct collector *collector, struct collect_look *look,
		    uint64_t time_ns, const struct metric *metric,
		    int64_t value)
{
	metric_value_vec_push(&look->values, (struct metric_value){
		.time_ns = time_ns,
		.value = value,
		.metric = series_number(collector->series, metric),
	});
}

uint64_t collect_look_time(const struct collect_look *look)
{
	return clock_monotonic_ns() - look->epoch_ns;
}

void collect_look_read(struct collect_look *look, uint64_t before_ns)
{
	look->now_ns = before_ns + (collect_look_time(look) - before_ns) / 2;
}

bool collect_look_has(void *context, pid_t pid)
{
	const struct collect_look *look = context;

	for (size_t i = 0; i < look->processes.count; i++) {
		if (look->processes.items[i].pid == pid)
			return true;
	}
	return false;
}

void collect_note(struct collector *collector, const char *fmt, ...)
{
	va_list args;

	if (*collector->note)
		return;
	va_start(args, fmt);
	vsnprintf(collector->note, sizeof(collector->note), fmt, args);
	va_end(args);
}
