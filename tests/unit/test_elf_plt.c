/* SPDX-License-Identifier: MIT */
#include "elf/plt.h"

#include "base/compiler.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* This process's C library, whose stubs lead to what it chose at its start. */
static Elf *open_libc(int *fd)
{
	Dl_info info;
	Elf *elf;

	elf_version(EV_CURRENT);
	assert_true(dladdr((void *)getpid, &info));
	*fd = open(info.dli_fname, O_RDONLY | O_CLOEXEC);
	assert_true(*fd >= 0);
	elf = elf_begin(*fd, ELF_C_READ_MMAP, NULL);
	assert_non_null(elf);
	return elf;
}

static void stubs_of_chosen_functions_have_their_names(void **state)
{
	struct elf_plt plt = ELF_PLT_INIT;
	size_t named = 0, memory = 0, stubs = 0;
	int fd;
	Elf *elf = open_libc(&fd);

	elf_plt_read(&plt, elf);
	for (size_t i = 0; i < plt.sections.count; i++) {
		const struct plt_section *section = &plt.sections.items[i];

		/* The first stub is that of the linker itself. */
		for (uint64_t at = section->start + section->stub_bytes;
		     at < section->end; at += section->stub_bytes) {
			const char *name = elf_plt_find(&plt, at);

			assert_non_null(name);
			stubs++;
			named += *name != '\0';
			memory += strcmp(name, "memset") == 0 ||
				  strcmp(name, "memchr") == 0 ||
				  strcmp(name, "strlen") == 0;
		}
	}
	elf_plt_release(&plt);
	elf_end(elf);
	close(fd);
	if (!stubs)
		skip();
	assert_true(named * 2 > stubs);
	assert_true(memory > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stubs_of_chosen_functions_have_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
