/* SPDX-License-Identifier: MIT */
#include "elf/eh_index.h"

#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

/* Pointer encodings of the LSB, "DWARF extensions". */
enum {
	ENC_FORMAT = 0x0f,
	ENC_ULEB128 = 0x01,
	ENC_UDATA2 = 0x02,
	ENC_UDATA4 = 0x03,
	ENC_UDATA8 = 0x04,
	ENC_SLEB128 = 0x09,
	ENC_SDATA2 = 0x0a,
	ENC_SDATA4 = 0x0b,
	ENC_SDATA8 = 0x0c,
	ENC_APPLICATION = 0x70,
	ENC_PCREL = 0x10,
	ENC_ALIGNED = 0x50,
	ENC_INDIRECT = 0x80,
	ENC_OMIT = 0xff
};

enum {
	/*
	 * Letters of an augmentation; compilers write five.  A file whose
	 * FDEs refer to two CIEs in turns has each parsed again for each.
	 */
	LETTERS_MAX = 32,
	/* In a row; a hostile section may consist of nothing else. */
	EMPTY_RECORDS_MAX = 64
};

/* A CIE or an FDE: its length and its second word. */
struct record {
	size_t id_pos;		/* of the second word */
	uint64_t id;
	size_t body;		/* behind the second word */
	size_t end;		/* of the next record */
};

struct cie {
	uint8_t encoding;	/* of the addresses in its FDEs */
	bool sized_augmentation;
	bool signal_frame;
	uint64_t code_align;
	int64_t data_align;
	uint64_t return_column;
	const uint8_t *program;
	size_t program_len;
};

/* The number alone, without what it is relative to. */
static uint64_t read_format(struct byte_reader *in, uint8_t encoding)
{
	switch (encoding & ENC_FORMAT) {
	case ENC_ULEB128:
		return read_uvarint(in);
	case ENC_UDATA2:
		return read_u16le(in);
	case ENC_UDATA4:
		return read_u32le(in);
	case ENC_SLEB128:
		return (uint64_t)read_sleb128(in);
	case ENC_SDATA2:
		return (uint64_t)(int64_t)(int16_t)read_u16le(in);
	case ENC_SDATA4:
		return (uint64_t)(int64_t)(int32_t)read_u32le(in);
	case 0:
	case ENC_UDATA8:
	case ENC_SDATA8:
		return read_u64le(in);
	default:
		byte_reader_fail(in);
		return 0;
	}
}

static uint64_t read_address(struct byte_reader *in,
			     const struct eh_index *index, uint8_t encoding)
{
	uint64_t here = index->address + (uint64_t)(in->pos - index->data);
	uint64_t value = read_format(in, encoding);

	switch (encoding & (ENC_APPLICATION | ENC_INDIRECT)) {
	case 0:
		return value;
	case ENC_PCREL:
		return here + value;
	default:
		byte_reader_fail(in);
		return 0;
	}
}

static struct byte_reader reader_at(const struct eh_index *index, size_t pos,
				    size_t end)
{
	return byte_reader_of(index->data + pos, end - pos);
}

static size_t position(const struct eh_index *index,
		       const struct byte_reader *in)
{
	return (size_t)(in->pos - index->data);
}

/*
 * The record at `*pos`, which moves to the next one.  False at the end of
 * the section.  A record of length 0 ends the list of one object file, but
 * others follow where a linker joined them: `out->end` == `out->body` then.
 */
static bool next_record(const struct eh_index *index, size_t *pos,
			struct record *out)
{
	struct byte_reader in = reader_at(index, *pos, index->len);
	bool wide = false;
	uint64_t len = read_u32le(&in);

	if (len == 0xffffffff) {
		len = read_u64le(&in);
		wide = true;
	}
	if (in.failed || len > byte_reader_left(&in))
		return false;
	out->id_pos = position(index, &in);
	out->end = out->id_pos + (size_t)len;
	out->body = out->end;
	*pos = out->end;
	if (len < (wide ? 8 : 4))
		return true;
	/* In .eh_frame the second word has 4 bytes even in wide records. */
	if (wide && index->kind == EH_DEBUG_FRAME)
		out->id = read_u64le(&in);
	else
		out->id = read_u32le(&in);
	out->body = position(index, &in);
	return true;
}

static bool record_is_cie(const struct eh_index *index,
			  const struct record *record)
{
	if (index->kind != EH_DEBUG_FRAME)
		return record->id == 0;
	return record->id == 0xffffffff || record->id == UINT64_MAX;
}

/* Walk over the "z" augmentation's data; unknown letters end it. */
static void parse_augmentation(const struct eh_index *index,
			       struct byte_reader *in, const char *letters,
			       struct cie *cie)
{
	for (; *letters; letters++) {
		uint8_t encoding;

		switch (*letters) {
		case 'R':
			cie->encoding = read_u8(in);
			break;
		case 'L':
			read_u8(in);
			break;
		case 'P':
			encoding = read_u8(in);
			if (encoding == ENC_OMIT)
				break;
			if ((encoding & ENC_APPLICATION) == ENC_ALIGNED)
				read_bytes(in, -position(index, in) & 7);
			read_format(in, encoding);
			break;
		case 'S':
			cie->signal_frame = true;
			break;
		case 'B':
			break;
		default:
			return;
		}
	}
}

static bool parse_cie(const struct eh_index *index, size_t pos,
		      struct cie *cie)
{
	struct record record;
	struct byte_reader in;
	const char *letters;
	const uint8_t *nul;
	uint8_t version;

	if (pos >= index->len || !next_record(index, &pos, &record) ||
	    record.body == record.end || !record_is_cie(index, &record))
		return false;
	memset(cie, 0, sizeof(*cie));
	in = reader_at(index, record.body, record.end);
	version = read_u8(&in);
	nul = memchr(in.pos, '\0', MIN(byte_reader_left(&in),
					(size_t)LETTERS_MAX));
	if (!nul || (version != 1 && version != 3 && version != 4))
		return false;
	letters = (const char *)in.pos;
	read_bytes(&in, (size_t)(nul - in.pos) + 1);
	if (version == 4 && (read_u8(&in) != 8 || read_u8(&in) != 0))
		return false;
	cie->code_align = read_uvarint(&in);
	cie->data_align = read_sleb128(&in);
	cie->return_column = version == 1 ? read_u8(&in) : read_uvarint(&in);
	if (letters[0] == 'z') {
		uint64_t len = read_uvarint(&in);
		struct byte_reader data;

		if (in.failed || len > byte_reader_left(&in))
			return false;
		data = byte_reader_of(in.pos, (size_t)len);
		parse_augmentation(index, &data, letters + 1, cie);
		if (data.failed)
			return false;
		read_bytes(&in, (size_t)len);
		cie->sized_augmentation = true;
	} else if (letters[0] != '\0') {
		return false;
	}
	cie->program = in.pos;
	cie->program_len = byte_reader_left(&in);
	return !in.failed;
}

/* Where the CIE of an FDE is; the size of the section when nowhere. */
static size_t cie_position(const struct eh_index *index,
			   const struct record *fde)
{
	if (index->kind == EH_DEBUG_FRAME)
		return fde->id < index->len ? (size_t)fde->id : index->len;
	return fde->id <= fde->id_pos ? fde->id_pos - (size_t)fde->id
				      : index->len;
}

/* `*in` is left behind the two addresses. */
static bool parse_range(const struct eh_index *index, const struct cie *cie,
			struct byte_reader *in, uint64_t *start,
			uint64_t *bytes)
{
	*start = read_address(in, index, cie->encoding);
	*bytes = read_format(in, cie->encoding & ENC_FORMAT);
	return !in->failed && *bytes > 0 && *bytes <= UINT32_MAX &&
	       *start <= UINT64_MAX - *bytes;
}

static int compare_entries(const void *a, const void *b)
{
	const struct eh_entry *x = a;
	const struct eh_entry *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void sort_entries(struct eh_entry_vec *entries)
{
	size_t i;

	/* Linkers write them nearly always in order. */
	for (i = 1; i < entries->count; i++)
		if (compare_entries(&entries->items[i - 1],
				    &entries->items[i]) > 0)
			break;
	if (i < entries->count)
		qsort(entries->items, entries->count,
		      sizeof(*entries->items), compare_entries);
}

void eh_index_build(struct eh_index *index, enum eh_kind kind,
		    const uint8_t *data, size_t len, uint64_t address)
{
	struct record record;
	struct cie cie;
	size_t cie_pos = SIZE_MAX;	/* of `cie`; nearly all share one */
	bool cie_valid = false;
	size_t pos = 0, empty = 0;

	*index = (struct eh_index){
		.data = data,
		.len = MIN(len, (size_t)UINT32_MAX),
		.address = address,
		.kind = kind,
	};
	while (pos < index->len) {
		size_t start_pos = pos;
		struct byte_reader in;
		uint64_t start, bytes;
		size_t wanted;

		if (!next_record(index, &pos, &record))
			break;
		empty = record.body == record.end ? empty + 1 : 0;
		if (empty > (kind == EH_FRAME_OPEN ? 0 : EMPTY_RECORDS_MAX))
			break;
		if (empty || record_is_cie(index, &record))
			continue;
		wanted = cie_position(index, &record);
		if (wanted != cie_pos) {
			cie_pos = wanted;
			cie_valid = parse_cie(index, wanted, &cie);
		}
		in = reader_at(index, record.body, record.end);
		/* Code that the linker dropped has address 0. */
		if (!cie_valid ||
		    !parse_range(index, &cie, &in, &start, &bytes) ||
		    start == 0)
			continue;
		eh_entry_vec_push(&index->entries, (struct eh_entry){
			.start = start,
			.bytes = (uint32_t)bytes,
			.offset = (uint32_t)start_pos,
		});
	}
	sort_entries(&index->entries);
}

void eh_index_release(struct eh_index *index)
{
	eh_entry_vec_release(&index->entries);
}

const struct eh_entry *eh_index_find(const struct eh_index *index,
				     uint64_t address)
{
	const struct eh_entry *items = index->entries.items;
	size_t low = 0, high = index->entries.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || address - items[low - 1].start >= items[low - 1].bytes)
		return NULL;
	return &items[low - 1];
}

bool eh_index_cfi(const struct eh_index *index, const struct eh_entry *entry,
		  struct elf_cfi *cfi)
{
	size_t pos = entry->offset;
	struct record record;
	struct byte_reader in;
	uint64_t start, bytes;
	struct cie cie;

	if (!next_record(index, &pos, &record) ||
	    !parse_cie(index, cie_position(index, &record), &cie))
		return false;
	in = reader_at(index, record.body, record.end);
	if (!parse_range(index, &cie, &in, &start, &bytes))
		return false;
	if (cie.sized_augmentation) {
		uint64_t len = read_uvarint(&in);

		if (in.failed || len > byte_reader_left(&in))
			return false;
		read_bytes(&in, (size_t)len);
	}
	*cfi = (struct elf_cfi){
		.start = start,
		.end = start + bytes,
		.id = entry->offset,
		.cie_program = cie.program,
		.cie_program_len = cie.program_len,
		.fde_program = in.pos,
		.fde_program_len = byte_reader_left(&in),
		.code_align = cie.code_align,
		.data_align = cie.data_align,
		.return_column = cie.return_column,
		.signal_frame = cie.signal_frame,
	};
	return true;
}
