/* SPDX-License-Identifier: MIT */
#include "record/exec_warning.h"

#include "base/compiler.h"
#include "base/path.h"
#include "elf/section.h"
#include "proc/facts.h"
#include "proc/process.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

enum {
	/* More is not searched: the tracer has other things to do. */
	NAMES_BYTES_MAX = 4 << 20
};

static bool kernel_honours_rights(struct exec_warnings *warnings)
{
	struct tracer_facts facts;

	if (!warnings->know_rights) {
		tracer_facts_read(&facts);
		warnings->may_trace_all = tracer_facts_privileged(&facts);
		warnings->know_rights = true;
	}
	return warnings->may_trace_all;
}

/* What the file would have given, had nobody traced; NULL: nothing. */
static const char *rights_of_file(const char *exe, pid_t pid)
{
	const unsigned int group_bits = S_ISGID | S_IXGRP;
	struct process_status process;
	struct statvfs place;
	struct stat file;

	if (stat(exe, &file) != 0)
		return NULL;
	if (!(file.st_mode & (S_ISUID | S_ISGID)) &&
	    getxattr(exe, "security.capability", NULL, 0) <= 0)
		return NULL;
	/* Ignored in any case? */
	if (!process_status_read(pid, &process) ||
	    process.no_new_privileges ||
	    (statvfs(exe, &place) == 0 && place.f_flag & ST_NOSUID))
		return NULL;
	if (file.st_mode & S_ISUID && file.st_uid != process.euid)
		return "its set-user-ID bit";
	if ((file.st_mode & group_bits) == group_bits &&
	    file.st_gid != process.egid)
		return "its set-group-ID bit";
	if (getxattr(exe, "security.capability", NULL, 0) > 0)
		return "the capabilities of its file";
	return NULL;
}

/*
 * The names that a program with the leak check uses or brings along.  Both
 * compilers export or import them, so they are in its dynamic strings.
 */
static bool names_leak_check(const char *names, size_t len)
{
	static const char asan[] = "\0__asan_init";
	static const char lsan[] = "\0__lsan_init";

	return memmem(names, len, asan, sizeof(asan)) ||
	       memmem(names, len, lsan, sizeof(lsan));
}

/* Open the program behind `exe` and read how it begins; false: no ELF file. */
static bool open_program(int exe, struct elf_file *file, Elf64_Ehdr *header)
{
	char path[64];
	struct stat status;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", exe);
	*file = (struct elf_file){ .fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (file->fd < 0)
		return false;
	if (fstat(file->fd, &status) == 0)
		file->bytes = status.st_size;
	if (elf_file_read_into(file, 0, header, sizeof(*header)) &&
	    memcmp(header->e_ident, ELFMAG, SELFMAG) == 0)
		return true;
	close(file->fd);
	return false;
}

/* x32 programs, too: what they are made of is in 32-bit files. */
static bool is_foreign(const Elf64_Ehdr *header)
{
	return header->e_ident[EI_CLASS] != ELFCLASS64;
}

bool exec_is_foreign(int exe)
{
	struct elf_file file;
	Elf64_Ehdr header;

	if (exe < 0 || !open_program(exe, &file, &header))
		return false;
	close(file.fd);
	return is_foreign(&header);
}

static bool has_leak_check(const struct elf_file *file,
			   const Elf64_Ehdr *header)
{
	struct elf_section_table sections;
	const struct elf_section *names;
	uint8_t *text = NULL;
	bool found;

	elf_section_table_read(&sections, file, header);
	names = elf_section_find(&sections, ".dynstr");
	if (names && names->bytes <= NAMES_BYTES_MAX)
		text = elf_file_read(file, names->offset, names->bytes);
	found = text && names_leak_check((const char *)text, names->bytes);
	free(text);
	elf_section_table_release(&sections);
	return found;
}

bool exec_warning_all_told(const struct exec_warnings *warnings)
{
	return warnings->privileged_told && warnings->sanitizer_told &&
	       warnings->foreign_told;
}

static void name_of(const char *exe, char *name, size_t size)
{
	char path[PATH_MAX];
	const ssize_t len = readlink(exe, path, sizeof(path) - 1);

	path[MAX(len, 0)] = '\0';
	snprintf(name, size, "%.*s", (int)size - 1, path_base(path));
}

/* What the file itself says. */
static bool warn_of_file(struct exec_warnings *warnings, int exe,
			 const char *name, struct strbuf *text)
{
	bool *told = NULL;
	struct elf_file file;
	Elf64_Ehdr header;

	if (!open_program(exe, &file, &header))
		return false;
	if (is_foreign(&header)) {
		told = &warnings->foreign_told;
		if (!*told)
			strbuf_addf(text, "%s is a 32-bit program: it runs on, "
				    "but where it spends its time is not seen "
				    "(cprof reads 64-bit x86 programs)", name);
	} else if (!warnings->sanitizer_told &&
		   has_leak_check(&file, &header)) {
		told = &warnings->sanitizer_told;
		strbuf_addf(text, "%s is built with AddressSanitizer or "
			    "LeakSanitizer: the leak check at its end fails "
			    "while it is traced, and so does the program "
			    "(detect_leaks=0 in ASAN_OPTIONS or LSAN_OPTIONS "
			    "does without)", name);
	}
	close(file.fd);
	if (!told || *told)
		return false;
	*told = true;
	return true;
}

bool exec_warning(struct exec_warnings *warnings, int exe, pid_t pid,
		  bool executed, struct strbuf *text)
{
	char path[64], name[NAME_MAX + 1];
	const char *rights = NULL;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", exe);
	name_of(path, name, sizeof(name));
	if (executed && !warnings->privileged_told &&
	    !kernel_honours_rights(warnings))
		rights = rights_of_file(path, pid);
	if (rights) {
		warnings->privileged_told = true;
		strbuf_addf(text, "%s is traced, so the kernel ignores %s: it "
			    "runs with fewer rights than without cprof (run "
			    "cprof as root to record it as it is)",
			    name, rights);
		return true;
	}
	return warn_of_file(warnings, exe, name, text);
}
