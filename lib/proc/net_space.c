/* SPDX-License-Identifier: MIT */
#include "proc/net_space.h"

#include "base/compiler.h"
#include "base/output.h"
#include "proc/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	NET_DEV_MAX = 1 << 20,
	SENT_FIELD = 8		/* behind eight of what was received */
};

/* "net:[4026531840]" */
uint64_t net_space_id(pid_t pid)
{
	static const char before[] = "net:[";
	char path[64], name[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	len = readlink(path, name, sizeof(name) - 1);
	if (len < 0)
		return 0;
	name[len] = '\0';
	if (strncmp(name, before, strlen(before)) != 0)
		return 0;
	return strtoull(name + strlen(before), NULL, 10);
}

/* Who is in none has ended, or is about to. */
static enum net_company company_of(pid_t pid, uint64_t id)
{
	uint64_t its = net_space_id(pid);

	if (!its && errno == ENOENT) {
		pid = process_live_thread(pid);
		its = pid ? net_space_id(pid) : 0;
	}
	if (its)
		return its == id ? NET_SHARED : NET_ALONE;
	return errno == ENOENT || errno == ESRCH ? NET_ALONE : NET_UNKNOWN;
}

enum net_company net_space_company(uint64_t id,
				   bool (*ours)(void *context, pid_t pid),
				   void *context)
{
	DIR *dir = opendir("/proc");
	enum net_company company = dir ? NET_ALONE : NET_UNKNOWN;
	const struct dirent *entry;

	while (dir && company != NET_SHARED && (entry = readdir(dir))) {
		const pid_t pid = strtol(entry->d_name, NULL, 10);

		if (pid > 0 && !ours(context, pid))
			company = MAX(company, company_of(pid, id));
	}
	if (dir)
		closedir(dir);
	return company;
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
