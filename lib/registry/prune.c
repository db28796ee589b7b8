/* SPDX-License-Identifier: MIT */
#include "registry/prune.h"

#include "base/clock.h"
#include "base/intern.h"
#include "registry/baseline_index.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	LOCK_TRIES = 50,
	LOCK_PAUSE_NS = 100 * 1000 * 1000
};

VEC_DEFINE(count_vec, uint32_t);

struct planner {
	struct prune_plan *plan;
	const struct prune_rule *rule;
	struct baseline_index baselines;
	struct intern groups;
	struct count_vec seen;		/* by group, from the newest on */
};

/* How many newer ones of its name and version there are. */
static uint32_t count_newer(struct planner *planner,
			    const struct registry_entry *entry)
{
	const char *name = registry_entry_name(entry);
	const char *version = registry_entry_version(entry);
	struct strbuf key = STRBUF_INIT;
	bool is_new;
	uint32_t id;

	strbuf_add_bytes(&key, name, strlen(name) + 1);
	strbuf_add(&key, version);
	id = intern_add(&planner->groups, strbuf_text(&key), key.len, &is_new);
	if (is_new)
		count_vec_push(&planner->seen, 0);
	strbuf_release(&key);
	return planner->seen.items[id]++;
}

static bool is_in_baseline(const struct planner *planner,
			   const struct registry_entry *entry)
{
	struct string_vec names = VEC_INIT;
	bool found;

	baseline_index_find(&planner->baselines, entry->path, &names);
	found = names.count > 0;
	string_vec_release(&names);
	return found;
}

static bool is_regular(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void consider(struct planner *planner,
		     const struct registry_entry *entry)
{
	const struct prune_rule *rule = planner->rule;
	struct prune_plan *plan = planner->plan;
	uint32_t newer;

	if (entry->state != REGISTRY_WHOLE || !is_regular(entry->path)) {
		plan->not_whole++;
		return;
	}
	if (!registry_selects(rule->select, entry))
		return;
	newer = count_newer(planner, entry);
	if (newer < rule->keep || (rule->before_ns &&
	    entry->start_realtime_ns >= rule->before_ns)) {
		plan->kept++;
	} else if (is_in_baseline(planner, entry)) {
		plan->in_baselines++;
		plan->kept++;
	} else {
		prune_vec_push(&plan->victims, entry);
		plan->bytes += entry->bytes;
	}
}

static void reverse(struct prune_vec *victims)
{
	for (size_t i = 0; i < victims->count / 2; i++) {
		const struct registry_entry **left = &victims->items[i];
		const struct registry_entry **right =
			&victims->items[victims->count - 1 - i];
		const struct registry_entry *swap = *left;

		*left = *right;
		*right = swap;
	}
}

int prune_plan_init(struct prune_plan *plan, const struct registry *registry,
		    const struct prune_rule *rule, struct error *err)
{
	struct planner planner = { .plan = plan, .rule = rule };
	int ret = baseline_index_init(&planner.baselines, registry->directory,
				      err);

	*plan = (struct prune_plan){ .not_whole = registry->strangers.count };
	for (size_t i = registry->entries.count; i-- > 0 && !ret;)
		consider(&planner, &registry->entries.items[i]);
	reverse(&plan->victims);
	baseline_index_release(&planner.baselines);
	intern_release(&planner.groups);
	count_vec_release(&planner.seen);
	return ret;
}

void prune_plan_release(struct prune_plan *plan)
{
	prune_vec_release(&plan->victims);
}

/* Is it still the recording that was looked at? */
static bool is_same(const struct registry_entry *victim)
{
	struct profile_reader *reader;
	bool same;

	if (!is_regular(victim->path) ||
	    profile_reader_open(&reader, victim->path, READER_STRICT, NULL))
		return false;
	same = profile_reader_header(reader)->session == victim->session &&
		!profile_reader_is_partial(reader);
	profile_reader_close(reader);
	return same;
}

int prune_remove(const struct registry_entry *victim, struct error *err)
{
	if (!is_same(victim))
		return 0;
	if (unlink(victim->path) == 0)
		return 1;
	if (errno == ENOENT)
		return 0;
	return error_set_errno(err, "cannot remove %s", victim->path);
}

int registry_lock(const char *directory, struct error *err)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NS };
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_NOT_FOUND,
				 "there is no directory %s", directory);
	if (fd < 0)
		return error_set_errno(err, "cannot open %s", directory);
	for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
		/* A file system without locks: do without. */
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fd;
		if (i == LOCK_TRIES) {
			close(fd);
			return error_set(err, ERROR_SYSTEM, "%s: another "
					 "cprof changes baselines or prunes",
					 directory);
		}
		nanosleep(&pause, NULL);
	}
	return fd;
}
