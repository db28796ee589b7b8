/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "elf/image.h"
#include "unwind/rule_check.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The bytes of a string literal, without the zero at its end. */
#define PROGRAM(text) { text, sizeof(text) - 1 }

struct program {
	const char *bytes;
	size_t len;
};

static bool allowed(const struct program *program)
{
	return rule_check_program((const uint8_t *)program->bytes,
				  program->len);
}

static void what_compilers_write_is_allowed(void **state)
{
	static const struct program programs[] = {
		PROGRAM(""),
		PROGRAM("\0\0\0"),
		PROGRAM("\x0c\x07\x08\x90\x01"),	/* any CIE */
		PROGRAM("\x41\x0e\x10\x86\x02\x43\x0d\x06"),
		PROGRAM("\x02\xff\x03\xff\xff\x04\xff\xff\xff\xff"),
		PROGRAM("\x0a\xc6\x0b"),	/* remember, restore */
		PROGRAM("\x09\x10\x01"),	/* rip is in rdx */
		PROGRAM("\x05\x21\x02"),	/* an xmm register */
		PROGRAM("\x2e\x20"),		/* GNU_args_size */
		/* A .plt section, and a stack that was aligned anew. */
		PROGRAM("\x0f\x0b\x77\x08\x80\0\x3f\x1a\x3b\x2a\x33\x24\x22"),
		PROGRAM("\x10\x06\x02\x76\0\x0f\x03\x76\x78\x06"),
		PROGRAM("\x16\x07\x02\x77\x08"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		assert_true(allowed(&programs[i]));
}

static void what_harms_libunwind_is_refused(void **state)
{
	static const struct program programs[] = {
		PROGRAM("\x09\x0c\xae\x7a"),	/* rule of r12: is in r15662 */
		PROGRAM("\x09\x0c\x11"),	/* in r17: the first too many */
		PROGRAM("\x01\0\0\0\0\0\0\0\0"),	/* set_loc */
		/* val_offset: libunwind executes what follows the code. */
		PROGRAM("\x14\x09\x0c\xae\x7a"),
		PROGRAM("\x15\x06\x02"),
		PROGRAM("\x0f\x01\x1b"),	/* division */
		PROGRAM("\x10\x06\x03\x2f\xfd\xff"),	/* jump to itself */
		PROGRAM("\x10\x06\x03\x28\xfd\xff"),	/* branch */
		PROGRAM("\x10\x06\x02\x10\x01"),	/* constu */
		PROGRAM("\x10\x06\x03\x92\x07\0"),	/* bregx */
		PROGRAM("\x10\x06\x01\xff"),
		PROGRAM("\x17"), PROGRAM("\x2d"), PROGRAM("\x3f"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		assert_false(allowed(&programs[i]));
}

static void states_are_remembered_some_deep(void **state)
{
	char bytes[400];
	const struct program program = { bytes, sizeof(bytes) };

	for (size_t i = 0; i < sizeof(bytes); i += 2)
		memcpy(bytes + i, "\x0a\x0b", 2);
	assert_true(allowed(&program));
	memset(bytes, 0x0a, 64);
	memset(bytes + 64, 0, sizeof(bytes) - 64);
	assert_true(allowed(&program));
	bytes[64] = 0x0a;
	assert_false(allowed(&program));
}

static void what_is_cut_short_is_refused(void **state)
{
	static const struct program programs[] = {
		PROGRAM("\x02"), PROGRAM("\x03\1"), PROGRAM("\x04\1\1\1"),
		PROGRAM("\x0c\x07"), PROGRAM("\x0c\x07\x80"),
		PROGRAM("\x90"), PROGRAM("\x09\x0c"),
		PROGRAM("\x0f\x05\x77\x08"),	/* longer than the program */
		PROGRAM("\x0f\x01\x77"),	/* breg7, and the end */
		PROGRAM("\x0f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		assert_false(allowed(&programs[i]));
}

/* Counts the functions of this program, or of a library, by the verdict. */
static void check_file(const char *path, size_t *good, size_t *bad)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct elf_image *image;
	struct elf_cfi cfi;
	size_t count;
	const struct elf_segment *segments;
	uint64_t at, end;

	assert_int_equal(elf_image_open(&image, fd, NULL), 0);
	segments = elf_image_segments(image, &count);
	while (count > 0 && !segments->executable) {
		segments++;
		count--;
	}
	assert_true(count > 0);
	end = segments->vaddr + segments->memory_bytes;
	for (at = segments->vaddr; at < end; at++) {
		if (!elf_image_find_cfi(image, at, &cfi))
			continue;
		*(rule_check_program(cfi.cie_program, cfi.cie_program_len) &&
		  rule_check_program(cfi.fde_program, cfi.fde_program_len)
			  ? good : bad) += 1;
		at = cfi.end - 1;
	}
	elf_image_free(image);
	close(fd);
}

static void every_function_of_real_files_is_allowed(void **state)
{
	static const char *const files[] = {
		"/proc/self/exe",
		"/lib/x86_64-linux-gnu/libc.so.6",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		size_t good = 0, bad = 0;

		if (access(files[i], R_OK) != 0)
			continue;	/* not a Debian */
		check_file(files[i], &good, &bad);
		assert_true(good > 10);
		assert_int_equal(bad, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_compilers_write_is_allowed),
		cmocka_unit_test(what_harms_libunwind_is_refused),
		cmocka_unit_test(states_are_remembered_some_deep),
		cmocka_unit_test(what_is_cut_short_is_refused),
		cmocka_unit_test(every_function_of_real_files_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
