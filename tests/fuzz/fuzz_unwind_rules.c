/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as unwind rules, executed on a stack of any bytes: there is an
 * end, soon.  The rules are put into a small ELF file that this very process
 * maps, so they take the way that those of a real program take.
 *
 * Input: 64 bytes of stack, the length of the CIE's part, rules.
 */
#include "unwind/address_space.h"
#include "unwind/unwinder.h"

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/output.h"

#include <assert.h>
#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	STACK_INPUT = 64,
	RULES_MAX = 512,
	EH_FRAME = 0x200,	/* offset and address */
	NAMES = 0xf00,
	CODE = 0x1000,
	FILE_BYTES = 0x2000,
	STACK_BYTES = 4096
};

static const char names[] = "\0.eh_frame\0.names";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void pad_record(struct byte_writer *out, size_t start)
{
	uint32_t bytes;

	while ((out->len - start) % 8 != 4)
		write_u8(out, 0);
	bytes = (uint32_t)(out->len - start - 4);
	memcpy(out->data + start, &bytes, sizeof(bytes));
}

static size_t write_rules(uint8_t *file, const uint8_t *rules, size_t len,
			  size_t in_cie)
{
	struct byte_writer out = BYTE_WRITER_INIT;
	size_t fde;

	write_u32le(&out, 0);
	write_u32le(&out, 0);
	write_bytes(&out, "\1zR\0\1\x78\x10\1\0", 9);
	write_bytes(&out, rules, in_cie);
	pad_record(&out, 0);
	fde = out.len;
	write_u32le(&out, 0);
	write_u32le(&out, (uint32_t)out.len);
	write_u64le(&out, CODE);
	write_u64le(&out, FILE_BYTES - CODE);
	write_u8(&out, 0);
	write_bytes(&out, rules + in_cie, len - in_cie);
	pad_record(&out, fde);
	memcpy(file + EH_FRAME, out.data, out.len);
	fde = out.len;
	byte_writer_release(&out);
	return fde;
}

static int make_file(const uint8_t *rules, size_t len, size_t in_cie)
{
	static uint8_t file[FILE_BYTES];
	Elf64_Ehdr header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_phoff = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
		.e_shoff = sizeof(header) + sizeof(Elf64_Phdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 3,
		.e_shstrndx = 2,
	};
	const Elf64_Phdr segment = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_filesz = FILE_BYTES,
		.p_memsz = FILE_BYTES,
	};
	Elf64_Shdr sections[3] = {
		[1] = { .sh_name = 1, .sh_type = SHT_PROGBITS,
			.sh_addr = EH_FRAME, .sh_offset = EH_FRAME },
		[2] = { .sh_name = 11, .sh_type = SHT_STRTAB,
			.sh_offset = NAMES, .sh_size = sizeof(names) },
	};
	int fd = memfd_create("rules", MFD_CLOEXEC);

	memset(file, 0, sizeof(file));
	sections[1].sh_size = write_rules(file, rules, len, in_cie);
	memcpy(file, &header, sizeof(header));
	memcpy(file + header.e_phoff, &segment, sizeof(segment));
	memcpy(file + header.e_shoff, sections, sizeof(sections));
	memcpy(file + NAMES, names, sizeof(names));
	if (write_all(fd, file, sizeof(file), NULL)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A stack of return addresses into the code, and of the input's bytes. */
static void fill(struct snapshot *snap, const uint8_t *data, uint64_t code)
{
	for (size_t i = 0; i < STACK_BYTES; i += 8) {
		uint64_t word;

		memcpy(&word, data + i % STACK_INPUT, sizeof(word));
		if (word % 3 == 0)
			word = code + word % 4096;
		else if (word % 3 == 1)
			word = snap->stack_start + word % STACK_BYTES;
		memcpy(snap->stack + i, &word, sizeof(word));
	}
	for (size_t i = 0; i < SNAPSHOT_REGS; i++)
		snap->regs[i] = snap->stack_start + i * 128;
	snap->regs[SNAP_RSP] = snap->stack_start;
	snap->regs[SNAP_RIP] = code + 16;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t stack[STACK_BYTES];
	struct snapshot snap = {
		.known = SNAPSHOT_ALL_REGS,
		.stack_start = 0x7ffd00000000,
		.stack_bytes = STACK_BYTES,
		.stack = stack,
	};
	struct unwind_result result = UNWIND_RESULT_INIT;
	struct module_table *modules;
	struct address_space *space;
	struct unwinder *unwinders[2];
	size_t rules;
	void *base;
	int fd;

	if (len < STACK_INPUT + 1)
		return 0;
	rules = MIN(len - STACK_INPUT - 1, (size_t)RULES_MAX);
	fd = make_file(data + STACK_INPUT + 1, rules,
		       MIN((size_t)data[STACK_INPUT], rules));
	if (fd < 0)
		return 0;
	base = mmap(NULL, FILE_BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd,
		    0);
	assert(base != MAP_FAILED);
	modules = module_table_new();
	space = address_space_new(modules, getpid(), 0);
	unwinders[0] = unwinder_new();
	unwinders[1] = unwinder_libunwind_new();
	assert(address_space_refresh(space, NULL) == 0);
	fill(&snap, data, (uint64_t)(uintptr_t)base + CODE);
	for (int i = 0; i < 4; i++) {
		unwinder_unwind(unwinders[i % 2], space, &snap, &result);
		assert(result.frames.count > 0);
		assert(result.frames.count <= STACK_BYTES / 8 + 128);
	}
	unwind_result_release(&result);
	unwinder_close(unwinders[0]);
	unwinder_close(unwinders[1]);
	address_space_free(space);
	module_table_free(modules);
	munmap(base, FILE_BYTES);
	close(fd);
	return 0;
}
