/* SPDX-License-Identifier: MIT */
/*
 * Unwind rules of the functions that were seen, for all processes.  Each
 * function gets a slot in an address range of our own and its rules are
 * written there anew in one plain form (absolute addresses, no language
 * data), whatever the file used.  So the library that executes them meets
 * only sections that we wrote, and what it caches stays true when a library
 * moves, or is shared by many processes.
 */
#ifndef CPROF_UNWIND_CFI_STORE_H
#define CPROF_UNWIND_CFI_STORE_H

#include "unwind/address_space.h"
#include "unwind/plain_row.h"

#include <stdbool.h>
#include <stdint.h>

enum place_kind {
	PLACE_RULES,		/* there is unwind information */
	PLACE_PLT,		/* a linkage stub: return address at the sp */
	PLACE_ROOT,		/* stacks begin here */
	PLACE_SIGNAL_RETURN,	/* ends a signal handler; no rules say so */
	PLACE_NO_RULES,
	PLACE_NO_FILE,		/* nor any: code that was made at run time */
};

struct code_place {
	enum place_kind kind;
	bool signal_frame;	/* made by the kernel, for a handler */
	bool made_up;		/* a return address that no call pushed */
	uint64_t pc;		/* PLACE_RULES: in the store's addresses */
	struct plain_row row;	/* PLACE_RULES: the same, if it is plain */
};

struct cfi_store;

struct cfi_store *cfi_store_new(void);
void cfi_store_free(struct cfi_store *store);

/* What is known of the code at `where`; valid until the next call. */
const struct code_place *cfi_store_place(struct cfi_store *store,
					 const struct code_location *where);

/* Is this one of the store's addresses? */
bool cfi_store_owns(uint64_t address);

/* Eight bytes of the store; false when nothing is there. */
bool cfi_store_read(const struct cfi_store *store, uint64_t address,
		    uint64_t *value);

/* The slot of a pc: its code, and the one-entry search table in front. */
struct cfi_slot_range {
	uint64_t base;		/* offsets in the table count from here */
	uint64_t table;
	uint64_t start;		/* of the code */
	uint64_t end;
};

bool cfi_store_slot(const struct cfi_store *store, uint64_t pc,
		    struct cfi_slot_range *range);

#endif
