/* SPDX-License-Identifier: MIT */
#include "unwind/module_table.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/map64.h"
#include "base/mem.h"
#include "base/path.h"
#include "base/vec.h"
#include "elf/image.h"
#include "unwind/jit_map.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct neighbour {
	uint32_t module;
	uint64_t bias;
};

VEC_DEFINE(neighbour_vec, struct neighbour);

struct module_entry {
	struct module module;
	struct elf_image *image;
	int fd;
	struct jit_map *jit;	/* MODULE_JIT only */
	struct neighbour_vec neighbours;	/* likewise */
};

struct module_table {
	struct module_entry **entries;	/* stay where they are */
	uint32_t count;
	uint32_t capacity;
	struct map64 by_key;		/* hash of file_key -> id */
	struct map64 by_build_id;	/* hash of name and build-id -> id */
	uint32_t unknown;
	struct arena arena;
};

static struct module_entry *add_entry(struct module_table *table,
				      enum module_kind kind, const char *path)
{
	struct module_entry *entry;

	if (table->count == table->capacity) {
		table->capacity = MAX(16u, table->capacity * 2);
		table->entries = mem_realloc(table->entries, table->capacity,
					     sizeof(*table->entries));
	}
	entry = arena_alloc(&table->arena, sizeof(*entry));
	entry->module.kind = (uint8_t)kind;
	entry->module.process = ID_NONE;
	entry->module.path = arena_strdup(&table->arena, path);
	entry->fd = -1;
	table->entries[table->count++] = entry;
	return entry;
}

struct module_table *module_table_new(void)
{
	struct module_table *table = mem_alloc(sizeof(*table));

	add_entry(table, MODULE_SPECIAL, "[special]");
	table->unknown = ID_NONE;
	return table;
}

void module_table_free(struct module_table *table)
{
	uint32_t i;

	if (!table)
		return;
	for (i = 0; i < table->count; i++) {
		struct module_entry *entry = table->entries[i];

		elf_image_free(entry->image);
		jit_map_free(entry->jit);
		neighbour_vec_release(&entry->neighbours);
		if (entry->fd >= 0)
			close(entry->fd);
	}
	free(table->entries);
	map64_release(&table->by_key);
	map64_release(&table->by_build_id);
	arena_release(&table->arena);
	free(table);
}

uint32_t module_table_count(const struct module_table *table)
{
	return table->count;
}

const struct module *module_table_get(const struct module_table *table,
				      uint32_t id)
{
	return &table->entries[id]->module;
}

int module_table_fd(const struct module_table *table, uint32_t id)
{
	struct module_entry *entry = table->entries[id];

	/* A JIT compiler may write its map long after its first code. */
	if (entry->fd < 0 && entry->jit)
		entry->fd = jit_map_open(entry->jit);
	return entry->fd;
}

uint32_t module_table_unknown(struct module_table *table)
{
	if (table->unknown == ID_NONE) {
		table->unknown = table->count;
		add_entry(table, MODULE_UNKNOWN, "[unknown]");
	}
	return table->unknown;
}

struct elf_image *module_table_image(const struct module_table *table,
				     uint32_t id)
{
	return table->entries[id]->image;
}

static uint64_t hash_key(const struct file_key *key)
{
	return hash_bytes(key, sizeof(*key));
}

uint32_t module_table_lookup(const struct module_table *table,
			     const struct file_key *key)
{
	uint64_t id;

	if (!map64_get(&table->by_key, hash_key(key), &id))
		return ID_NONE;
	return (uint32_t)id;
}

/* 0 when there is no build-id. */
static uint64_t build_id_hash(const struct module *module)
{
	if (!module->build_id_len)
		return 0;
	return hash_bytes(module->build_id, module->build_id_len) ^
	       hash_bytes(path_base(module->path),
			  strlen(path_base(module->path)));
}

static bool same_build(const struct module *a, const struct module *b)
{
	return a->build_id_len == b->build_id_len &&
	       memcmp(a->build_id, b->build_id, a->build_id_len) == 0;
}

static void set_build_id(struct module *module, const struct elf_image *image)
{
	const uint8_t *id;
	size_t len;

	if (!image)
		return;
	id = elf_image_build_id(image, &len);
	if (!id || len > BUILD_ID_MAX)
		return;
	memcpy(module->build_id, id, len);
	module->build_id_len = (uint8_t)len;
}

uint32_t module_table_add(struct module_table *table,
			  const struct file_key *key, enum module_kind kind,
			  const char *path, int fd, struct elf_image *image)
{
	struct module probe = { .path = path };
	struct module_entry *entry;
	uint64_t hash, id;

	set_build_id(&probe, image);
	hash = build_id_hash(&probe);
	if (hash && map64_get(&table->by_build_id, hash, &id) &&
	    same_build(&probe, &table->entries[id]->module)) {
		elf_image_free(image);
		if (fd >= 0)
			close(fd);
		map64_put(&table->by_key, hash_key(key), id);
		return (uint32_t)id;
	}
	id = table->count;
	entry = add_entry(table, kind, path);
	set_build_id(&entry->module, image);
	entry->fd = fd;
	entry->image = image;
	map64_put(&table->by_key, hash_key(key), id);
	if (hash)
		map64_put(&table->by_build_id, hash, id);
	return (uint32_t)id;
}

uint32_t module_table_add_jit(struct module_table *table, pid_t pid,
			      uint32_t process)
{
	uint32_t id = table->count;
	struct module_entry *entry = add_entry(table, MODULE_JIT, "[jit]");

	entry->module.process = process;
	entry->jit = jit_map_new(pid);
	return id;
}

static struct neighbour *find_neighbour(const struct module_entry *entry,
					uint32_t id)
{
	for (size_t i = 0; i < entry->neighbours.count; i++) {
		if (entry->neighbours.items[i].module == id)
			return &entry->neighbours.items[i];
	}
	return NULL;
}

void module_table_note_bias(struct module_table *table, uint32_t jit,
			    uint32_t id, uint64_t bias)
{
	struct module_entry *entry = table->entries[jit];
	struct neighbour *known = find_neighbour(entry, id);

	if (known)
		known->bias = bias;
	else
		neighbour_vec_push(&entry->neighbours,
				   (struct neighbour){ id, bias });
}

bool module_table_bias(const struct module_table *table, uint32_t jit,
		       uint32_t id, uint64_t *bias)
{
	const struct neighbour *known = find_neighbour(table->entries[jit],
						       id);

	if (known)
		*bias = known->bias;
	return known;
}
