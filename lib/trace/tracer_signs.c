/* SPDX-License-Identifier: MIT */
#include "trace/tracer_signs.h"

#include "base/clock.h"

#include <unistd.h>

void tracer_signs_begin(struct tracer_signs *signs)
{
	atomic_store(&signs->count, 0);
	atomic_store(&signs->newborn, 0);
	atomic_store(&signs->tracer, gettid());
	tracer_signs_beat(signs, clock_monotonic_ns());
}

void tracer_signs_beat(struct tracer_signs *signs, uint64_t now_ns)
{
	if (signs)
		atomic_store_explicit(&signs->beat_ns, now_ns,
				      memory_order_release);
}

void tracer_signs_newborn(struct tracer_signs *signs, pid_t tid)
{
	if (signs)
		atomic_store(&signs->newborn, tid);
}

void tracer_signs_put(struct tracer_signs *signs, size_t index, pid_t tid)
{
	if (signs && index < TRACER_SIGNS_THREADS)
		atomic_store(&signs->tids[index], tid);
}

void tracer_signs_count(struct tracer_signs *signs, size_t count)
{
	if (signs)
		atomic_store(&signs->count, count);
}
