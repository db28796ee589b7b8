/* SPDX-License-Identifier: MIT */
#include "record/watchdog.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "proc/process.h"
#include "proc/task.h"

enum {
	OLD_BEAT_MS = 150,
	/*
	 * Seen by ourselves: a machine, or a terminal's job, that stood
	 * still makes every heart look old.
	 */
	WATCHED_MS = 95,
	LOOP_MS = 60,		/* of CPU time, from one beat to the next */
	LATE_LOOK_MS = 3 * WATCHDOG_EVERY_MS,
};

bool watchdog_needed(const struct tracer_signs *signs)
{
	return atomic_load(&signs->count) > 0;
}

static uint64_t tracer_run_ns(pid_t sampler, pid_t tracer)
{
	struct task_account account = { .run_ns = 0 };
	struct task_files files;

	task_files_open(&files, sampler, tracer);
	task_account_read(&files, &account);
	task_files_close(&files);
	return account.run_ns;
}

/*
 * It would go on, but the machine is too full: that is no reason.  (A tracer
 * that runs and does not beat is in an endless loop, however small its part
 * of a full machine.)
 */
static bool waits_for_cpu(const struct watchdog *dog, pid_t sampler,
			  pid_t tracer, uint64_t now_ns)
{
	const uint64_t loop_ns = MIN((now_ns - dog->since_ns) / 4,
				     LOOP_MS * NS_PER_MS);
	struct process_status status;

	return process_status_read(tracer, &status) && status.state == 'R' &&
	       tracer_run_ns(sampler, tracer) - dog->tracer_run_ns < loop_ns;
}

static bool is_held(pid_t tid, pid_t tracer)
{
	struct process_status status;

	return tid && process_status_read(tid, &status) &&
	       status.state == 't' && status.tracer == tracer;
}

pid_t watchdog_find_held(const struct tracer_signs *signs)
{
	const uint32_t count = MIN(atomic_load(&signs->count),
				   (uint32_t)TRACER_SIGNS_THREADS);
	const pid_t tracer = atomic_load(&signs->tracer);
	const pid_t newborn = atomic_load(&signs->newborn);

	for (uint32_t i = 0; i < count; i++) {
		const pid_t tid = atomic_load(&signs->tids[i]);

		if (is_held(tid, tracer))
			return tid;
	}
	return is_held(newborn, tracer) ? newborn : 0;
}

bool watchdog_look(struct watchdog *dog, const struct tracer_signs *signs,
		   pid_t sampler, uint64_t now_ns)
{
	const uint64_t beat_ns = atomic_load(&signs->beat_ns);
	const pid_t tracer = atomic_load(&signs->tracer);
	const bool late = now_ns - dog->looked_ns > LATE_LOOK_MS * NS_PER_MS;

	dog->looked_ns = now_ns;
	if (late || beat_ns != dog->beat_ns) {
		dog->beat_ns = beat_ns;
		dog->since_ns = now_ns;
		dog->tracer_run_ns = tracer_run_ns(sampler, tracer);
		return false;
	}
	return watchdog_needed(signs) &&
	       now_ns - dog->since_ns >= WATCHED_MS * NS_PER_MS &&
	       now_ns >= beat_ns + OLD_BEAT_MS * NS_PER_MS &&
	       !waits_for_cpu(dog, sampler, tracer, now_ns);
}
