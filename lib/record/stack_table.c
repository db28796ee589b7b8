/* SPDX-License-Identifier: MIT */
#include "record/stack_table.h"

#include <string.h>

enum {
	FRAME_KEY_BYTES = 12	/* module and address, without padding */
};

void stack_table_init(struct stack_table *table, struct sample_sink *sink,
		      const struct module_table *modules)
{
	*table = (struct stack_table){ .sink = sink, .modules = modules };
}

void stack_table_release(struct stack_table *table)
{
	intern_release(&table->frames);
	map64_release(&table->stacks);
	stack_vec_release(&table->tree);
}

static void define_modules(struct stack_table *table)
{
	const uint32_t count = module_table_count(table->modules);

	while (table->modules_defined < count) {
		uint32_t id = table->modules_defined++;

		table->sink->ops->module(table->sink,
					 module_table_get(table->modules, id));
	}
}

static uint32_t frame_id(struct stack_table *table, const struct frame *frame)
{
	unsigned char key[FRAME_KEY_BYTES];
	bool is_new;
	uint32_t id;

	memcpy(key, &frame->module, 4);
	memcpy(key + 4, &frame->address, 8);
	id = intern_add(&table->frames, key, sizeof(key), &is_new);
	if (is_new) {
		define_modules(table);
		table->sink->ops->frame(table->sink, frame);
	}
	return id;
}

static uint32_t child_id(struct stack_table *table, uint32_t parent,
			 uint32_t frame)
{
	const uint64_t key = (uint64_t)parent << 32 | frame;
	const struct stack stack = { .parent = parent, .frame = frame };
	uint64_t id;

	if (map64_get(&table->stacks, key, &id))
		return id;
	id = table->tree.count;
	map64_put(&table->stacks, key, id);
	stack_vec_push(&table->tree, stack);
	table->sink->ops->stack(table->sink, &stack);
	return id;
}

uint32_t stack_table_add(struct stack_table *table, const struct frame *frames,
			 size_t count, uint32_t root)
{
	uint32_t id = root;

	while (count-- > 0)
		id = child_id(table, id, frame_id(table, &frames[count]));
	return id;
}

uint32_t stack_table_special(struct stack_table *table,
			     enum special_frame special)
{
	const struct frame frame = { .module = 0, .address = special };

	return stack_table_add(table, &frame, 1, ID_NONE);
}

struct stack stack_table_get(const struct stack_table *table, uint32_t id)
{
	return table->tree.items[id];
}

uint32_t stack_table_frame_count(const struct stack_table *table)
{
	return table->frames.count;
}

struct frame stack_table_frame(const struct stack_table *table, uint32_t id)
{
	const char *key = intern_get(&table->frames, id, NULL);
	struct frame frame;

	memcpy(&frame.module, key, 4);
	memcpy(&frame.address, key + 4, 8);
	return frame;
}
