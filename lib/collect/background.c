/* SPDX-License-Identifier: MIT */
#include "collect/background.h"

#include "base/clock.h"
#include "base/mem.h"

#include <errno.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>

enum {
	END_WITHIN_MS = 50
};

enum job_state { JOB_NONE, JOB_GIVEN, JOB_DONE, JOB_END };

struct background {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum job_state state;
	bool working;			/* not idle, as its user knows it */
	bool ended;			/* the thread has left its loop */
	struct collector *collector;
	struct collect_look look;
};

static void *background_main(void *context)
{
	struct background *background = context;

	prctl(PR_SET_NAME, "cprof-collect");
	pthread_mutex_lock(&background->lock);
	while (background->state != JOB_END) {
		if (background->state != JOB_GIVEN) {
			pthread_cond_wait(&background->changed,
					  &background->lock);
			continue;
		}
		pthread_mutex_unlock(&background->lock);
		collector_look(background->collector, &background->look);
		pthread_mutex_lock(&background->lock);
		if (background->state == JOB_GIVEN)
			background->state = JOB_DONE;
		pthread_cond_broadcast(&background->changed);
	}
	background->ended = true;
	pthread_cond_broadcast(&background->changed);
	pthread_mutex_unlock(&background->lock);
	return NULL;
}

struct background *background_new(void)
{
	struct background *background = mem_alloc(sizeof(*background));
	pthread_condattr_t monotonic;

	pthread_mutex_init(&background->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&background->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (!pthread_create(&background->thread, NULL, background_main,
			    background))
		return background;
	free(background);
	return NULL;
}

static void copy_lists(struct collect_look *to, const struct collect_look *from)
{
	to->level = from->level;
	to->now_ns = from->now_ns;
	to->epoch_ns = from->epoch_ns;
	to->attached = from->attached;
	to->last = from->last;
	to->values.count = 0;
	to->processes.count = to->threads.count = 0;
	for (size_t i = 0; i < from->processes.count; i++)
		collect_process_vec_push(&to->processes,
					 from->processes.items[i]);
}

void background_give(struct background *background,
		     struct collector *collector,
		     const struct collect_look *look)
{
	pthread_mutex_lock(&background->lock);
	copy_lists(&background->look, look);
	background->collector = collector;
	background->state = JOB_GIVEN;
	background->working = true;
	pthread_cond_broadcast(&background->changed);
	pthread_mutex_unlock(&background->lock);
}

bool background_idle(const struct background *background)
{
	return !background->working;
}

bool background_has(const struct background *background,
		    const struct collector *collector)
{
	return background->working && background->collector == collector;
}

/* With the lock held: wait for a change until then. */
static void wait_until(struct background *background, uint64_t deadline_ns)
{
	const struct timespec until = {
		.tv_sec = deadline_ns / NS_PER_S,
		.tv_nsec = deadline_ns % NS_PER_S,
	};

	pthread_cond_timedwait(&background->changed, &background->lock,
			       &until);
}

struct collector *background_take(struct background *background,
				  uint64_t deadline_ns,
				  struct collect_look **look)
{
	struct collector *collector = NULL;

	if (!background->working)
		return NULL;
	pthread_mutex_lock(&background->lock);
	while (background->state == JOB_GIVEN &&
	       clock_monotonic_ns() < deadline_ns)
		wait_until(background, deadline_ns);
	if (background->state == JOB_DONE) {
		background->state = JOB_NONE;
		background->working = false;
		collector = background->collector;
		*look = &background->look;
	}
	pthread_mutex_unlock(&background->lock);
	return collector;
}

bool background_free(struct background *background)
{
	const uint64_t deadline_ns = clock_monotonic_ns() +
				     END_WITHIN_MS * NS_PER_MS;
	bool ended;

	if (!background)
		return true;
	pthread_mutex_lock(&background->lock);
	background->state = JOB_END;
	pthread_cond_broadcast(&background->changed);
	while (!background->ended && clock_monotonic_ns() < deadline_ns)
		wait_until(background, deadline_ns);
	ended = background->ended;
	pthread_mutex_unlock(&background->lock);
	if (!ended) {
		pthread_detach(background->thread);
		return false;
	}
	pthread_join(background->thread, NULL);
	pthread_cond_destroy(&background->changed);
	pthread_mutex_destroy(&background->lock);
	collect_process_vec_release(&background->look.processes);
	collect_thread_vec_release(&background->look.threads);
	metric_value_vec_release(&background->look.values);
	free(background);
	return true;
}
