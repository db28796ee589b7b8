/* SPDX-License-Identifier: MIT */
/*
 * ELF files and the separate files that hold their debug information.  All
 * are read with pread, never mapped: a mapped file that shrinks is SIGBUS.
 * What a file says of another one's name is not trusted: only regular files
 * beside it, in .debug/ there, and below the debug root are opened, and used
 * only when build-id or checksum agree.
 */
#ifndef CPROF_ELF_DEBUGFILE_H
#define CPROF_ELF_DEBUGFILE_H

#include "base/error.h"

#include <elfutils/libdw.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

struct debug_file {
	Elf *elf;	/* NULL: not there */
	int fd;
};

#define DEBUG_FILE_INIT { NULL, -1 }

/*
 * Open the ELF file behind `fd`, which is taken on success.
 * ERROR_UNSUPPORTED when it is no regular file, ERROR_FORMAT when no ELF.
 */
int debug_file_adopt(struct debug_file *file, int fd, struct error *err);

/* Open the ELF file at `path`; waits for no FIFO and follows no last link. */
int debug_file_open(struct debug_file *file, const char *path,
		    struct error *err);

/* NULL `elf` is allowed; makes it DEBUG_FILE_INIT. */
void debug_file_close(struct debug_file *file);

/* The build-id, borrowed from `elf`; 0 bytes when it has none. */
size_t elf_build_id(Elf *elf, const uint8_t **id);
bool elf_build_id_is(Elf *elf, const uint8_t *id, size_t len);

/*
 * Find the debug file of `elf`, a file that was seen at `path`: by build-id
 * and .gnu_debuglink, below `root` and beside it.  ERROR_NOT_FOUND.
 */
int debug_file_find(struct debug_file *file, Elf *elf, const char *path,
		    const char *root, struct error *err);

/* The debug file with this build-id below `root`.  ERROR_NOT_FOUND. */
int debug_file_find_build_id(struct debug_file *file, const uint8_t *id,
			     size_t len, const char *root, struct error *err);

/*
 * The file that dwz moved parts of `dwarf` into; `path` is that of the
 * module.  Below `root`, or beside the module.  Returns 0, 1 when `dwarf`
 * needs none, or -1 (ERROR_NOT_FOUND).
 */
int debug_file_find_alt(struct debug_file *file, Dwarf *dwarf,
			const char *path, const char *root,
			struct error *err);

/* The symbols in .gnu_debugdata (MiniDebugInfo).  ERROR_NOT_FOUND. */
int debug_file_mini(struct debug_file *file, Elf *elf, struct error *err);

/* The section with this name, or NULL. */
Elf_Scn *elf_section_named(Elf *elf, const char *name, GElf_Shdr *header);

#endif
