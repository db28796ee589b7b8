/* SPDX-License-Identifier: MIT */
#include "unwind/address_space.h"

#include "base/mem.h"
#include "elf/image.h"
#include "proc/maps.h"
#include "unwind/code_cache.h"
#include "unwind/module_open.h"
#include "unwind/module_table.h"
#include "proc/process.h"
#include "unwind/process_files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is known of one executable mapping; parallel to `maps`. */
struct area {
	uint32_t module;
	uint64_t bias;
	struct elf_image *image;
};

VEC_DEFINE(area_vec, struct area);

struct address_space {
	struct module_table *table;
	pid_t pid;
	uint32_t process;
	uint32_t jit;		/* module, or ID_NONE while not needed */
	uint64_t generation;
	struct proc_maps maps;	/* the executable ones */
	struct area_vec areas;
	size_t last;		/* the area found last */
	pid_t live;		/* a thread that has the memory; 0: none */
	struct code_cache *code;	/* NULL until it is needed */
};

struct address_space *address_space_new(struct module_table *table, pid_t pid,
					uint32_t process)
{
	struct address_space *space = mem_alloc(sizeof(*space));

	space->table = table;
	space->pid = pid;
	space->process = process;
	space->jit = ID_NONE;
	return space;
}

void address_space_free(struct address_space *space)
{
	if (!space)
		return;
	proc_maps_release(&space->maps);
	area_vec_release(&space->areas);
	code_cache_free(space->code);
	free(space);
}

static uint32_t jit_module(struct address_space *space)
{
	if (space->jit == ID_NONE)
		space->jit = module_table_add_jit(space->table, space->pid,
						  space->process);
	return space->jit;
}

static struct area describe(struct address_space *space,
			    struct module_opener *opener,
			    const struct proc_map *map)
{
	struct area area = { .module = module_open(opener, map) };

	if (area.module == ID_NONE) {
		area.module = jit_module(space);
		return area;
	}
	area.image = module_table_image(space->table, area.module);
	if (area.image &&
	    elf_image_bias(area.image, map->start, map->offset, &area.bias))
		return area;
	/* Offsets in the file are all that can be told. */
	area.image = NULL;
	if (module_table_get(space->table, area.module)->kind == MODULE_FILE)
		area.bias = map->start - map->offset;
	return area;
}

static bool same_map(const struct proc_map *a, const struct proc_map *b)
{
	return a->start == b->start && a->end == b->end &&
	       a->offset == b->offset && a->inode == b->inode &&
	       a->dev_major == b->dev_major && a->dev_minor == b->dev_minor &&
	       strcmp(a->path, b->path) == 0;
}

/* Areas of `maps`; those that were there before are not opened again. */
static void describe_all(struct address_space *space,
			 const struct proc_maps *maps, pid_t live,
			 struct area_vec *areas)
{
	struct module_opener opener = {
		.table = space->table,
		.pid = live,
		.root = process_root_open(live),
	};
	size_t i;

	area_vec_reserve(areas, maps->maps.count);
	for (i = 0; i < maps->maps.count; i++) {
		const struct proc_map *map = &maps->maps.items[i];
		const struct proc_map *old;

		old = proc_maps_find(&space->maps, map->start);
		if (old && same_map(old, map))
			area_vec_push(areas, space->areas.items[
					     old - space->maps.maps.items]);
		else
			area_vec_push(areas, describe(space, &opener, map));
	}
	if (opener.root >= 0)
		close(opener.root);
}

static int read_maps(struct address_space *space, struct proc_maps *maps,
		     pid_t *live, struct error *err)
{
	*live = space->pid;
	if (proc_maps_read(maps, space->pid, PROC_MAPS_EXECUTABLE, err))
		return -1;
	if (maps->maps.count > 0)
		return 0;
	/* The first thread has ended, others may live. */
	*live = process_live_thread(space->pid);
	if (*live == 0 ||
	    proc_maps_read(maps, *live, PROC_MAPS_EXECUTABLE, err) ||
	    maps->maps.count == 0)
		return error_set(err, ERROR_SYSTEM,
				 "process %d has no memory any more",
				 (int)space->pid);
	return 0;
}

/* A perf map tells addresses at run time, also of code in files. */
static void note_neighbours(const struct address_space *space)
{
	for (size_t i = 0; i < space->areas.count; i++) {
		const struct area *area = &space->areas.items[i];

		if (area->image)
			module_table_note_bias(space->table, space->jit,
					       area->module, area->bias);
	}
}

int address_space_refresh(struct address_space *space, struct error *err)
{
	struct proc_maps maps = PROC_MAPS_INIT;
	struct area_vec areas = VEC_INIT;
	pid_t live;

	if (read_maps(space, &maps, &live, err)) {
		proc_maps_release(&maps);
		return -1;
	}
	space->live = live;
	if (space->code)
		code_cache_clear(space->code);
	/* Try for the map of a JIT while its process is still there. */
	if (space->jit != ID_NONE)
		module_table_fd(space->table, space->jit);
	if (space->generation > 0 && proc_maps_equal(&space->maps, &maps)) {
		proc_maps_release(&maps);
		return 0;
	}
	describe_all(space, &maps, live, &areas);
	proc_maps_release(&space->maps);
	area_vec_release(&space->areas);
	space->maps = maps;
	space->areas = areas;
	space->last = 0;
	space->generation++;
	if (space->jit != ID_NONE)
		note_neighbours(space);
	return 0;
}

bool address_space_find(struct address_space *space, uint64_t pc,
			struct code_location *where)
{
	const struct proc_map *items = space->maps.maps.items;
	const struct area *area;

	if (space->last >= space->maps.maps.count ||
	    pc - items[space->last].start >=
		    items[space->last].end - items[space->last].start) {
		const struct proc_map *map = proc_maps_find(&space->maps, pc);

		if (!map)
			return false;
		space->last = (size_t)(map - items);
	}
	area = &space->areas.items[space->last];
	where->module = area->module;
	where->address = pc - area->bias;
	where->bias = area->bias;
	where->image = area->image;
	return true;
}

size_t address_space_code(struct address_space *space, uint64_t pc,
			  const uint8_t **code)
{
	if (!space->code)
		space->code = code_cache_new();
	return code_cache_read(space->code, space->live, pc, code);
}

bool address_space_area(const struct address_space *space, size_t index,
			struct code_location *where)
{
	const struct area *area = &space->areas.items[index];

	if (index >= space->areas.count)
		return false;
	*where = (struct code_location){
		.module = area->module,
		.address = space->maps.maps.items[index].start - area->bias,
		.bias = area->bias,
		.image = area->image,
	};
	return true;
}

struct frame address_space_unknown(struct address_space *space, uint64_t pc)
{
	return (struct frame){
		.module = module_table_unknown(space->table),
		.address = pc,
	};
}

uint64_t address_space_generation(const struct address_space *space)
{
	return space->generation;
}
