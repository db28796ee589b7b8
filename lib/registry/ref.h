/* SPDX-License-Identifier: MIT */
/* Operands of commands: which profiles do they stand for? */
#ifndef CPROF_REGISTRY_REF_H
#define CPROF_REGISTRY_REF_H

#include "cli/opt.h"
#include "registry/scan.h"

struct ref_file_id {
	uint64_t device;
	uint64_t inode;			/* 0: it is not there */
};

VEC_DEFINE(ref_file_id_vec, struct ref_file_id);

/*
 * Begin with REF_FILES_OF(directory), add operands, read `paths`.  The
 * directory is looked into when an operand needs it, and only once.
 */
struct ref_files {
	const char *directory;		/* of the registry; borrowed */
	struct string_vec paths;	/* each once, in order */
	struct ref_file_id_vec ids;	/* of the paths */
	struct string_vec left_out;	/* of that name, but not whole */
	struct registry registry;
	bool scanned;			/* `registry` is filled */
	struct arena arena;		/* holds the paths */
};

#define REF_FILES_OF(d) { .directory = (d) }

/*
 * Add what `operand` stands for:
 *
 *	FILE		an existing profile, or what is written as a path
 *			(with a '/', or ending in .prof)
 *	NAME		all whole profiles of that name, the oldest first
 *	NAME@VERSION	those of one version; "NAME@": those without one
 *	@BASELINE	those that a baseline lists
 *
 * A file that exists and is no profile (a program, say, that is called as
 * its profiles are) gives way to a NAME.  Whether a file can be read is for
 * its reader to say.  -1: ERROR_NOT_FOUND, with what would have been found.
 */
int ref_files_add(struct ref_files *files, const char *operand,
		  struct error *err);

/* Add the newest *.prof of the directory.  -1: ERROR_NOT_FOUND. */
int ref_files_add_newest(struct ref_files *files, struct error *err);

void ref_files_release(struct ref_files *files);

#endif
