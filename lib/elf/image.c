/* SPDX-License-Identifier: MIT */
#include "elf/image.h"

#include "base/bytes.h"
#include "base/mem.h"
#include "elf/eh_index.h"
#include "elf/go_roots.h"
#include "elf/section.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SEGMENTS_MAX = 64,
	/* Linkers make two or three segments of notes, of a page at most. */
	NOTE_SEGMENTS_MAX = 16,
	NOTES_BYTES_MAX = 64 * 1024,
	BUILD_ID_BYTES_MAX = 32,
	ENTRY_BYTES = 64	/* of code at an entry point without rules */
};

#define PAGE_MASK (UINT64_C(4096) - 1)

struct elf_image {
	struct elf_file file;
	Elf64_Ehdr header;
	struct elf_segment segments[SEGMENTS_MAX];
	size_t segment_count;
	size_t note_count;		/* segments of notes so far */
	uint64_t eh_frame_hdr;		/* ELF virtual address, or 0 */
	uint64_t eh_frame_hdr_bytes;
	uint8_t build_id[BUILD_ID_BYTES_MAX];
	size_t build_id_len;
	uint64_t build_id_address;
	uint8_t marker_note[ELF_MARKER_NOTE_BYTES];
	uint64_t marker_note_address;	/* 0: there is none */
	/* Filled by the first look-up. */
	bool indexed;
	struct elf_section_table sections;
	uint8_t *eh_data;
	uint8_t *debug_data;
	struct eh_index eh;
	struct eh_index debug;
	struct go_roots roots;
};

static int check_header(const Elf64_Ehdr *header, struct error *err)
{
	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		return error_set(err, ERROR_FORMAT, "not an ELF file");
	if (header->e_ident[EI_CLASS] != ELFCLASS64 ||
	    header->e_ident[EI_DATA] != ELFDATA2LSB ||
	    header->e_machine != EM_X86_64)
		return error_set(err, ERROR_UNSUPPORTED,
				 "not an ELF file of x86-64");
	return 0;
}

static void keep_build_id(struct elf_image *image, const uint8_t *desc,
			  size_t len, uint64_t address)
{
	if (len == 0 || len > BUILD_ID_BYTES_MAX || image->build_id_len)
		return;
	memcpy(image->build_id, desc, len);
	image->build_id_len = len;
	image->build_id_address = address;
}

static void keep_note(struct elf_image *image, uint32_t type,
		      const uint8_t *name, size_t name_len,
		      const uint8_t *desc, size_t desc_len, uint64_t address)
{
	if (type == NT_GNU_BUILD_ID && name_len == 4 &&
	    memcmp(name, "GNU", 4) == 0)
		keep_build_id(image, desc, desc_len, address);
	if (type == 1 && name_len == 6 && memcmp(name, "cprof", 6) == 0 &&
	    desc_len == ELF_MARKER_NOTE_BYTES && !image->marker_note_address) {
		memcpy(image->marker_note, desc, desc_len);
		image->marker_note_address = address;
	}
}

static void scan_notes(struct elf_image *image, const uint8_t *data,
		       size_t len, uint64_t address, size_t align)
{
	struct byte_reader in = byte_reader_of(data, len);

	while (byte_reader_left(&in) >= 12) {
		uint32_t name_len = read_u32le(&in);
		uint32_t desc_len = read_u32le(&in);
		uint32_t type = read_u32le(&in);
		const uint8_t *name, *desc;
		size_t pos;

		name = read_bytes(&in, name_len);
		pos = (size_t)(in.pos - data);
		read_bytes(&in, -pos & (align - 1));
		desc = read_bytes(&in, desc_len);
		if (!name || !desc)
			return;
		keep_note(image, type, name, name_len, desc, desc_len,
			  address + (uint64_t)(desc - data));
		pos = (size_t)(in.pos - data);
		pos = -pos & (align - 1);
		read_bytes(&in, MIN(pos, byte_reader_left(&in)));
	}
}

static void read_notes(struct elf_image *image, const Elf64_Phdr *phdr)
{
	size_t len = (size_t)MIN(phdr->p_filesz, (uint64_t)NOTES_BYTES_MAX);
	uint8_t *data = elf_file_read(&image->file, phdr->p_offset, len);

	if (data)
		scan_notes(image, data, len, phdr->p_vaddr,
			   phdr->p_align == 8 ? 8 : 4);
	free(data);
}

static void keep_segment(struct elf_image *image, const Elf64_Phdr *phdr)
{
	switch (phdr->p_type) {
	case PT_LOAD:
		if (image->segment_count == SEGMENTS_MAX)
			return;
		image->segments[image->segment_count++] = (struct elf_segment){
			.vaddr = phdr->p_vaddr,
			.offset = phdr->p_offset,
			.file_bytes = phdr->p_filesz,
			.memory_bytes = phdr->p_memsz,
			.executable = phdr->p_flags & PF_X,
		};
		break;
	case PT_GNU_EH_FRAME:
		image->eh_frame_hdr = phdr->p_vaddr;
		image->eh_frame_hdr_bytes = phdr->p_filesz;
		break;
	case PT_NOTE:
		if (image->note_count++ < NOTE_SEGMENTS_MAX)
			read_notes(image, phdr);
		break;
	default:
		break;
	}
}

static int read_segments(struct elf_image *image, struct error *err)
{
	size_t count = image->header.e_phnum;
	Elf64_Phdr *phdrs;
	size_t i;

	if (count == 0)
		return 0;
	if (image->header.e_phentsize != sizeof(Elf64_Phdr))
		return error_set(err, ERROR_FORMAT, "odd program headers");
	phdrs = (Elf64_Phdr *)elf_file_read(&image->file,
					    image->header.e_phoff,
					    count * sizeof(*phdrs));
	if (!phdrs)
		return error_set(err, ERROR_FORMAT,
				 "program headers lie outside the file");
	for (i = 0; i < count; i++)
		keep_segment(image, &phdrs[i]);
	free(phdrs);
	return 0;
}

int elf_image_open(struct elf_image **out, int fd, struct error *err)
{
	struct elf_image *image;
	struct stat st;

	*out = NULL;
	if (fstat(fd, &st) < 0)
		return error_set_errno(err, "cannot look at the file");
	image = mem_alloc(sizeof(*image));
	image->file = (struct elf_file){ fd, (uint64_t)st.st_size };
	if (!elf_file_read_into(&image->file, 0, &image->header,
				sizeof(image->header))) {
		error_set(err, ERROR_FORMAT, "not an ELF file");
		goto fail;
	}
	if (check_header(&image->header, err) || read_segments(image, err))
		goto fail;
	*out = image;
	return 0;
fail:
	free(image);
	return -1;
}

void elf_image_free(struct elf_image *image)
{
	if (!image)
		return;
	eh_index_release(&image->eh);
	eh_index_release(&image->debug);
	elf_section_table_release(&image->sections);
	free(image->eh_data);
	free(image->debug_data);
	free(image);
}

const uint8_t *elf_image_build_id(const struct elf_image *image, size_t *len)
{
	*len = image->build_id_len;
	return image->build_id_len ? image->build_id : NULL;
}

uint64_t elf_image_build_id_address(const struct elf_image *image)
{
	return image->build_id_address;
}

const uint8_t *elf_image_marker_note(const struct elf_image *image,
				     uint64_t *address)
{
	*address = image->marker_note_address;
	return *address ? image->marker_note : NULL;
}

const struct elf_segment *elf_image_segments(const struct elf_image *image,
					     size_t *count)
{
	*count = image->segment_count;
	return image->segments;
}

uint64_t elf_image_entry(const struct elf_image *image)
{
	return image->header.e_entry;
}

bool elf_image_bias(const struct elf_image *image, uint64_t start,
		    uint64_t offset, uint64_t *bias)
{
	const struct elf_segment *best = NULL;
	size_t i;

	for (i = 0; i < image->segment_count; i++) {
		const struct elf_segment *segment = &image->segments[i];
		uint64_t first = segment->offset & ~PAGE_MASK;

		/* Pages at the ends may be mapped for two segments. */
		if (offset < first ||
		    offset - first >= segment->file_bytes + PAGE_MASK)
			continue;
		if (!best || (segment->executable && !best->executable))
			best = segment;
	}
	if (!best)
		return false;
	*bias = start - offset - (best->vaddr - best->offset);
	return true;
}

/* File offset of an ELF address; false when the file does not hold it. */
static bool file_offset(const struct elf_image *image, uint64_t address,
			uint64_t *offset, uint64_t *left)
{
	size_t i;

	for (i = 0; i < image->segment_count; i++) {
		const struct elf_segment *segment = &image->segments[i];
		uint64_t distance = address - segment->vaddr;

		if (distance < segment->file_bytes) {
			*offset = segment->offset + distance;
			*left = segment->file_bytes - distance;
			return true;
		}
	}
	return false;
}

/*
 * Without section headers .eh_frame_hdr tells where .eh_frame begins.  Only
 * the two encodings that linkers write are known here.
 */
static bool eh_frame_from_header(const struct elf_image *image,
				 uint64_t *address)
{
	uint64_t offset, left;
	uint8_t hdr[12];
	struct byte_reader in = byte_reader_of(hdr, sizeof(hdr));
	uint8_t version, encoding;

	if (!image->eh_frame_hdr ||
	    !file_offset(image, image->eh_frame_hdr, &offset, &left) ||
	    left < sizeof(hdr) ||
	    !elf_file_read_into(&image->file, offset, hdr, sizeof(hdr)))
		return false;
	version = read_u8(&in);
	encoding = read_u8(&in);
	read_u16le(&in);
	if (version != 1)
		return false;
	switch (encoding) {
	case 0x1b:	/* pc-relative, signed, 4 bytes */
		*address = image->eh_frame_hdr + 4 +
			   (uint64_t)(int64_t)(int32_t)read_u32le(&in);
		return true;
	case 0x03:	/* absolute, 4 bytes */
		*address = read_u32le(&in);
		return true;
	default:
		return false;
	}
}

static void index_eh_frame(struct elf_image *image)
{
	const struct elf_section *section;
	uint64_t address, offset, left;
	enum eh_kind kind = EH_FRAME;

	section = elf_section_find(&image->sections, ".eh_frame");
	if (section) {
		address = section->address;
		offset = section->offset;
		left = section->bytes;
	} else if (eh_frame_from_header(image, &address) &&
		   file_offset(image, address, &offset, &left)) {
		kind = EH_FRAME_OPEN;
	} else {
		return;
	}
	image->eh_data = elf_file_read(&image->file, offset, left);
	if (image->eh_data)
		eh_index_build(&image->eh, kind, image->eh_data, left,
			       address);
}

static void index_debug_frame(struct elf_image *image)
{
	size_t len;

	image->debug_data = elf_section_load(&image->file, &image->sections,
					     ".debug_frame", &len);
	if (image->debug_data)
		eh_index_build(&image->debug, EH_DEBUG_FRAME,
			       image->debug_data, len, 0);
}

static void index_roots(struct elf_image *image)
{
	const struct elf_section *text;
	uint8_t *data;
	size_t len;

	data = elf_section_load(&image->file, &image->sections, ".gopclntab",
				&len);
	if (!data)
		data = elf_section_load(&image->file, &image->sections,
					".data.rel.ro.gopclntab", &len);
	if (!data)
		return;
	text = elf_section_find(&image->sections, ".text");
	go_roots_read(&image->roots, data, len, text ? text->address : 0);
	free(data);
}

static void index_image(struct elf_image *image)
{
	if (image->indexed)
		return;
	image->indexed = true;
	elf_section_table_read(&image->sections, &image->file,
			       &image->header);
	index_eh_frame(image);
	index_debug_frame(image);
	index_roots(image);
}

static const struct eh_entry *find_entry(struct elf_image *image,
					 uint64_t address,
					 const struct eh_index **where)
{
	const struct eh_entry *entry;

	index_image(image);
	*where = &image->eh;
	entry = eh_index_find(&image->eh, address);
	if (entry)
		return entry;
	*where = &image->debug;
	return eh_index_find(&image->debug, address);
}

bool elf_image_find_cfi(struct elf_image *image, uint64_t address,
			struct elf_cfi *cfi)
{
	const struct eh_index *where;
	const struct eh_entry *entry = find_entry(image, address, &where);

	if (!entry || !eh_index_cfi(where, entry, cfi))
		return false;
	cfi->id = cfi->id << 1 | (where == &image->debug);
	return true;
}

bool elf_image_fde_range(struct elf_image *image, uint64_t address,
			 uint64_t *start, uint64_t *end)
{
	const struct eh_index *where;
	const struct eh_entry *entry = find_entry(image, address, &where);

	if (!entry)
		return false;
	*start = entry->start;
	*end = entry->start + entry->bytes;
	return true;
}

size_t elf_image_fde_count(struct elf_image *image)
{
	index_image(image);
	return image->eh.entries.count + image->debug.entries.count;
}

bool elf_image_is_root(struct elf_image *image, uint64_t address)
{
	uint64_t entry = image->header.e_entry;
	const struct eh_index *where;

	index_image(image);
	if (go_roots_hold(&image->roots, address))
		return true;
	return entry && address - entry < ENTRY_BYTES &&
	       !find_entry(image, address, &where);
}

static bool code_is(const struct elf_image *image, uint64_t address,
		    const uint8_t *code, size_t len)
{
	uint8_t found[16];
	uint64_t offset, left;

	return len <= sizeof(found) &&
	       file_offset(image, address, &offset, &left) &&
	       elf_file_read_into(&image->file, offset, found, len) &&
	       memcmp(found, code, len) == 0;
}

bool elf_image_is_signal_return(struct elf_image *image, uint64_t address)
{
	/* mov $15, %rax; syscall: rt_sigreturn, as Go writes it */
	static const uint8_t code[] = {
		0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05
	};
	struct elf_cfi cfi;

	index_image(image);
	/* A look at the code is dearer than one at the rules. */
	if (elf_image_find_cfi(image, address, &cfi) &&
	    (cfi.signal_frame || image->roots.count == 0))
		return false;
	return code_is(image, address, code, sizeof(code));
}

bool elf_image_is_context_end(struct elf_image *image, uint64_t address)
{
	/* mov %rbx, %rsp; mov (%rsp), %rdi */
	static const uint8_t code[] = { 0x48, 0x89, 0xdc, 0x48, 0x8b, 0x3c };
	uint64_t start, end;

	return elf_image_fde_range(image, address, &start, &end) &&
	       start == address && code_is(image, address, code, sizeof(code));
}

bool elf_image_is_plt(const struct elf_image *image, uint64_t address)
{
	size_t i;

	for (i = 0; i < image->sections.count; i++) {
		const struct elf_section *section = &image->sections.items[i];

		if (address - section->address < section->bytes &&
		    (strncmp(section->name, ".plt", 4) == 0 ||
		     strcmp(section->name, ".iplt") == 0))
			return true;
	}
	return false;
}
