/* SPDX-License-Identifier: MIT */
/* What this very program maps, seen as if it were another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "elf/image.h"
#include "elf/section.h"
#include "unwind/address_space.h"
#include "unwind/memory_image.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

struct fixture {
	struct module_table *modules;
	struct address_space *space;
	char path[128];		/* a copy of a library */
	char other[128];
};

enum {
	PROCESS = 5		/* its id in the profile */
};

static int set_up(void **state)
{
	const char *dir = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	struct fixture *f = calloc(1, sizeof(*f));

	f->modules = module_table_new();
	f->space = address_space_new(f->modules, getpid(), PROCESS);
	snprintf(f->path, sizeof(f->path), "%s/libcopy-%d.so", dir,
		 (int)getpid());
	snprintf(f->other, sizeof(f->other), "%s/libother-%d.so", dir,
		 (int)getpid());
	*state = f;
	return address_space_refresh(f->space, NULL);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	address_space_free(f->space);
	module_table_free(f->modules);
	unlink(f->path);
	unlink(f->other);
	free(f);
	return 0;
}

static struct code_location find(struct fixture *f, uint64_t pc)
{
	struct code_location where;

	assert_true(address_space_find(f->space, pc, &where));
	assert_int_equal(where.address + where.bias, pc);
	return where;
}

static uint64_t pc_of(void (*function)(void **))
{
	return (uint64_t)(uintptr_t)function;
}

static void the_first_module_is_the_special_one(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(module_table_get(f->modules, 0)->kind,
			 MODULE_SPECIAL);
	assert_int_equal(module_table_fd(f->modules, 0), -1);
}

static void own_code_is_in_a_file(void **state)
{
	struct fixture *f = *state;
	struct code_location where = find(f, pc_of(own_code_is_in_a_file));
	const struct module *module = module_table_get(f->modules,
						       where.module);
	struct stat mine, theirs;
	uint64_t start, end;

	assert_int_equal(module->kind, MODULE_FILE);
	assert_int_equal(module->process, ID_NONE);
	assert_non_null(strstr(module->path, "test_unwind_modules"));
	assert_int_equal(stat("/proc/self/exe", &mine), 0);
	assert_int_equal(fstat(module_table_fd(f->modules, where.module),
			       &theirs), 0);
	assert_int_equal(mine.st_ino, theirs.st_ino);
	assert_true(elf_image_fde_range(where.image, where.address, &start,
					&end));
	assert_int_equal(start, where.address);
}

static void the_vdso_is_read_from_memory(void **state)
{
	struct fixture *f = *state;
	uint64_t base = getauxval(AT_SYSINFO_EHDR);
	struct code_location where = find(f, base);
	const struct module *module = module_table_get(f->modules,
						       where.module);
	char magic[4];

	assert_int_equal(module->kind, MODULE_VDSO);
	assert_string_equal(module->path, "[vdso]");
	assert_int_equal(where.address, 0);
	assert_true(elf_image_fde_count(where.image) > 3);
	assert_int_equal(pread(module_table_fd(f->modules, where.module),
			       magic, 4, 0), 4);
	assert_memory_equal(magic, "\177ELF", 4);
}

static void an_address_outside_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct code_location where;

	assert_false(address_space_find(f->space, 0x10, &where));
	assert_false(address_space_find(f->space, (uintptr_t)&where, &where));
}

static void processes_share_modules(void **state)
{
	struct fixture *f = *state;
	struct address_space *second;
	uint32_t count = module_table_count(f->modules);

	second = address_space_new(f->modules, getpid(), 6);
	assert_int_equal(address_space_refresh(second, NULL), 0);
	assert_int_equal(module_table_count(f->modules), count);
	address_space_free(second);
}

static void copy_file(const char *from, const char *to)
{
	static char buf[1 << 16];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	ssize_t got;

	assert_true(in >= 0 && out >= 0);
	while ((got = read(in, buf, sizeof(buf))) > 0)
		assert_int_equal(write(out, buf, (size_t)got), got);
	close(in);
	close(out);
}

/* Load a copy of a library; where one of its functions is. */
static void *load_copy(struct fixture *f, uint64_t *pc)
{
	struct link_map *map;
	Dl_info info;
	void *library;

	/* Of zlib, which this program uses anyway. */
	assert_true(dladdr((void *)(uintptr_t)zlibVersion, &info));
	copy_file(info.dli_fname, f->path);
	library = dlopen(f->path, RTLD_NOW | RTLD_LOCAL);
	assert_non_null(library);
	assert_int_equal(dlinfo(library, RTLD_DI_LINKMAP, &map), 0);
	*pc = (uint64_t)(uintptr_t)dlsym(library, "crc32_z");
	assert_int_not_equal(*pc, 0);
	return library;
}

static void a_deleted_library_is_still_itself(void **state)
{
	struct fixture *f = *state;
	uint64_t pc, generation = address_space_generation(f->space);
	struct code_location where;
	const struct module *module;
	void *library = load_copy(f, &pc);
	size_t count;

	/* Another file takes its place. */
	copy_file("/proc/self/exe", f->other);
	assert_int_equal(rename(f->other, f->path), 0);
	assert_int_equal(address_space_refresh(f->space, NULL), 0);
	assert_true(address_space_generation(f->space) > generation);

	where = find(f, pc);
	module = module_table_get(f->modules, where.module);
	assert_int_equal(module->kind, MODULE_FILE);
	assert_string_equal(module->path, f->path);
	assert_non_null(where.image);
	count = elf_image_fde_count(where.image);
	assert_true(count > 50);
	/* zlib has no entry point, this program has one. */
	assert_int_equal(elf_image_entry(where.image), 0);
	assert_true(module_table_fd(f->modules, where.module) >= 0);

	dlclose(library);
	generation = address_space_generation(f->space);
	assert_int_equal(address_space_refresh(f->space, NULL), 0);
	assert_int_equal(address_space_generation(f->space), generation + 1);
	assert_int_equal(address_space_refresh(f->space, NULL), 0);
	assert_int_equal(address_space_generation(f->space), generation + 1);
}

static uint64_t section_bytes(int fd, const char *name)
{
	const struct elf_section *section;
	struct elf_section_table table;
	struct elf_file file = { .fd = fd };
	Elf64_Ehdr header;
	struct stat st;
	uint64_t bytes;

	assert_int_equal(fstat(fd, &st), 0);
	file.bytes = (uint64_t)st.st_size;
	assert_true(elf_file_read_into(&file, 0, &header, sizeof(header)));
	elf_section_table_read(&table, &file, &header);
	section = elf_section_find(&table, name);
	bytes = section ? section->bytes : 0;
	elf_section_table_release(&table);
	return bytes;
}

static void a_file_is_put_together_from_memory(void **state)
{
	struct fixture *f = *state;
	struct proc_maps maps = PROC_MAPS_INIT;
	struct elf_image *image, *whole;
	const uint8_t *id, *memory_id;
	size_t len, memory_len;
	uint64_t pc;
	void *library = load_copy(f, &pc);
	int fd, file;

	assert_int_equal(proc_maps_read(&maps, getpid(), PROC_MAPS_ALL,
					NULL), 0);
	assert_int_equal(memory_image_build(getpid(),
					    proc_maps_find(&maps, pc), &fd),
			 MEMORY_IMAGE_OK);
	assert_int_equal(elf_image_open(&image, fd, NULL), 0);
	file = open(f->path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(elf_image_open(&whole, file, NULL), 0);
	assert_int_equal(elf_image_fde_count(image),
			 elf_image_fde_count(whole));
	id = elf_image_build_id(whole, &len);
	memory_id = elf_image_build_id(image, &memory_len);
	assert_int_equal(len, memory_len);
	if (len)
		assert_memory_equal(id, memory_id, len);
	assert_true(section_bytes(file, ".dynsym") > 100);
	assert_int_equal(section_bytes(fd, ".dynsym"),
			 section_bytes(file, ".dynsym"));
	assert_int_equal(section_bytes(fd, ".dynstr"),
			 section_bytes(file, ".dynstr"));
	elf_image_free(image);
	elf_image_free(whole);
	close(fd);
	close(file);
	dlclose(library);
	proc_maps_release(&maps);
}

/* Or a file of a page could have gigabytes copied. */
static void segments_that_overlap_are_copied_once(void **state)
{
	enum { SEGMENTS = 50, PAGE = 4096 };
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr phdrs[SEGMENTS];
	} file = { .header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB },
		.e_machine = EM_X86_64, .e_phnum = SEGMENTS,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
	} };
	struct proc_maps maps = PROC_MAPS_INIT;
	int source = memfd_create("overlap", MFD_CLOEXEC);
	struct stat st;
	void *mapped;
	int fd;

	for (int i = 0; i < SEGMENTS; i++)
		file.phdrs[i] = (Elf64_Phdr){
			.p_type = PT_LOAD, .p_filesz = PAGE,
			.p_offset = (uint64_t)i * PAGE,
		};
	assert_int_equal(write(source, &file, sizeof(file)), sizeof(file));
	mapped = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, source, 0);
	assert_true(mapped != MAP_FAILED);
	assert_int_equal(proc_maps_read(&maps, getpid(), PROC_MAPS_ALL,
					NULL), 0);
	assert_int_equal(memory_image_build(getpid(),
		proc_maps_find(&maps, (uint64_t)(uintptr_t)mapped), &fd),
		MEMORY_IMAGE_OK);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, PAGE);
	close(fd);
	close(source);
	munmap(mapped, PAGE);
	proc_maps_release(&maps);
}

static void code_made_at_run_time_has_a_module(void **state)
{
	struct fixture *f = *state;
	const struct module *module;
	struct code_location where;
	void *code[2];
	int fd = memfd_create("jit", MFD_CLOEXEC);

	assert_int_equal(ftruncate(fd, 4096), 0);
	code[0] = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	code[1] = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(code[0], MAP_FAILED);
	assert_ptr_not_equal(code[1], MAP_FAILED);
	assert_int_equal(address_space_refresh(f->space, NULL), 0);
	for (int i = 0; i < 2; i++) {
		where = find(f, (uintptr_t)code[i] + 16);
		module = module_table_get(f->modules, where.module);
		assert_int_equal(module->kind, MODULE_JIT);
		assert_int_equal(module->process, PROCESS);
		assert_int_equal(where.bias, 0);
		assert_null(where.image);
		munmap(code[i], 4096);
	}
	close(fd);
}

/* The kinds of file that somebody else could put at our name. */
static void only_an_own_plain_file_is_a_perf_map(void **state)
{
	struct fixture *f = *state;
	char map[64];
	void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t jit;
	int fd;

	snprintf(map, sizeof(map), "/tmp/perf-%d.map", (int)getpid());
	unlink(map);
	assert_int_equal(address_space_refresh(f->space, NULL), 0);
	jit = find(f, (uintptr_t)code).module;
	assert_int_equal(module_table_fd(f->modules, jit), -1);

	assert_int_equal(mkfifo(map, 0600), 0);
	assert_int_equal(module_table_fd(f->modules, jit), -1);
	unlink(map);
	assert_int_equal(symlink("/proc/self/exe", map), 0);
	assert_int_equal(module_table_fd(f->modules, jit), -1);
	unlink(map);
	fd = open(map, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0622), 0);
	assert_int_equal(module_table_fd(f->modules, jit), -1);
	assert_int_equal(fchmod(fd, 0600), 0);
	assert_int_equal(link(map, f->other), 0);
	assert_int_equal(module_table_fd(f->modules, jit), -1);
	unlink(f->other);
	/* It came late, and now it is one. */
	assert_true(module_table_fd(f->modules, jit) >= 0);
	close(fd);
	unlink(map);
	munmap(code, 4096);
}

static void a_process_that_ended_keeps_its_maps(void **state)
{
	struct fixture *f = *state;
	struct address_space *space;
	struct error err = ERROR_INIT;

	/* Above the highest possible pid_max. */
	space = address_space_new(f->modules, (1 << 22) + 1, 7);
	assert_int_equal(address_space_refresh(space, &err), -1);
	assert_int_equal(err.kind, ERROR_SYSTEM);
	address_space_free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_module_is_the_special_one),
		cmocka_unit_test(own_code_is_in_a_file),
		cmocka_unit_test(the_vdso_is_read_from_memory),
		cmocka_unit_test(an_address_outside_is_not_found),
		cmocka_unit_test(processes_share_modules),
		cmocka_unit_test(a_deleted_library_is_still_itself),
		cmocka_unit_test(a_file_is_put_together_from_memory),
		cmocka_unit_test(segments_that_overlap_are_copied_once),
		cmocka_unit_test(code_made_at_run_time_has_a_module),
		cmocka_unit_test(only_an_own_plain_file_is_a_perf_map),
		cmocka_unit_test(a_process_that_ended_keeps_its_maps),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
