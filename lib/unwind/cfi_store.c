/* SPDX-License-Identifier: MIT */
#include "unwind/cfi_store.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "base/map64.h"
#include "base/mem.h"
#include "base/vec.h"
#include "elf/image.h"
#include "model/snapshot.h"
#include "unwind/rule_check.h"

#include <stdlib.h>
#include <string.h>

/*
 * An address: bit 63, which no stack address has, then the slot, then 32
 * bits in the slot.  Rules lie at its beginning, code from CODE_START on.
 */
#define STORE_BIT (UINT64_C(1) << 63)
#define CODE_START (UINT64_C(1) << 20)
#define CODE_BYTES_MAX (UINT64_C(0x70000000))

#define SLOT_NONE UINT64_MAX	/* rules that are not usable */

enum {
	PLACES = 16384,		/* direct-mapped cache of pcs */
	TABLE_BYTES = 8,
	CFA_NOP = 0,		/* DW_CFA_nop */
	POINTER_ABSOLUTE = 0	/* DW_EH_PE_absptr */
};

struct slot {
	uint8_t *rules;
	uint32_t len;
	uint64_t code_bytes;
	bool signal_frame;
};

VEC_DEFINE(slot_vec, struct slot);

struct cached_place {
	uint64_t address;
	uint32_t module;
	bool valid;
	struct code_place place;
};

struct cfi_store {
	struct slot_vec slots;
	struct map64 by_function;	/* module and FDE -> slot */
	struct cached_place *places;
};

struct cfi_store *cfi_store_new(void)
{
	struct cfi_store *store = mem_alloc(sizeof(*store));

	store->places = mem_calloc(PLACES, sizeof(*store->places));
	return store;
}

void cfi_store_free(struct cfi_store *store)
{
	size_t i;

	if (!store)
		return;
	for (i = 0; i < store->slots.count; i++)
		free(store->slots.items[i].rules);
	slot_vec_release(&store->slots);
	map64_release(&store->by_function);
	free(store->places);
	free(store);
}

static uint64_t slot_base(uint32_t slot)
{
	return STORE_BIT | (uint64_t)slot << 32;
}

static void write_uleb128(struct byte_writer *out, uint64_t value)
{
	do {
		uint8_t byte = value & 0x7f;

		value >>= 7;
		write_u8(out, value ? byte | 0x80 : byte);
	} while (value);
}

static void write_sleb128(struct byte_writer *out, int64_t value)
{
	for (;;) {
		uint8_t byte = value & 0x7f;

		value >>= 7;
		if (value == ((byte & 0x40) ? -1 : 0)) {
			write_u8(out, byte);
			return;
		}
		write_u8(out, byte | 0x80);
	}
}

/* Pad the record that began at `start` and fill in its length. */
static void finish_record(struct byte_writer *out, size_t start)
{
	uint32_t len;

	while ((out->len - start) % 8 != 4)
		write_u8(out, CFA_NOP);
	len = (uint32_t)(out->len - start - 4);
	memcpy(out->data + start, &len, sizeof(len));
}

static void write_cie(struct byte_writer *out, const struct elf_cfi *cfi)
{
	size_t start = out->len;

	write_u32le(out, 0);
	write_u32le(out, 0);	/* this is a CIE */
	write_u8(out, 1);
	if (cfi->signal_frame)
		write_bytes(out, "zRS", 4);
	else
		write_bytes(out, "zR", 3);
	write_uleb128(out, cfi->code_align);
	write_sleb128(out, cfi->data_align);
	write_u8(out, (uint8_t)cfi->return_column);
	write_uleb128(out, 1);
	write_u8(out, POINTER_ABSOLUTE);
	write_bytes(out, cfi->cie_program, cfi->cie_program_len);
	finish_record(out, start);
}

static void write_fde(struct byte_writer *out, const struct elf_cfi *cfi,
		      uint64_t code, size_t cie)
{
	size_t start = out->len;

	write_u32le(out, 0);
	write_u32le(out, (uint32_t)(out->len - cie));
	write_u64le(out, code);
	write_u64le(out, cfi->end - cfi->start);
	write_uleb128(out, 0);
	write_bytes(out, cfi->fde_program, cfi->fde_program_len);
	finish_record(out, start);
}

static bool usable(const struct elf_cfi *cfi)
{
	return cfi->return_column < SNAPSHOT_REGS &&
	       cfi->end - cfi->start < CODE_BYTES_MAX &&
	       cfi->cie_program_len < CODE_START / 4 &&
	       cfi->fde_program_len < CODE_START / 2 &&
	       rule_check_program(cfi->cie_program, cfi->cie_program_len) &&
	       rule_check_program(cfi->fde_program, cfi->fde_program_len);
}

static uint32_t add_slot(struct cfi_store *store, const struct elf_cfi *cfi)
{
	struct byte_writer out = BYTE_WRITER_INIT;
	uint32_t slot = (uint32_t)store->slots.count;
	uint64_t code = slot_base(slot) + CODE_START;
	uint32_t fde;

	write_u32le(&out, CODE_START);
	write_u32le(&out, 0);
	write_cie(&out, cfi);
	fde = (uint32_t)out.len;
	memcpy(out.data + 4, &fde, sizeof(fde));
	write_fde(&out, cfi, code, TABLE_BYTES);
	slot_vec_push(&store->slots, (struct slot){
		.rules = out.data,
		.len = (uint32_t)out.len,
		.code_bytes = cfi->end - cfi->start,
		.signal_frame = cfi->signal_frame,
	});
	return slot;
}

static bool find_slot(struct cfi_store *store,
		      const struct code_location *where, struct elf_cfi *cfi,
		      uint32_t *slot)
{
	uint64_t key, known;

	if (!elf_image_find_cfi(where->image, where->address, cfi))
		return false;
	key = (uint64_t)where->module << 33 | cfi->id;
	if (map64_get(&store->by_function, key, &known)) {
		*slot = (uint32_t)known;
		return known != SLOT_NONE;
	}
	/* They may be long, and are not checked at each of their addresses. */
	if (!usable(cfi)) {
		map64_put(&store->by_function, key, SLOT_NONE);
		return false;
	}
	*slot = add_slot(store, cfi);
	map64_put(&store->by_function, key, *slot);
	return true;
}

static struct code_place classify(struct cfi_store *store,
				  const struct code_location *where)
{
	struct code_place place = { .kind = PLACE_NO_RULES };
	struct elf_cfi cfi;
	uint32_t slot;

	if (!where->image) {
		place.kind = PLACE_NO_FILE;
		return place;
	}
	if (elf_image_is_signal_return(where->image, where->address + 1)) {
		place.kind = PLACE_SIGNAL_RETURN;
		place.signal_frame = true;
		place.made_up = true;
		return place;
	}
	if (elf_image_is_context_end(where->image, where->address + 1)) {
		place.kind = PLACE_ROOT;
		place.made_up = true;
		return place;
	}
	if (elf_image_is_root(where->image, where->address)) {
		place.kind = PLACE_ROOT;
		return place;
	}
	if (find_slot(store, where, &cfi, &slot)) {
		const uint64_t offset = where->address - cfi.start;

		place.kind = PLACE_RULES;
		place.signal_frame = store->slots.items[slot].signal_frame;
		place.made_up = place.signal_frame;
		place.pc = slot_base(slot) + CODE_START + offset;
		place.row = plain_row_of(&cfi, offset);
		return place;
	}
	if (elf_image_is_plt(where->image, where->address))
		place.kind = PLACE_PLT;
	return place;
}

const struct code_place *cfi_store_place(struct cfi_store *store,
					 const struct code_location *where)
{
	uint64_t hash = hash_u64(where->address ^
				 (uint64_t)where->module << 48);
	struct cached_place *cached = &store->places[hash % PLACES];

	if (!cached->valid || cached->address != where->address ||
	    cached->module != where->module) {
		cached->place = classify(store, where);
		cached->address = where->address;
		cached->module = where->module;
		cached->valid = true;
	}
	return &cached->place;
}

bool cfi_store_owns(uint64_t address)
{
	return address & STORE_BIT;
}

static const struct slot *slot_of(const struct cfi_store *store,
				  uint64_t address)
{
	uint64_t slot = (address & ~STORE_BIT) >> 32;

	if (!cfi_store_owns(address) || slot >= store->slots.count)
		return NULL;
	return &store->slots.items[slot];
}

bool cfi_store_read(const struct cfi_store *store, uint64_t address,
		    uint64_t *value)
{
	const struct slot *slot = slot_of(store, address);
	uint64_t offset = address & UINT32_MAX;

	if (!slot || offset >= slot->len)
		return false;
	*value = 0;
	memcpy(value, slot->rules + offset,
	       MIN(sizeof(*value), (size_t)(slot->len - offset)));
	return true;
}

bool cfi_store_slot(const struct cfi_store *store, uint64_t pc,
		    struct cfi_slot_range *range)
{
	const struct slot *slot = slot_of(store, pc);

	if (!slot)
		return false;
	range->base = pc & ~(uint64_t)UINT32_MAX;
	range->table = range->base;
	range->start = range->base + CODE_START;
	range->end = range->start + slot->code_bytes;
	return pc >= range->start && pc < range->end;
}
