/* SPDX-License-Identifier: MIT */
#include "proc/facts.h"

#include "base/output.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PROC_FILE_MAX = 64 * 1024,
	KERNEL_THREAD = 0x00200000,	/* PF_KTHREAD in /proc/PID/stat */
};

static bool read_text(struct strbuf *text, const char *path)
{
	strbuf_clear(text);
	return read_file_at(AT_FDCWD, path, PROC_FILE_MAX, text, NULL) == 0;
}

/* The value of "Name:\tVALUE" in the text of a status file, or "". */
static const char *field(const struct strbuf *text, const char *name)
{
	const size_t len = strlen(name);
	const char *line = strbuf_text(text);

	while (line && *line) {
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1 + strspn(line + len + 1, "\t ");
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return "";
}

static long number_field(const struct strbuf *text, const char *name)
{
	return strtol(field(text, name), NULL, 10);
}

static void comm_of(pid_t pid, process_name name)
{
	struct strbuf text = STRBUF_INIT;
	char path[64];

	name[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (pid > 0 && read_text(&text, path)) {
		const char *comm = strbuf_text(&text);

		snprintf(name, sizeof(process_name), "%.*s",
			 (int)strcspn(comm, "\n"), comm);
	}
	strbuf_release(&text);
}

static int yama_scope(void)
{
	struct strbuf text = STRBUF_INIT;
	int scope = -1;

	if (read_text(&text, "/proc/sys/kernel/yama/ptrace_scope") &&
	    isdigit((unsigned char)*strbuf_text(&text)))
		scope = strbuf_text(&text)[0] - '0';
	strbuf_release(&text);
	return scope;
}

static bool in_user_namespace(void)
{
	struct strbuf text = STRBUF_INIT;
	unsigned long inside = 0, outside = 0, count = 0;
	bool first;

	first = !read_text(&text, "/proc/self/uid_map") ||
		(sscanf(strbuf_text(&text), "%lu %lu %lu", &inside, &outside,
			&count) == 3 &&
		 inside == 0 && outside == 0 && count == UINT32_MAX);
	strbuf_release(&text);
	return !first;
}

static const char *container_kind(void)
{
	static const struct {
		const char *path;
		const char *kind;
	} marks[] = {
		{ "/var/run/secrets/kubernetes.io", "kubernetes" },
		{ "/.dockerenv", "docker" },
		{ "/run/.containerenv", "podman" },
		{ "/run/systemd/container", "container" },
		{ "/dev/lxd", "lxd" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if (access(marks[i].path, F_OK) == 0)
			return marks[i].kind;
	}
	return NULL;
}

void tracer_facts_read(struct tracer_facts *facts)
{
	struct strbuf text = STRBUF_INIT;

	*facts = (struct tracer_facts){
		.uid = geteuid(),
		.yama = yama_scope(),
		.user_namespace = in_user_namespace(),
		.container = container_kind(),
	};
	if (read_text(&text, "/proc/self/status")) {
		facts->capabilities = strtoull(field(&text, "CapEff"), NULL,
					       16);
		facts->seccomp = number_field(&text, "Seccomp");
		facts->no_new_privileges = number_field(&text, "NoNewPrivs");
	}
	strbuf_release(&text);
}

bool tracer_facts_privileged(const struct tracer_facts *facts)
{
	return facts->capabilities >> CAP_SYS_PTRACE & 1;
}

/*
 * The kernel gives the files of a process that is not dumpable to root,
 * but not the directory itself.
 */
static bool is_dumpable(pid_t pid, uid_t effective_uid)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	return stat(path, &st) || st.st_uid == effective_uid;
}

/* The name of a process may hold ')': fields follow the last one. */
static bool is_kernel_thread(pid_t pid)
{
	struct strbuf text = STRBUF_INIT;
	unsigned long flags = 0;
	const char *end = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (read_text(&text, path))
		end = strrchr(strbuf_text(&text), ')');
	if (end && sscanf(end, ") %*c %*d %*d %*d %*d %*d %lu", &flags) != 1)
		flags = 0;
	strbuf_release(&text);
	return flags & KERNEL_THREAD;
}

static void user_name(uid_t uid, char *name, size_t size)
{
	char buffer[4096];
	struct passwd entry;
	struct passwd *found = NULL;

	name[0] = '\0';
	if (getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 &&
	    found)
		snprintf(name, size, "%s", found->pw_name);
}

static void read_status(struct target_facts *facts, const struct strbuf *text)
{
	unsigned int real = 0, effective = 0;

	if (sscanf(field(text, "Uid"), "%u %u", &real, &effective) == 2) {
		facts->real_uid = real;
		facts->uid = effective;
	}
	facts->state = *field(text, "State");
	facts->process = number_field(text, "Tgid");
	facts->parent = number_field(text, "PPid");
	facts->tracer = number_field(text, "TracerPid");
	facts->capabilities = strtoull(field(text, "CapPrm"), NULL, 16);
}

void target_facts_read(struct target_facts *facts, pid_t pid)
{
	struct strbuf text = STRBUF_INIT;
	char path[64];

	*facts = (struct target_facts){ .pid = pid, .dumpable = true };
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (pid > 0 && read_text(&text, path)) {
		facts->exists = true;
		read_status(facts, &text);
		facts->dumpable = is_dumpable(pid, facts->uid);
		facts->kernel_thread = is_kernel_thread(pid);
		comm_of(pid, facts->name);
		comm_of(facts->parent, facts->parent_name);
		comm_of(facts->tracer, facts->tracer_name);
		user_name(facts->uid, facts->user, sizeof(facts->user));
	}
	strbuf_release(&text);
}
