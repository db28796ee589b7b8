/* SPDX-License-Identifier: MIT */
/*
 * A recording as a sampler would make it of a large program, from random
 * numbers that are the same every time: a call tree that goes on growing
 * (1.2 new stacks a sample), 20 to 30 frames deep, jittered intervals of
 * about 1 ms in whole microseconds, a flush a second.
 */
#ifndef CPROF_TESTS_FORMAT_RANDOM_H
#define CPROF_TESTS_FORMAT_RANDOM_H

#include "format_data.h"

#include "base/map64.h"

struct random_recording {
	uint32_t threads;	/* busy ones */
	uint32_t sleepers;	/* one sample a second each */
	uint64_t samples;	/* of the busy threads, all together */
	uint32_t functions;	/* call sites that there are */
	uint32_t branch_permille;	/* of calls that go where none went */
	bool symbols;
};

enum {
	RANDOM_FUNCTIONS = 40000,
	RANDOM_BRANCH = 4,	/* gives 1.2 new stacks a sample */
	RANDOM_MODULES = 12
};

struct random_player {
	struct sample_sink *sink;
	const struct random_recording *what;
	uint64_t seed;
	uint64_t now_ns;
	uint32_t frames;
	uint32_t stacks;
	struct map64 frame_ids;		/* call site: frame id */
	struct map64 children;		/* parent stack, nth child: stack id */
	struct map64 child_counts;	/* parent stack: children */
	uint32_t last_stack;
	uint32_t last_depth;
};

static inline uint64_t random_next(struct random_player *player)
{
	/* xorshift64* */
	player->seed ^= player->seed >> 12;
	player->seed ^= player->seed << 25;
	player->seed ^= player->seed >> 27;
	return player->seed * UINT64_C(0x2545f4914f6cdd1d);
}

static inline uint32_t random_below(struct random_player *player,
				    uint32_t limit)
{
	return (random_next(player) >> 32) * limit >> 32;
}

/* Small numbers are much more likely, as in programs. */
static inline uint32_t random_skewed(struct random_player *player,
				     uint32_t limit)
{
	uint64_t x = random_below(player, 1 << 16);

	return (x * x >> 16) * (x * x >> 16) * limit >> 32;
}

static inline uint32_t random_frame(struct random_player *player)
{
	uint32_t site = random_skewed(player, player->what->functions);
	uint64_t id;
	struct frame frame = {
		.module = 1 + site % 97 % (RANDOM_MODULES - 1),
		.address = 0x1000 + (site * UINT64_C(2654435761) & 0xffffff),
	};

	if (map64_get(&player->frame_ids, site, &id))
		return id;
	map64_put(&player->frame_ids, site, player->frames);
	player->sink->ops->frame(player->sink, &frame);
	return player->frames++;
}

static inline uint32_t random_child(struct random_player *player,
				    uint32_t parent, bool *fresh)
{
	uint64_t count = 0, child;
	struct stack stack = { .parent = parent };

	map64_get(&player->child_counts, parent, &count);
	if (!*fresh && count &&
	    random_below(player, 1000) >= player->what->branch_permille) {
		map64_get(&player->children, (uint64_t)parent << 32 |
			  random_skewed(player, count), &child);
		return child;
	}
	/* Below a new stack there is nothing old; programs soon return. */
	*fresh = true;
	stack.frame = random_frame(player);
	player->sink->ops->stack(player->sink, &stack);
	map64_put(&player->children, (uint64_t)parent << 32 | count,
		  player->stacks);
	map64_put(&player->child_counts, parent, count + 1);
	return player->stacks++;
}

static inline uint32_t random_stack(struct random_player *player)
{
	uint32_t stack = ID_NONE;
	uint32_t depth = 20 + random_below(player, 11);
	bool fresh = false;

	for (uint32_t i = 0; i < depth; i++) {
		stack = random_child(player, stack, &fresh);
		if (fresh && i >= 20 && random_below(player, 2))
			break;
	}
	return stack;
}

static inline void random_window(struct random_player *player,
				 uint32_t thread, uint32_t count)
{
	struct interval *intervals = mem_calloc(count + 1,
						sizeof(*intervals));
	uint64_t wall_ns = 0;

	for (uint32_t i = 0; i < count; i++) {
		struct interval *interval = &intervals[i];

		interval->wall_ns = (750 + random_below(player, 501)) *
			NS_PER_US;
		interval->stack = random_stack(player);
		interval->state = random_below(player, 50) ? STATE_RUNNING :
			random_below(player, STATE_COUNT);
		wall_ns += interval->wall_ns;
	}
	player->sink->ops->window(player->sink, &(struct thread_window){
		thread, player->now_ns, wall_ns - wall_ns / 50 - 12345,
		random_below(player, 1000000), intervals, count });
	free(intervals);
}

static inline void random_sleeper(struct random_player *player,
				  uint32_t thread)
{
	const struct interval asleep = {
		NS_PER_S, thread % MIN(player->stacks, 64u), STATE_FUTEX,
		SAMPLE_UNSTOPPED
	};

	player->sink->ops->window(player->sink, &(struct thread_window){
		thread, player->now_ns, 0, 0, &asleep, 1 });
}

static inline void random_begin(struct random_player *player)
{
	struct sample_sink *sink = player->sink;
	uint32_t threads = player->what->threads + player->what->sleepers;

	data_begin(sink, "2.0", 0);
	sink->ops->process(sink, &(struct process){
		.parent = ID_NONE, .pid = 100, .name = "app",
		.exe = "/usr/bin/app" });
	for (uint32_t i = 0; i < threads; i++)
		sink->ops->thread(sink, &(struct thread){
			.process = 0, .tid = 100 + i, .name = "worker" });
	sink->ops->module(sink, &(struct module){
		.kind = MODULE_SPECIAL, .process = ID_NONE,
		.path = "[special]" });
	for (int i = 1; i < RANDOM_MODULES; i++) {
		struct module module = {
			.kind = MODULE_FILE, .build_id_len = 20,
			.process = ID_NONE,
			.path = "/usr/lib/x86_64-linux-gnu/libsomething.so.1"
		};

		memset(module.build_id, i * 77, sizeof(module.build_id));
		sink->ops->module(sink, &module);
	}
}

static inline void random_symbols(struct random_player *player)
{
	for (uint32_t frame = 0; frame < player->frames; frame++) {
		char *name = mem_printf("ns::some_class<int>::method_%u(char)",
					frame / 5);
		const struct source_location at[] = {
			{ "std::inlined<int>(int)", NULL,
			  "/usr/include/c++/12/bits/stl.h", frame % 991, 12 },
			{ name, NULL, "/src/app.cc", frame, frame - 3 },
		};
		uint32_t skip = frame % 3 > 0;

		player->sink->ops->symbol(player->sink, &(struct symbol){
			frame, SYMBOL_OK, at + skip, 2 - skip });
		free(name);
	}
}

/* Returns the stacks that were defined. */
static inline uint32_t random_play(struct sample_sink *sink,
				   const struct random_recording *what)
{
	struct random_player player = {
		.sink = sink, .what = what, .seed = 88172645463325252,
	};
	uint64_t left = what->samples;

	random_begin(&player);
	while (left) {
		for (uint32_t i = 0; i < what->threads && left; i++) {
			uint32_t count = MIN(left, (uint64_t)1000);

			random_window(&player, i, count);
			left -= count;
		}
		for (uint32_t i = 0; i < what->sleepers; i++)
			random_sleeper(&player, what->threads + i);
		sink->ops->flush(sink);
		player.now_ns += NS_PER_S;
	}
	data_end(sink, player.now_ns, 0);
	if (what->symbols)
		random_symbols(&player);
	map64_release(&player.frame_ids);
	map64_release(&player.children);
	map64_release(&player.child_counts);
	return player.stacks;
}

#endif
