/* SPDX-License-Identifier: MIT */
/* Frames and stacks as ids, defined in the sink at first sight. */
#ifndef CPROF_RECORD_STACK_TABLE_H
#define CPROF_RECORD_STACK_TABLE_H

#include "base/intern.h"
#include "base/map64.h"
#include "model/sink.h"
#include "model/stack.h"
#include "unwind/address_space.h"

struct stack_table {
	struct sample_sink *sink;
	const struct module_table *modules;
	uint32_t modules_defined;
	struct intern frames;		/* struct frame, packed -> id */
	struct map64 stacks;		/* parent, frame -> id */
	struct stack_vec tree;		/* by id */
};

void stack_table_init(struct stack_table *table, struct sample_sink *sink,
		      const struct module_table *modules);
void stack_table_release(struct stack_table *table);

/* The id of a stack of `count` frames, innermost first, under `root`. */
uint32_t stack_table_add(struct stack_table *table, const struct frame *frames,
			 size_t count, uint32_t root);

/* The id of the stack of this one special frame. */
uint32_t stack_table_special(struct stack_table *table,
			     enum special_frame special);

/* The outer part of a stack and its innermost frame; `id` is of this table. */
struct stack stack_table_get(const struct stack_table *table, uint32_t id);

uint32_t stack_table_frame_count(const struct stack_table *table);
struct frame stack_table_frame(const struct stack_table *table, uint32_t id);

#endif
