/* SPDX-License-Identifier: MIT */
/*
 * The profiles of a directory.  The directory is the registry: there is no
 * other record of what is in it, so none can be wrong.
 */
#ifndef CPROF_REGISTRY_SCAN_H
#define CPROF_REGISTRY_SCAN_H

#include "base/strbuf.h"
#include "format/summary.h"

enum registry_state {
	REGISTRY_WHOLE,
	REGISTRY_DAMAGED,	/* finished, but its summary is not readable */
	REGISTRY_CUT_OFF,	/* the recording was killed, or the file torn */
	REGISTRY_RECORDING	/* somebody writes it now */
};

struct registry_entry {
	const char *path;		/* DIRECTORY/FILE */
	const char *file;		/* the last part of it */
	enum registry_state state;
	uint64_t bytes;
	uint64_t session;		/* tells recordings apart */
	uint64_t start_realtime_ns;	/* since the epoch */
	const char *host;
	const char *cpu_model;
	const char *cprof_version;
	/*
	 * Of a file that is not whole there is only the begin of the first
	 * run, if it could be found, and no totals.
	 */
	struct profile_summary summary;
};

VEC_DEFINE(registry_entry_vec, struct registry_entry);

/* A file called *.prof that is no profile, or cannot be read. */
struct registry_stranger {
	const char *file;
	const char *why;
};

VEC_DEFINE(registry_stranger_vec, struct registry_stranger);

struct registry {
	const char *directory;
	struct registry_entry_vec entries;	/* the oldest first */
	struct registry_stranger_vec strangers;
	struct profile_reader *reader;		/* of the last file; or NULL */
	struct arena arena;			/* holds the strings */
};

/*
 * Read what all files called *.prof and *.prof.partial in `directory` say
 * of themselves.  Files that come, go and grow meanwhile are no errors.
 * Returns 0 and fills `*out`; -1 (ERROR_NOT_FOUND: no such directory;
 * ERROR_SYSTEM: it cannot be read).  To be released in any case.
 */
int registry_scan(struct registry *out, const char *directory,
		  struct error *err);

/*
 * The same for `count` files, wherever they are; in their order.  One that
 * cannot be read is an error, which names it.
 */
int registry_read(struct registry *out, const char *const *paths, size_t count,
		  struct error *err);

void registry_release(struct registry *registry);

/* The first run that was sampled, else the first; NULL: none is known. */
const struct run_begin *registry_main_run(const struct registry_entry *entry);

/* Its name and version; "" when not known. */
const char *registry_entry_name(const struct registry_entry *entry);
const char *registry_entry_version(const struct registry_entry *entry);

/* Does a file of that name hold a profile; one that is being made? */
bool registry_is_name(const char *file);
bool registry_is_partial_name(const char *file);

/* "whole", "damaged", "cut off", "being recorded" */
const char *registry_state_name(enum registry_state state);

/*
 * Add one line (without a newline) about all files that are not whole
 * profiles, to be escaped; nothing when there is none.  A recording that
 * goes on is as it should be.
 */
void registry_add_warning(struct strbuf *out, const struct registry *registry);

#endif
