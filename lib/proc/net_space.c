/* SPDX-License-Identifier: MIT */
#include "proc/net_space.h"

#include "base/output.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	NET_DEV_MAX = 1 << 20,
	SENT_FIELD = 8		/* behind eight of what was received */
};

typedef char space_name[64];

/* "net:[4026531840]" */
static bool read_space(pid_t pid, space_name name)
{
	char path[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	len = readlink(path, name, sizeof(space_name) - 1);
	name[len > 0 ? len : 0] = '\0';
	return len > 0;
}

bool net_space_same(pid_t pid, pid_t other)
{
	space_name a, b;

	return !read_space(pid, a) || !read_space(other, b) ||
	       strcmp(a, b) == 0;
}

static bool is_stranger(pid_t pid, const space_name space,
			bool (*ours)(void *context, pid_t pid), void *context)
{
	space_name its;

	if (pid <= 0 || ours(context, pid))
		return false;
	return !read_space(pid, its) || strcmp(its, space) == 0;
}

bool net_space_alone(pid_t pid, bool (*ours)(void *context, pid_t pid),
		     void *context)
{
	DIR *dir = opendir("/proc");
	const struct dirent *entry;
	space_name space;
	bool alone = dir && read_space(pid, space);

	while (alone && (entry = readdir(dir)))
		alone = !is_stranger(strtol(entry->d_name, NULL, 10), space,
				     ours, context);
	if (dir)
		closedir(dir);
	return alone;
}

bool net_bytes_parse(const char *text, struct net_bytes *bytes)
{
	bool any = false;

	*bytes = (struct net_bytes){ .sent = 0 };
	/* Two lines of titles have no colon, or one behind a '|'. */
	for (const char *line = text; line; line = strchr(line, '\n')) {
		const char *colon, *end;
		char *pos;

		line += *line == '\n';
		end = line + strcspn(line, "\n");
		colon = memchr(line, ':', end - line);
		if (!colon || memchr(line, '|', end - line))
			continue;
		bytes->received += strtoull(colon + 1, &pos, 10);
		for (int i = 1; i < SENT_FIELD; i++)
			strtoull(pos, &pos, 10);
		bytes->sent += strtoull(pos, NULL, 10);
		any = true;
	}
	return any;
}

bool net_bytes_read(pid_t pid, struct net_bytes *bytes)
{
	struct strbuf text = STRBUF_INIT;
	char path[64];
	bool ok;

	snprintf(path, sizeof(path), "/proc/%d/net/dev", pid);
	ok = read_file_at(AT_FDCWD, path, NET_DEV_MAX, &text, NULL) == 0 &&
	     net_bytes_parse(strbuf_text(&text), bytes);
	strbuf_release(&text);
	return ok;
}
