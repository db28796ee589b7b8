/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "elf/image.h"
#include "proc/maps.h"

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct elf_image *open_self(int *fd)
{
	struct elf_image *image;

	*fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	assert_true(*fd >= 0);
	assert_int_equal(elf_image_open(&image, *fd, NULL), 0);
	return image;
}

__attribute__((noinline)) static int some_function(int x)
{
	return x * 3 + (int)getpid();
}

/* The ELF address of `pc`, which lies in this program. */
static uint64_t elf_address(const struct elf_image *image, uint64_t pc)
{
	struct proc_maps maps = PROC_MAPS_INIT;
	const struct proc_map *map;
	uint64_t bias;

	assert_int_equal(proc_maps_read(&maps, getpid(),
					PROC_MAPS_EXECUTABLE, NULL), 0);
	map = proc_maps_find(&maps, pc);
	assert_non_null(map);
	assert_true(elf_image_bias(image, map->start, map->offset, &bias));
	proc_maps_release(&maps);
	return pc - bias;
}

static void a_function_is_found_by_its_unwind_entry(void **state)
{
	uint64_t pc = (uint64_t)(uintptr_t)some_function;
	uint64_t address, start, end;
	struct elf_image *image;
	struct elf_cfi cfi;
	int fd;

	assert_true(some_function(1) != 0);
	image = open_self(&fd);
	address = elf_address(image, pc);
	assert_true(elf_image_fde_range(image, address, &start, &end));
	assert_int_equal(start, address);
	assert_true(end > start && end - start < 4096);
	assert_true(elf_image_find_cfi(image, address + 1, &cfi));
	assert_int_equal(cfi.start, start);
	assert_int_equal(cfi.return_column, 16);
	assert_false(elf_image_fde_range(image, 1, &start, &end));
	elf_image_free(image);
	close(fd);
}

static void the_entry_point_is_told(void **state)
{
	struct elf_image *image;
	uint64_t start, end;
	int fd;

	image = open_self(&fd);
	assert_true(elf_image_fde_range(image, elf_image_entry(image), &start,
					&end));
	assert_int_equal(start, elf_image_entry(image));
	elf_image_free(image);
	close(fd);
}

/* A copy of this program whose bytes the caller may change. */
static int copy_self(uint8_t **data, size_t *len)
{
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct stat st;

	assert_int_equal(fstat(self, &st), 0);
	*len = (size_t)st.st_size;
	*data = malloc(*len);
	assert_int_equal(pread(self, *data, *len, 0), (ssize_t)*len);
	assert_int_equal(pwrite(fd, *data, *len, 0), (ssize_t)*len);
	close(self);
	return fd;
}

static void without_section_headers_as_much_is_found(void **state)
{
	struct elf_image *whole, *stripped;
	uint8_t zeros[8] = { 0 };
	uint8_t *data;
	size_t len;
	int fd, copy;

	whole = open_self(&fd);
	copy = copy_self(&data, &len);
	/* e_shoff, and e_shnum with e_shstrndx */
	assert_int_equal(pwrite(copy, zeros, 8, 40), 8);
	assert_int_equal(pwrite(copy, zeros, 4, 60), 4);
	assert_int_equal(elf_image_open(&stripped, copy, NULL), 0);
	assert_true(elf_image_fde_count(whole) > 20);
	assert_int_equal(elf_image_fde_count(stripped),
			 elf_image_fde_count(whole));
	elf_image_free(whole);
	elf_image_free(stripped);
	close(fd);
	close(copy);
	free(data);
}

static void other_files_are_refused(void **state)
{
	static const char script[] =
		"#!/bin/sh\nexit 0\n# and so on, longer than an ELF header\n";
	struct elf_image *image;
	struct error err = ERROR_INIT;
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_int_equal(elf_image_open(&image, fd, &err), -1);
	assert_int_equal(err.kind, ERROR_FORMAT);
	assert_null(image);
	assert_int_equal(write(fd, script, sizeof(script)), sizeof(script));
	assert_int_equal(elf_image_open(&image, fd, &err), -1);
	assert_int_equal(err.kind, ERROR_FORMAT);
	close(fd);
}

/* Change bytes where they hurt: in the headers and the section table. */
static void damage(uint8_t *data, size_t len, unsigned int *seed)
{
	uint64_t sections;
	size_t area, start;

	memcpy(&sections, data + 40, sizeof(sections));
	for (int i = 0; i < 6; i++) {
		area = rand_r(seed) % 3;
		start = area == 0 ? 16 : area == 1 ? 64 : (size_t)sections;
		start += (size_t)rand_r(seed) % (area == 0 ? 48 : 600);
		if (start < len)
			data[start] = (uint8_t)rand_r(seed);
	}
}

static void damaged_files_do_no_harm(void **state)
{
	uint8_t *data, *changed;
	unsigned int seed = 7;
	size_t len;
	int fd = copy_self(&data, &len);

	changed = malloc(len);
	for (int round = 0; round < 300; round++) {
		struct elf_image *image;
		struct elf_cfi cfi;
		uint64_t bias;

		memcpy(changed, data, len);
		damage(changed, len, &seed);
		assert_int_equal(pwrite(fd, changed, len, 0), (ssize_t)len);
		if (round % 4 == 3)
			assert_int_equal(ftruncate(fd, rand_r(&seed) % len),
					 0);
		if (elf_image_open(&image, fd, NULL))
			continue;
		elf_image_bias(image, 0x1000, 0x1000, &bias);
		elf_image_find_cfi(image, elf_image_entry(image), &cfi);
		elf_image_is_plt(image, 0x1000);
		elf_image_free(image);
	}
	close(fd);
	free(data);
	free(changed);
}

/* The program shrinks after it was opened: D11 of the torture list. */
static void a_file_that_shrinks_has_no_entries(void **state)
{
	struct elf_image *image;
	uint8_t *data;
	size_t len;
	int fd = copy_self(&data, &len);

	assert_int_equal(elf_image_open(&image, fd, NULL), 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(elf_image_fde_count(image), 0);
	elf_image_free(image);
	close(fd);
	free(data);
}

static double cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/*
 * As many segments of notes as a header can tell of, all of them the same
 * 64 KiB: when each was searched, that took 4 s, in which the recorder served
 * nobody.
 */
static void a_file_of_notes_is_opened_at_once(void **state)
{
	enum { SEGMENTS = UINT16_MAX, NOTES_BYTES = 64 * 1024 };
	const size_t table = SEGMENTS * sizeof(Elf64_Phdr);
	Elf64_Ehdr header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB },
		.e_machine = EM_X86_64, .e_phnum = SEGMENTS,
		.e_phoff = sizeof(header), .e_phentsize = sizeof(Elf64_Phdr),
	};
	Elf64_Phdr *phdrs = calloc(SEGMENTS, sizeof(*phdrs));
	int fd = memfd_create("notes", MFD_CLOEXEC);
	struct elf_image *image;
	double start_s;

	for (size_t i = 0; i < SEGMENTS; i++)
		phdrs[i] = (Elf64_Phdr){
			.p_type = PT_NOTE, .p_filesz = NOTES_BYTES,
			.p_offset = sizeof(header) + table,
		};
	assert_int_equal(write(fd, &header, sizeof(header)), sizeof(header));
	assert_int_equal(write(fd, phdrs, table), table);
	/* Zeros are notes without a name and without anything in them. */
	assert_int_equal(ftruncate(fd, sizeof(header) + table + NOTES_BYTES),
			 0);
	start_s = cpu_s();
	assert_int_equal(elf_image_open(&image, fd, NULL), 0);
	assert_true(cpu_s() - start_s < 0.5);
	elf_image_free(image);
	close(fd);
	free(phdrs);
}

/* Sparse, such a file takes no room on a disk, but a gigabyte of memory. */
static void rules_that_nobody_can_have_are_not_read(void **state)
{
	static const char names[] = "\0.eh_frame\0.shstrtab";
	const uint64_t bytes = UINT64_C(1) << 30;
	struct {
		Elf64_Ehdr header;
		Elf64_Shdr sections[3];
		char names[sizeof(names)];
	} file = {
		.header = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64,
				     ELFDATA2LSB },
			.e_machine = EM_X86_64,
			.e_shoff = offsetof(typeof(file), sections),
			.e_shentsize = sizeof(Elf64_Shdr),
			.e_shnum = 3, .e_shstrndx = 2,
		},
		.sections = {
			[1] = { .sh_name = 1, .sh_type = SHT_PROGBITS,
				.sh_addr = 4096, .sh_offset = 4096,
				.sh_size = bytes },
			[2] = { .sh_name = 11, .sh_type = SHT_STRTAB,
				.sh_offset = offsetof(typeof(file), names),
				.sh_size = sizeof(names) },
		},
	};
	int fd = memfd_create("rules", MFD_CLOEXEC);
	struct elf_image *image;
	double start_s;

	memcpy(file.names, names, sizeof(names));
	assert_int_equal(write(fd, &file, sizeof(file)), sizeof(file));
	assert_int_equal(ftruncate(fd, 4096 + (off_t)bytes), 0);
	start_s = cpu_s();
	assert_int_equal(elf_image_open(&image, fd, NULL), 0);
	assert_int_equal(elf_image_fde_count(image), 0);
	assert_true(cpu_s() - start_s < 0.5);
	elf_image_free(image);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_function_is_found_by_its_unwind_entry),
		cmocka_unit_test(the_entry_point_is_told),
		cmocka_unit_test(without_section_headers_as_much_is_found),
		cmocka_unit_test(other_files_are_refused),
		cmocka_unit_test(damaged_files_do_no_harm),
		cmocka_unit_test(a_file_that_shrinks_has_no_entries),
		cmocka_unit_test(a_file_of_notes_is_opened_at_once),
		cmocka_unit_test(rules_that_nobody_can_have_are_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
