/* SPDX-License-Identifier: MIT */
/*
 * A sorted index of the frame descriptions (FDEs) in the bytes of an
 * .eh_frame or .debug_frame section.  Our own parser, because those of the
 * libraries want an .eh_frame_hdr, or abort on one that is odd.
 */
#ifndef CPROF_ELF_EH_INDEX_H
#define CPROF_ELF_EH_INDEX_H

#include "base/vec.h"
#include "elf/image.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum eh_kind {
	EH_FRAME,
	EH_FRAME_OPEN,		/* size not known: ends at its terminator */
	EH_DEBUG_FRAME,
};

struct eh_entry {
	uint64_t start;		/* ELF virtual address */
	uint32_t bytes;		/* of code */
	uint32_t offset;	/* of the FDE in the section */
};

VEC_DEFINE(eh_entry_vec, struct eh_entry);

struct eh_index {
	const uint8_t *data;	/* the section, borrowed */
	size_t len;		/* less than 4 GiB */
	uint64_t address;	/* ELF virtual address of data[0] */
	enum eh_kind kind;
	struct eh_entry_vec entries;
};

/* Index the section; descriptions that make no sense are left out. */
void eh_index_build(struct eh_index *index, enum eh_kind kind,
		    const uint8_t *data, size_t len, uint64_t address);
void eh_index_release(struct eh_index *index);

/* The entry that covers `address`, or NULL. */
const struct eh_entry *eh_index_find(const struct eh_index *index,
				     uint64_t address);

/* Everything about an entry of this index.  False: its CIE is broken. */
bool eh_index_cfi(const struct eh_index *index, const struct eh_entry *entry,
		  struct elf_cfi *cfi);

#endif
