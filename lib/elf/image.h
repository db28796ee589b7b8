/* SPDX-License-Identifier: MIT */
/*
 * An ELF file as the unwinder needs it: its identity, its segments and its
 * unwind information.  Read with pread(2), never mapped: a file that shrinks
 * must not kill us.  Its bytes are believed in nothing.
 */
#ifndef CPROF_ELF_IMAGE_H
#define CPROF_ELF_IMAGE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_image;

struct elf_segment {
	uint64_t vaddr;
	uint64_t offset;	/* in the file */
	uint64_t file_bytes;
	uint64_t memory_bytes;
	bool executable;
};

/*
 * Read the headers of the file `fd`, which is borrowed until
 * elf_image_free().  Returns 0 and a new image in `*out`; -1 with NULL when
 * it is no ELF file (ERROR_FORMAT), not one of x86-64 (ERROR_UNSUPPORTED)
 * or cannot be read (ERROR_SYSTEM).
 */
int elf_image_open(struct elf_image **out, int fd, struct error *err);

/* NULL is allowed. */
void elf_image_free(struct elf_image *image);

/* The build-id; NULL and 0 bytes when there is none. */
const uint8_t *elf_image_build_id(const struct elf_image *image, size_t *len);

/* Where the build-id's bytes lie when loaded (ELF virtual address), or 0. */
uint64_t elf_image_build_id_address(const struct elf_image *image);

enum {
	ELF_MARKER_NOTE_BYTES = 16
};

/*
 * The bytes of the note that the marker library leaves in a file (see
 * mark/layout.h), and where they lie when loaded; NULL when there is none.
 */
const uint8_t *elf_image_marker_note(const struct elf_image *image,
				     uint64_t *address);

/* The PT_LOAD segments, in the order of the file. */
const struct elf_segment *elf_image_segments(const struct elf_image *image,
					     size_t *count);

/* The address where a program begins; 0 in most libraries. */
uint64_t elf_image_entry(const struct elf_image *image);

/*
 * The load bias (run-time address minus ELF address) of a mapping at
 * `start` that shows the file from `offset` on.  False when no segment lies
 * there.
 */
bool elf_image_bias(const struct elf_image *image, uint64_t start,
		    uint64_t offset, uint64_t *bias);

/*
 * Does a stack begin in the function at `address`?  At the entry point of a
 * program without unwind information, and in some of Go's runtime.
 */
bool elf_image_is_root(struct elf_image *image, uint64_t address);

/*
 * Is this the code that ends a signal handler, and does its unwind
 * information not say so?  In programs of Go, and of C libraries other than
 * glibc.
 */
bool elf_image_is_signal_return(struct elf_image *image, uint64_t address);

/*
 * Is this where glibc's makecontext() lets a context return to?  Its unwind
 * information says that it was called, but it begins a stack.
 */
bool elf_image_is_context_end(struct elf_image *image, uint64_t address);

/* Is `address` in one of the sections of linkage stubs (.plt, .plt.sec)? */
bool elf_image_is_plt(const struct elf_image *image, uint64_t address);

/* How a function's frames are unwound: one FDE with its CIE. */
struct elf_cfi {
	uint64_t start;			/* ELF virtual addresses */
	uint64_t end;
	uint64_t id;			/* names the FDE within the image */
	const uint8_t *cie_program;	/* live as long as the image */
	size_t cie_program_len;
	const uint8_t *fde_program;
	size_t fde_program_len;
	uint64_t code_align;
	int64_t data_align;
	uint64_t return_column;
	bool signal_frame;		/* made by the kernel, not by a call */
};

/*
 * The unwind information that covers `address`; false when there is none.
 * The first call reads and sorts all of it.  Found in .eh_frame, with or
 * without .eh_frame_hdr, else in .debug_frame (Go).
 */
bool elf_image_find_cfi(struct elf_image *image, uint64_t address,
			struct elf_cfi *cfi);

/*
 * The range of addresses that the unwind entry around `address` covers,
 * which is a function or a part of one.  False when there is none.
 */
bool elf_image_fde_range(struct elf_image *image, uint64_t address,
			 uint64_t *start, uint64_t *end);

/* Number of unwind entries known; reads them at the first call. */
size_t elf_image_fde_count(struct elf_image *image);

#endif
