/* SPDX-License-Identifier: MIT */
/* Which functions of two profiles are the same one. */
#ifndef CPROF_COMPARE_PAIRING_H
#define CPROF_COMPARE_PAIRING_H

#include "profile/profile.h"

enum { SIDE_BASE, SIDE_NEW, SIDE_COUNT };

/* "--rename OLD=NEW": the function OLD of the base is NEW now. */
struct rename {
	const char *from;
	const char *to;
};

/*
 * A function of both sides, or of one.  Strings are those of the profiles,
 * the new one's where it has them.
 */
struct pair {
	const char *name;
	const char *module;		/* path */
	uint32_t function[SIDE_COUNT];	/* one of it; ID_NONE: not there */
};

VEC_DEFINE(pair_vec, struct pair);

struct pairing {
	struct pair_vec pairs;
	uint32_t *of[SIDE_COUNT];	/* by function id: pair */
	/* By module id: a number that both sides give the same module. */
	uint32_t *module_of[SIDE_COUNT];
	uint32_t module_count;		/* of those numbers */
	struct arena arena;
};

/*
 * Functions are the same when their names and modules are.  The program
 * itself may be called otherwise (app-v1, app-v2), and versions of shared
 * libraries and the compiler's marks of copies (".isra.0", ".cold") do not
 * count.  What has no name is told apart by its address only where both
 * sides run the same build; else it is one for each module.
 *
 * The profiles must outlive it.  To be released.
 */
void pairing_init(struct pairing *pairing, const struct profile *base,
		  const struct profile *new, const struct rename *renames,
		  size_t rename_count);

void pairing_release(struct pairing *pairing);

#endif
