/* SPDX-License-Identifier: MIT */
#include "proc/memory.h"

#include "base/output.h"
#include "proc/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SMAPS_MAX = 64 << 20	/* a process may have 65,530 mappings */
};

static uint64_t kilobytes(const char *text, const char *key)
{
	return strtoull(status_field(text, key), NULL, 10) * 1024;
}

bool memory_sizes_parse(const char *text, struct memory_sizes *memory)
{
	if (!*status_field(text, "\nVmRSS:"))
		return false;
	*memory = (struct memory_sizes){
		.rss = kilobytes(text, "\nVmRSS:"),
		.anon = kilobytes(text, "\nRssAnon:"),
		.file = kilobytes(text, "\nRssFile:"),
		.shmem = kilobytes(text, "\nRssShmem:"),
		.swap = kilobytes(text, "\nVmSwap:"),
		.peak = kilobytes(text, "\nVmHWM:"),
	};
	return true;
}

bool memory_sizes_read(pid_t pid, struct memory_sizes *memory)
{
	char text[4096];

	return process_file_read(pid, "status", text, sizeof(text)) &&
	       memory_sizes_parse(text, memory);
}

int resident_open(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

bool resident_read(int fd, uint64_t *bytes)
{
	char text[128];
	const ssize_t got = pread(fd, text, sizeof(text) - 1, 0);
	uint64_t pages;
	char *rest;

	if (got <= 0)
		return false;
	text[got] = '\0';
	strtoull(text, &rest, 10);
	pages = strtoull(rest, NULL, 10);
	*bytes = pages * (uint64_t)sysconf(_SC_PAGESIZE);
	return pages > 0;
}

bool memory_share_parse(const char *text, struct memory_share *share)
{
	if (!*status_field(text, "\nPss:"))
		return false;
	*share = (struct memory_share){
		.pss = kilobytes(text, "\nPss:"),
		.pss_anon = kilobytes(text, "\nPss_Anon:"),
		.pss_file = kilobytes(text, "\nPss_File:"),
		.private_bytes = kilobytes(text, "\nPrivate_Clean:") +
				 kilobytes(text, "\nPrivate_Dirty:"),
	};
	return true;
}

/* The whole of /proc/PID/`file`. */
static int read_text(pid_t pid, const char *file, struct strbuf *text,
		     struct error *err)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	return read_file_at(AT_FDCWD, path, SMAPS_MAX, text, err);
}

int memory_share_read(pid_t pid, struct memory_share *share,
		      struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	int ret = read_text(pid, "smaps_rollup", &text, err);

	/* What ended between two steps; a zombie still has the file. */
	if (ret && errno == ESRCH)
		error_set(err, ERROR_NOT_FOUND, "it has ended");
	if (!ret && !memory_share_parse(strbuf_text(&text), share))
		ret = error_set(err, ERROR_NOT_FOUND, "it has no memory");
	strbuf_release(&text);
	return ret;
}

const char *space_kind_name(enum space_kind kind)
{
	static const char *const names[SPACE_KINDS] = {
		[SPACE_HEAP] = "heap",
		[SPACE_STACK] = "stack",
		[SPACE_FILE] = "file",
		[SPACE_SHARED] = "shared",
		[SPACE_NAMED] = "named",
		[SPACE_ANON] = "anon",
	};

	return names[kind];
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* `name`: what stands at the end of a mapping's line, up to its newline. */
static enum space_kind kind_of(const char *name)
{
	if (starts(name, "[heap]"))
		return SPACE_HEAP;
	if (starts(name, "[stack"))
		return SPACE_STACK;
	if (starts(name, "[anon:"))
		return SPACE_NAMED;
	if (starts(name, "[anon_shmem:") || starts(name, "/dev/shm/") ||
	    starts(name, "/memfd:") || starts(name, "/SYSV") ||
	    starts(name, "/dev/zero"))
		return SPACE_SHARED;
	if (*name == '/')
		return SPACE_FILE;
	return SPACE_ANON;
}

/*
 * "55d0c0e00000-55d0c0e21000 rw-p 00000000 00:00 0       [heap]": false for
 * the lines below it, which are "Key:   123 kB".
 */
static bool mapping_line(const char *line, const char *end, const char **name)
{
	const char *pos = memchr(line, ' ', end - line);

	if (!pos || !memchr(line, '-', pos - line) || pos[-1] == ':')
		return false;
	for (int blanks = 1; pos < end && blanks < 5; blanks++) {
		pos = memchr(pos + 1, ' ', end - pos - 1);
		if (!pos)
			pos = end;
	}
	while (pos < end && *pos == ' ')
		pos++;
	*name = pos;
	return true;
}

void address_sizes_parse(const char *text, struct address_sizes *sizes)
{
	enum space_kind kind = SPACE_ANON;
	const char *end, *name;

	for (const char *line = text; *line; line = *end ? end + 1 : end) {
		end = line + strcspn(line, "\n");
		if (starts(line, "Size:")) {
			sizes->mapped[kind] +=
				strtoull(line + 5, NULL, 10) * 1024;
		} else if (starts(line, "Rss:")) {
			sizes->resident[kind] +=
				strtoull(line + 4, NULL, 10) * 1024;
		} else if (mapping_line(line, end, &name)) {
			kind = kind_of(name);
			sizes->mappings++;
		}
	}
}

int address_sizes_read(pid_t pid, struct address_sizes *sizes,
		       struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	int ret = read_text(pid, "smaps", &text, err);

	if (!ret)
		address_sizes_parse(strbuf_text(&text), sizes);
	strbuf_release(&text);
	return ret;
}
