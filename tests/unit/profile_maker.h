/* SPDX-License-Identifier: MIT */
/*
 * Profiles made by hand: code is named by one letter each, a stack is a
 * word, outermost first.  "mab" is m calling a calling b.
 *
 * Letters are functions of module /bin/app, frame address = the letter, in
 * file "x.c" at line = the letter; upper case ones are of /lib/libz.so.
 */
#ifndef TESTS_UNIT_PROFILE_MAKER_H
#define TESTS_UNIT_PROFILE_MAKER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "profile/builder.h"

#include <ctype.h>

struct maker {
	struct profile_builder *builder;
	struct sample_sink *sink;
	uint32_t stacks;
	uint32_t frames;
	uint64_t now_ns;
	char words[64][32];	/* by stack id */
	char letters[64];	/* by frame id */
};

static inline void maker_file(struct maker *maker, const char *path)
{
	const struct recording_info info = { .host = "here" };
	const struct module modules[] = {
		{ .kind = MODULE_SPECIAL, .path = "[special]" },
		{ .kind = MODULE_FILE, .path = "/bin/app" },
		{ .kind = MODULE_FILE, .path = "/lib/libz.so" },
	};

	profile_builder_file(maker->builder, path, &info);
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		maker->sink->ops->module(maker->sink, &modules[i]);
	maker->stacks = maker->frames = 0;
}

static inline struct maker *maker_new(void)
{
	struct maker *maker = mem_alloc(sizeof(*maker));

	maker->builder = profile_builder_new();
	maker->sink = profile_builder_sink(maker->builder);
	maker_file(maker, "test.prof");
	return maker;
}

static inline void maker_run(struct maker *maker, uint64_t start_ns)
{
	static const char *const argv[] = { "./app", "-x" };
	const struct run_begin run = {
		.start_ns = start_ns, .argv = argv, .argc = 2,
		.name = "app", .version = "1", .rate_hz = 1000,
	};

	maker->now_ns = start_ns;
	maker->sink->ops->run_begin(maker->sink, &run);
}

static inline void maker_process(struct maker *maker, uint32_t run,
				 const char *name, int pid)
{
	const struct process process = {
		.run = run, .parent = ID_NONE, .pid = pid, .name = name,
		.exe = "/bin/app",
	};

	maker->sink->ops->process(maker->sink, &process);
}

static inline void maker_thread(struct maker *maker, uint32_t process,
				const char *name, int tid)
{
	const struct thread thread = {
		.process = process, .tid = tid, .name = name,
	};

	maker->sink->ops->thread(maker->sink, &thread);
}

/* Digits are functions that were made at run time, from now on. */
static inline void maker_jit(struct maker *maker)
{
	const struct module jit = {
		.kind = MODULE_JIT, .process = 0, .path = "[jit]",
	};

	maker->sink->ops->module(maker->sink, &jit);
}

/* One run, one process "app" 10, one thread "app" 10. */
static inline struct maker *maker_simple(void)
{
	struct maker *maker = maker_new();

	maker_run(maker, 1000);
	maker_process(maker, 0, "app", 10);
	maker_thread(maker, 0, "app", 10);
	return maker;
}

static inline uint32_t maker_frame(struct maker *maker, char letter)
{
	const struct frame frame = {
		.module = isdigit((unsigned char)letter) ? 3 :
			  isupper((unsigned char)letter) ? 2 : 1,
		.address = letter,
	};
	const char name[] = { letter, '\0' };
	const struct source_location location = {
		.function = name, .file = "/src/x.c", .line = letter,
		.function_line = 1,
	};
	const struct symbol symbol = {
		.frame = maker->frames, .chain = &location, .count = 1,
	};

	for (uint32_t i = 0; i < maker->frames; i++) {
		if (maker->letters[i] == letter)
			return i;
	}
	assert_true(maker->frames < 64);
	maker->letters[maker->frames] = letter;
	maker->sink->ops->frame(maker->sink, &frame);
	maker->sink->ops->symbol(maker->sink, &symbol);
	return maker->frames++;
}

/* The id of the stack that `word` spells. */
static inline uint32_t maker_stack(struct maker *maker, const char *word)
{
	struct stack stack = { .parent = ID_NONE };
	uint32_t id = ID_NONE;

	for (size_t len = 1; len <= strlen(word); len++) {
		stack.parent = id;
		for (id = 0; id < maker->stacks; id++) {
			if (strlen(maker->words[id]) == len &&
			    strncmp(maker->words[id], word, len) == 0)
				break;
		}
		if (id < maker->stacks)
			continue;
		assert_true(id < 64 && len < 32);
		stack.frame = maker_frame(maker, word[len - 1]);
		maker->sink->ops->stack(maker->sink, &stack);
		memcpy(maker->words[id], word, len);
		maker->words[id][len] = '\0';
		maker->stacks++;
	}
	return id;
}

/* One sample of `ms` milliseconds; CPU time only when running. */
static inline void maker_sample_of(struct maker *maker, uint32_t thread,
				   const char *word, uint64_t ms,
				   enum thread_state state)
{
	const struct interval interval = {
		.wall_ns = ms * 1000000,
		.stack = maker_stack(maker, word),
		.state = state,
	};
	const struct thread_window window = {
		.thread = thread, .start_ns = maker->now_ns,
		.cpu_ns = state == STATE_RUNNING ? ms * 1000000 : 0,
		.intervals = &interval, .count = 1,
	};

	maker->sink->ops->window(maker->sink, &window);
	maker->now_ns += ms * 1000000;
}

static inline void maker_sample(struct maker *maker, const char *word,
				uint64_t ms)
{
	maker_sample_of(maker, 0, word, ms, STATE_RUNNING);
}

static inline struct profile *maker_finish(struct maker *maker)
{
	struct error err = ERROR_INIT;
	struct profile *profile;

	if (profile_builder_error(maker->builder, &err))
		fail_msg("%s", err.text);
	profile = profile_builder_finish(maker->builder);
	profile_builder_free(maker->builder);
	free(maker);
	return profile;
}

#endif
