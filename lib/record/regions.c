/* SPDX-License-Identifier: MIT */
#include "record/regions.h"

#include "base/clock.h"
#include "elf/needed.h"
#include "proc/maps.h"
#include "proc/process.h"
#include "record/regions_state.h"
#include "unwind/process_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	/* A cprof that was killed leaves nothing on for longer. */
	LEASE_NS = 2000 * 1000 * 1000,
	RENEW_NS = 500 * 1000 * 1000,
	/* Between two looks, as fast as the program is. */
	INTERVAL_MIN_NS = 500 * 1000,
	INTERVAL_MAX_NS = 20 * 1000 * 1000,
	INTERVAL_USED_NS = 1000 * 1000,	/* where there are marks */
	LOOKS_NS = 10 * 1000 * 1000,	/* of collectors, there */
	/* For the dynamic linker to map the library; looked for so often. */
	HURRY_NS = 15 * 1000 * 1000,
	HURRY_EVERY_NS = 100 * 1000,
	/* Where it has to wait for a CPU, too: less often then. */
	HURRY_BUSY_NS = 500 * 1000 * 1000,
	HURRY_BUSY_EVERY_NS = 1000 * 1000,
	HOPE_NS = 1000 * 1000 * 1000,	/* what it uses before, too */
	/* Who unloads modules with marks loads others, soon used. */
	RELOAD_EVERY_NS = 10 * 1000 * 1000,
	RELOAD_FACTOR = 100,		/* of what it costs */
	UNREAD_MAX = 256,		/* modules that are named, at most */
};

void regions_release(struct regions *regions)
{
	region_call_vec_release(&regions->calls);
}

/* Something else may be there by now. */
static bool has_note(pid_t tid, const uint8_t *note, uint64_t address)
{
	uint8_t there[ELF_MARKER_NOTE_BYTES];

	return process_memory_read(tid, address, there, sizeof(there)) ==
	       sizeof(there) && memcmp(there, note, sizeof(there)) == 0;
}

/* NULL: not readable and writable, which may be so in a moment only. */
static struct pool_record *add_pool(struct process_marks *marks, pid_t tid,
				    const uint8_t *note, uint64_t address)
{
	const uint64_t now_ns = clock_monotonic_ns();
	struct pool_record *record;
	struct marker_pool *pool;

	for (size_t i = 0; i < marks->count; i++) {
		if (marks->pools[i]->note_address == address)
			return marks->pools[i];
	}
	if (marks->count == POOLS_MAX || !has_note(tid, note, address))
		return NULL;
	pool = marker_pool_open(tid, note, address, now_ns,
				process_clock_ahead_ns(tid));
	if (!pool || !marker_pool_lease(pool, tid, now_ns + LEASE_NS)) {
		marker_pool_close(pool);
		return NULL;
	}
	record = mem_alloc(sizeof(*record));
	record->pool = pool;
	memcpy(record->note, note, sizeof(record->note));
	record->note_address = address;
	marks->pools[marks->count++] = record;
	marks->hope_ns = now_ns + HOPE_NS;
	return record;
}

/* The load bias of the program that `pid` is about to begin. */
static bool program_bias(const struct elf_image *image, int fd, pid_t pid,
			 uint64_t *bias)
{
	struct proc_maps maps = PROC_MAPS_INIT;
	struct stat file;
	bool found = false;

	if (fstat(fd, &file) != 0 ||
	    proc_maps_read(&maps, pid, PROC_MAPS_EXECUTABLE, NULL))
		return false;
	for (size_t i = 0; i < maps.maps.count && !found; i++) {
		const struct proc_map *map = &maps.maps.items[i];

		found = map->inode == file.st_ino &&
			elf_image_bias(image, map->start, map->offset, bias);
	}
	proc_maps_release(&maps);
	return found;
}

struct process_marks *regions_exec(struct sampler *sampler, pid_t pid)
{
	struct process_marks *marks = NULL;
	struct elf_image *image = NULL;
	uint64_t address = 0, bias;
	const uint8_t *note;
	char exe[64];
	int fd;

	snprintf(exe, sizeof(exe), "/proc/%d/exe", (int)pid);
	fd = open(exe, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return NULL;
	elf_image_open(&image, fd, NULL);
	note = image ? elf_image_marker_note(image, &address) : NULL;
	if (note && program_bias(image, fd, pid, &bias)) {
		marks = mem_alloc(sizeof(*marks));
		add_pool(marks, pid, note, bias + address);
	} else if (elf_needs(fd, "libcprof.so")) {
		marks = mem_alloc(sizeof(*marks));
		marks->hurry_ns = clock_monotonic_ns() + HURRY_BUSY_NS;
	}
	elf_image_free(image);
	close(fd);
	return marks;
}

/* Whose memory is read: until that fails, or it ends. */
static pid_t live_thread(const struct process_record *process)
{
	struct process_marks *marks = process->marks;

	if (!marks->live)
		marks->live = process_live_thread(process->pid);
	return marks->live;
}

/* One of more modules than are read: that is told, with its name. */
static void tell_unread(struct sampler *sampler,
			struct process_record *process,
			const struct code_location *where, uint64_t address)
{
	struct map64 *unread = &process->marks->unread;
	const struct module *module;

	if (map64_get(unread, address, NULL) || unread->count >= UNREAD_MAX)
		return;
	map64_put(unread, address, 1);
	module = module_table_get(sampler->modules, where->module);
	sampler->sink->ops->run_note(sampler->sink, &(struct run_note){
		.run = sampler->run, .kind = RUN_NOTE_UNREAD, .key = "",
		.value = module->path });
}

/* New modules may have marks. */
static void search(struct sampler *sampler, struct process_record *process)
{
	struct process_marks *marks = process->marks;
	struct code_location where;
	const uint64_t now_ns = clock_monotonic_ns();

	if (marks->generation != address_space_generation(process->space))
		marks->again_ns = now_ns + HURRY_BUSY_NS;
	else if (!marks->again)
		return;
	marks->generation = address_space_generation(process->space);
	/* The linker maps the code of a library before its data. */
	marks->again = false;
	for (size_t i = 0; address_space_area(process->space, i, &where);
	     i++) {
		const uint8_t *note;
		uint64_t address = 0;

		note = where.image ? elf_image_marker_note(where.image,
							   &address) : NULL;
		if (!note)
			continue;
		if (add_pool(marks, live_thread(process), note,
			     where.bias + address)) {
			tracer_watch_exits(sampler->tracer, process->pid);
		} else if (marks->count == POOLS_MAX) {
			tell_unread(sampler, process, &where,
				    where.bias + address);
		} else {
			marks->again |= now_ns < marks->again_ns;
			marks->live = 0;
		}
	}
}

/* What its maker said of the run is not said again. */
static void add_copy(struct process_record *process,
		     const struct pool_record *theirs)
{
	struct pool_record *record = add_pool(process->marks, process->pid,
					      theirs->note,
					      theirs->note_address);

	if (!record)
		return;
	record->run_changes = theirs->run_changes;
	record->run_labels = theirs->run_labels;
}

/* Their child has the same at the same place, unless it is the same. */
static void inherit(struct process_record *process,
		    const struct process_record *maker)
{
	const struct process_marks *from = maker->marks;

	for (size_t i = 0; i < from->count; i++) {
		const struct pool_record *theirs = from->pools[i];

		/* Not one that has exec'd meanwhile. */
		if (has_note(process->pid, theirs->note,
			     theirs->note_address) &&
		    !marker_pool_is_shared(theirs->pool, live_thread(maker),
					   process->pid))
			add_copy(process, theirs);
	}
}

/* Is its library about to be mapped? */
static bool hurries(const struct process_record *process, uint64_t now_ns)
{
	return !process->marks->count && now_ns < process->marks->hurry_ns;
}

static uint64_t hurry_interval(const struct process_record *process,
			       uint64_t now_ns)
{
	return process->marks->hurry_ns - now_ns > HURRY_BUSY_NS - HURRY_NS ?
	       HURRY_EVERY_NS : HURRY_BUSY_EVERY_NS;
}

/* False: it does not unload any. */
static bool reloads(struct process_record *process)
{
	struct process_marks *marks = process->marks;
	const uint64_t now_ns = clock_monotonic_ns();

	if (!marks->unloaded)
		return false;
	if (now_ns >= marks->reload_ns) {
		address_space_refresh(process->space, NULL);
		marks->reload_ns = now_ns + MAX((uint64_t)RELOAD_EVERY_NS,
						RELOAD_FACTOR *
						(clock_monotonic_ns() -
						 now_ns));
	}
	return true;
}

void regions_attach(struct sampler *sampler, struct process_record *process)
{
	if (!process->marks->count &&
	    address_space_refresh(process->space, NULL) == 0)
		search(sampler, process);
}

void regions_process_begin(struct sampler *sampler,
			   struct process_record *process,
			   struct process_marks *marks,
			   const struct process_record *maker)
{
	const uint64_t now_ns = clock_monotonic_ns();

	process->marks = marks ? marks : mem_alloc(sizeof(*process->marks));
	process->marks->renew_ns = now_ns + RENEW_NS;
	if (!marks && maker)
		inherit(process, maker);
	sampler->regions.interval_ns = INTERVAL_MIN_NS;
	sampler->regions.next_ns = now_ns + (hurries(process, now_ns) ?
					     HURRY_EVERY_NS :
					     INTERVAL_MIN_NS);
}

static void pool_record_free(struct pool_record *record)
{
	marker_pool_close(record->pool);
	map64_release(&record->events);
	map64_release(&record->labels);
	map64_release(&record->counters);
	map64_release(&record->held_at);
	metric_value_vec_release(&record->held);
	free(record);
}

/* Its module was unloaded: what is there now, is another's memory. */
static void unload(struct sampler *sampler, struct process_record *process,
		   size_t i)
{
	struct process_marks *marks = process->marks;
	struct drain drain = drain_of(sampler, process, i);

	marker_pool_end(drain.record->pool, clock_monotonic_ns(), &drain_ops,
			&drain);
	drain_hand_over(&drain);
	drain_held(sampler, process);
	marker_pool_losses(drain.record->pool, &marks->before);
	pool_record_free(drain.record);
	marks->count--;
	memmove(&marks->pools[i], &marks->pools[i + 1],
		(marks->count - i) * sizeof(*marks->pools));
	marks->unloaded++;
}

/*
 * Read what is new.  When that fails, by another thread: the first one may
 * have ended.  What none can see is gone.
 */
static size_t drain_live(struct sampler *sampler,
			 struct process_record *process)
{
	struct process_marks *marks = process->marks;
	size_t most = 0, none = 0;

	if (drain_process(sampler, process, live_thread(process), &most))
		return most;
	marks->live = 0;
	if (!live_thread(process) ||
	    drain_process(sampler, process, marks->live, &most))
		return most;
	for (size_t i = marks->count; i-- > 0;) {
		struct drain drain = drain_of(sampler, process, i);

		if (!marker_pool_drain(drain.record->pool, marks->live,
				       &drain_ops, &drain, &none))
			unload(sampler, process, i);
		drain_hand_over(&drain);
	}
	/* There may be another one at the same place. */
	address_space_refresh(process->space, NULL);
	marks->again = true;
	marks->again_ns = clock_monotonic_ns() + HURRY_BUSY_NS;
	return most;
}

/* What it left open ends now. */
static void end_thread(struct sampler *sampler, struct thread_record *thread)
{
	const uint64_t now_ns = clock_monotonic_ns();
	struct process_record *process = thread->process;

	for (size_t i = 0; i < process->marks->count; i++) {
		struct drain drain = drain_of(sampler, process, i);

		marker_pool_thread_end(drain.record->pool,
				       drain_inner_tid(thread), now_ns,
				       &drain_ops, &drain);
		drain_hand_over(&drain);
	}
}

void regions_thread_end(struct sampler *sampler, struct thread_record *thread)
{
	struct process_record *process = thread->process;

	process->marks->exiting -= thread->exiting;
	thread->exiting = false;
	if (process->marks->live == thread->tracee->tid)
		process->marks->live = 0;
	if (!process->marks->count)
		return;
	if (process->thread_count > 1)
		drain_live(sampler, process);
	end_thread(sampler, thread);
	if (process->thread_count <= 1)
		drain_held(sampler, process);
}

/* All that is open ends now. */
static void end_all(struct sampler *sampler, struct process_record *process)
{
	const uint64_t now_ns = clock_monotonic_ns();

	for (size_t i = 0; i < process->marks->count; i++) {
		struct drain drain = drain_of(sampler, process, i);

		marker_pool_end(drain.record->pool, now_ns, &drain_ops,
				&drain);
		drain_hand_over(&drain);
	}
}

static void free_pools(struct process_marks *marks)
{
	for (size_t i = 0; i < marks->count; i++)
		pool_record_free(marks->pools[i]);
	marks->count = 0;
}

void regions_leave(struct sampler *sampler, struct process_record *process)
{
	end_all(sampler, process);
	drain_held(sampler, process);
	drain_losses(sampler, process);
	free_pools(process->marks);
}

void regions_marks_free(struct process_marks *marks)
{
	if (!marks)
		return;
	free_pools(marks);
	map64_release(&marks->unread);
	free(marks);
}

void regions_process_end(struct sampler *sampler,
			 struct process_record *process)
{
	regions_marks_free(process->marks);
	process->marks = NULL;
}

void regions_exiting(struct sampler *sampler, struct thread_record *thread)
{
	struct process_record *process = thread->process;
	const pid_t tid = thread->tracee->tid;
	size_t most = 0;

	if (!process->marks->count)
		return;
	drain_process(sampler, process, tid, &most);
	/* The end of a first thread is told when all have ended. */
	end_thread(sampler, thread);
	process->marks->exiting += !thread->exiting;
	thread->exiting = true;
	if (tid == process->pid ||
	    process->marks->exiting >= process->thread_count)
		drain_sums(sampler, process, tid);
}

/* After all has been read. */
static void lease(struct sampler *sampler, struct process_record *process,
		  uint64_t until_ns)
{
	for (size_t i = 0; i < process->marks->count; i++) {
		struct drain drain = drain_of(sampler, process, i);
		uint64_t since_ns;

		marker_pool_lease(drain.record->pool, live_thread(process),
				  until_ns);
		since_ns = marker_pool_lapse_ns(drain.record->pool);
		if (since_ns)
			drain_tell_lapse(&drain, since_ns);
	}
}

static void renew(struct sampler *sampler, struct process_record *process)
{
	struct process_marks *marks = process->marks;
	const uint64_t now_ns = clock_monotonic_ns();

	if (now_ns < marks->renew_ns)
		return;
	marks->renew_ns = now_ns + RENEW_NS;
	lease(sampler, process, now_ns + LEASE_NS);
}

static bool is_used(const struct process_record *process)
{
	for (size_t i = 0; i < process->marks->count; i++) {
		if (marker_pool_is_used(process->marks->pools[i]->pool))
			return true;
	}
	return false;
}

void regions_serve(struct sampler *sampler)
{
	struct regions *regions = &sampler->regions;
	uint64_t now_ns = clock_monotonic_ns();
	size_t most = 0;
	uint64_t hurry_every_ns = UINT64_MAX;
	bool used = false, hope = false;

	regions->boundary = false;
	for (struct process_record *p = sampler->processes; p; p = p->next) {
		if (hurries(p, now_ns)) {
			address_space_refresh(p->space, NULL);
			hurry_every_ns = MIN(hurry_every_ns,
					     hurry_interval(p, now_ns));
		}
		if (reloads(p))
			hurry_every_ns = MIN(hurry_every_ns,
					     (uint64_t)RELOAD_EVERY_NS);
		search(sampler, p);
		if (!p->marks->count)
			continue;
		most = MAX(most, drain_live(sampler, p));
		renew(sampler, p);
		used |= is_used(p);
		hope |= now_ns < p->marks->hope_ns;
	}
	/* Of what begins, too, but not all the time. */
	if (regions->boundary || (most && now_ns >= regions->look_ns)) {
		collect_soon(sampler->collect, sampler_now(sampler));
		collect_tick(sampler->collect, sampler_now(sampler));
		regions->look_ns = now_ns + LOOKS_NS;
	}
	regions->used = used || hope;
	if (used)
		collect_soon(sampler->collect,
			     sampler_now(sampler) + LOOKS_NS);
	if (most > MARK_RING / 8)
		regions->interval_ns /= 2;
	else if (most < MARK_RING / 64)
		regions->interval_ns *= 2;
	regions->interval_ns = MIN(MAX(regions->interval_ns,
				       (uint64_t)INTERVAL_MIN_NS),
				   used ? (uint64_t)INTERVAL_USED_NS :
				   (uint64_t)INTERVAL_MAX_NS);
	now_ns = clock_monotonic_ns();
	regions->next_ns = now_ns + MIN(hurry_every_ns, regions->interval_ns);
}

void regions_stop(struct sampler *sampler)
{
	for (struct process_record *p = sampler->processes; p; p = p->next) {
		if (!p->marks->count)
			continue;
		drain_live(sampler, p);
		lease(sampler, p, 0);
		drain_live(sampler, p);
		drain_sums(sampler, p, live_thread(p));
		end_all(sampler, p);
	}
}

void regions_flush(struct sampler *sampler)
{
	for (struct process_record *p = sampler->processes; p; p = p->next) {
		p->marks->calls = p->marks->values = 0;
		drain_held(sampler, p);
		if (p->marks->count)
			drain_sums(sampler, p, live_thread(p));
	}
}
