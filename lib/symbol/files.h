/* SPDX-License-Identifier: MIT */
/* The files that tell of one module's code. */
#ifndef CPROF_SYMBOL_FILES_H
#define CPROF_SYMBOL_FILES_H

#include "elf/debugfile.h"
#include "elf/image.h"
#include "elf/symtab.h"
#include "model/stack.h"
#include "symbol/worker.h"

struct symbol_files {
	struct debug_file main;		/* the module's own; elf may be NULL */
	struct debug_file debug;	/* separate debug information */
	struct debug_file mini;		/* from .gnu_debugdata */
	struct elf_image *image;	/* of main; see symbol_files_image() */
	const char *debug_root;		/* borrowed */
	bool debuginfod;		/* servers may be asked */
	bool replaced;			/* what is at hand is another file */
};

#define SYMBOL_FILES_INIT \
	{ .main = DEBUG_FILE_INIT, .debug = DEBUG_FILE_INIT, \
	  .mini = DEBUG_FILE_INIT }

/*
 * Open what there is for `module`.  `fd` (duplicated) is its file, or -1 to
 * try its path.  A file with another build-id than the module's is not
 * used, its debug file by build-id still may be.
 */
void symbol_files_open(struct symbol_files *files, const struct module *module,
		       int fd, const struct worker_options *options);
/* The unwind information of the module's own file; NULL: there is none. */
struct elf_image *symbol_files_image(struct symbol_files *files);

/*
 * Fetch the debug file with this build-id from a server, if that is
 * `permitted`.  ERROR_NOT_FOUND, or another reason.
 */
int symbol_files_fetch(struct debug_file *file, const uint8_t *id, size_t len,
		       bool permitted, struct error *err);

void symbol_files_close(struct symbol_files *files);

#endif
