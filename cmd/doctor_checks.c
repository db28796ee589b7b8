/* SPDX-License-Identifier: MIT */
#include "doctor_checks.h"

#include "base/output.h"
#include "base/strbuf.h"
#include "proc/diagnose.h"
#include "proc/process.h"
#include "symbol/debuginfod.h"
#include "trace/probe.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

static void add(struct diagnosis *diagnosis, const char *name,
		enum check_status status, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

static void add(struct diagnosis *diagnosis, const char *name,
		enum check_status status, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	check_vec_push(&diagnosis->checks, (struct check){
		name, status, arena_strdup(&diagnosis->arena, text)
	});
}

void diagnosis_release(struct diagnosis *diagnosis)
{
	check_vec_release(&diagnosis->checks);
	arena_release(&diagnosis->arena);
}

static int first_error(const struct probe *probe)
{
	for (int i = 0; i < PROBE_STEPS; i++) {
		if (probe->error[i])
			return probe->error[i];
	}
	return 0;
}

static void add_step(struct diagnosis *diagnosis, enum probe_step step,
		     int error)
{
	const char *name = probe_step_name(step);
	const char *purpose = probe_step_purpose(step);

	if (!error)
		add(diagnosis, name, CHECK_OK, "%s", purpose);
	else if (error == PROBE_NOT_TRIED)
		add(diagnosis, name, CHECK_NOTE,
		    "%s: not tried, as the step before failed", purpose);
	else
		add(diagnosis, name, CHECK_FAILED, "%s: %s", purpose,
		    error == ENODATA ? "this kernel does not tell" :
		    strerror(error));
}

/* A probe is not a process whose owner could be the cause. */
static void add_cause(struct diagnosis *diagnosis, const char *name,
		      const struct tracer_facts *tracer,
		      enum check_status status, int error)
{
	struct target_facts target;
	struct error err = ERROR_INIT;
	const char *cause;

	target = (struct target_facts){
		.pid = -1, .exists = true, .dumpable = true, .state = 'S',
		.uid = tracer->uid, .real_uid = tracer->uid,
	};
	if (error == ENODATA)
		error_set(&err, ERROR_SYSTEM, "the kernel does not tell what "
			  "is needed, see below");
	else
		diagnose_facts(tracer, &target, error, &err);
	/* What stands before names the process. */
	cause = strstr(err.text, "): ");
	add(diagnosis, name, status, "no: %s", cause ? cause + 3 : err.text);
}

static int check_tracing(struct diagnosis *diagnosis,
			 const struct tracer_facts *tracer, struct error *err)
{
	struct probe child, orphan;

	if (probe_child(&child, false, err) ||
	    probe_child(&orphan, true, err))
		return -1;
	diagnosis->can_launch = !first_error(&child);
	diagnosis->can_attach = !first_error(&orphan);

	if (diagnosis->can_launch)
		add(diagnosis, "record COMMAND", CHECK_OK, "yes");
	else
		add_cause(diagnosis, "record COMMAND", tracer, CHECK_FAILED,
			  first_error(&child));
	if (diagnosis->can_attach)
		add(diagnosis, "record -p PID", CHECK_OK, "yes%s",
		    tracer_facts_privileged(tracer) ? "" :
		    ", of processes of the same user");
	else
		add_cause(diagnosis, "record -p PID", tracer,
			  diagnosis->can_launch ? CHECK_NOTE : CHECK_FAILED,
			  first_error(&orphan));
	for (int i = 0; i < PROBE_STEPS; i++)
		add_step(diagnosis, i, child.error[i]);
	return 0;
}

static void check_kernel(struct diagnosis *diagnosis)
{
	struct utsname name;

	if (uname(&name))
		return;
	if (strcmp(name.machine, "x86_64") == 0)
		add(diagnosis, "kernel", CHECK_OK, "%s, %s", name.release,
		    name.machine);
	else
		add(diagnosis, "kernel", CHECK_FAILED,
		    "%s, %s: this cprof samples x86_64 programs only",
		    name.release, name.machine);
}

static void check_rights(struct diagnosis *diagnosis,
			 const struct tracer_facts *tracer)
{
	add(diagnosis, "user", CHECK_OK, "%u, %s CAP_SYS_PTRACE", tracer->uid,
	    tracer_facts_privileged(tracer) ? "with" : "without");
	if (tracer->yama < 0)
		add(diagnosis, "Yama", CHECK_OK, "not in this kernel");
	else
		add(diagnosis, "Yama",
		    tracer->yama && !diagnosis->can_attach ? CHECK_NOTE :
		    CHECK_OK, "kernel.yama.ptrace_scope is %d", tracer->yama);
	add(diagnosis, "seccomp", CHECK_OK, "%s",
	    tracer->seccomp == 2 ? "cprof runs under a filter" :
	    tracer->seccomp == 1 ? "strict" : "no filter");
	add(diagnosis, "container", CHECK_OK, "%s%s",
	    tracer->container ? tracer->container : "no sign of one",
	    tracer->user_namespace ? ", in a user namespace" : "");
}

static void check_limits(struct diagnosis *diagnosis)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	/* Two descriptors a thread, and room for modules. */
	add(diagnosis, "open files",
	    limit.rlim_max < 4096 ? CHECK_NOTE : CHECK_OK,
	    "at most %llu, good for %llu threads",
	    (unsigned long long)limit.rlim_max,
	    limit.rlim_max < 512 ? 0ULL :
	    (unsigned long long)(limit.rlim_max - 512) / 2);
}

struct build_id_search {
	uint8_t id[32];
	size_t len;
};

/* For dl_iterate_phdr(): the build-id of the C library we run with. */
static int find_libc(struct dl_phdr_info *info, size_t size, void *context)
{
	struct build_id_search *search = context;

	if (!strstr(info->dlpi_name, "libc.so"))
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *header = &info->dlpi_phdr[i];
		const char *pos, *end;

		if (header->p_type != PT_NOTE)
			continue;
		pos = (const char *)(info->dlpi_addr + header->p_vaddr);
		end = pos + header->p_memsz;
		while (pos + sizeof(ElfW(Nhdr)) <= end) {
			const ElfW(Nhdr) *note = (const void *)pos;
			const char *data = pos + sizeof(*note) +
					   (note->n_namesz + 3) / 4 * 4;

			if (note->n_type == NT_GNU_BUILD_ID &&
			    note->n_descsz <= sizeof(search->id)) {
				memcpy(search->id, data, note->n_descsz);
				search->len = note->n_descsz;
				return 1;
			}
			pos = data + (note->n_descsz + 3) / 4 * 4;
		}
	}
	return 0;
}

static void check_debug_info(struct diagnosis *diagnosis)
{
	struct build_id_search libc = { .len = 0 };
	char path[128];
	int len;

	dl_iterate_phdr(find_libc, &libc);
	if (libc.len < 2)
		return;
	len = snprintf(path, sizeof(path), "/usr/lib/debug/.build-id/%02x/",
		       libc.id[0]);
	for (size_t i = 1; i < libc.len; i++)
		len += snprintf(path + len, sizeof(path) - len, "%02x",
				libc.id[i]);
	snprintf(path + len, sizeof(path) - len, ".debug");
	if (access(path, R_OK) == 0)
		add(diagnosis, "debug info", CHECK_OK,
		    "that of the C library is installed");
	else
		add(diagnosis, "debug info", CHECK_NOTE,
		    "that of the C library is not installed: its inner "
		    "functions have no names (apt install libc6-dbg)");
}

static void check_others(struct diagnosis *diagnosis)
{
	struct strbuf text = STRBUF_INIT;
	const char *urls = getenv("DEBUGINFOD_URLS");

	if (read_file_at(AT_FDCWD, "/proc/sys/kernel/perf_event_paranoid", 64,
			 &text, NULL))
		strbuf_add(&text, "absent");
	add(diagnosis, "perf events", CHECK_OK,
	    "perf_event_paranoid is %.*s; cprof does not need them",
	    (int)strcspn(strbuf_text(&text), "\n"), strbuf_text(&text));
	if (!debuginfod_possible())
		add(diagnosis, "debuginfod", CHECK_OK, "built without it");
	else
		add(diagnosis, "debuginfod", CHECK_OK, "DEBUGINFOD_URLS is "
		    "%sset; asked with --debuginfod only",
		    urls && *urls ? "" : "not ");
	strbuf_release(&text);
}

int diagnosis_of_machine(struct diagnosis *diagnosis, struct error *err)
{
	struct tracer_facts tracer;

	tracer_facts_read(&tracer);
	if (check_tracing(diagnosis, &tracer, err))
		return -1;
	check_kernel(diagnosis);
	check_rights(diagnosis, &tracer);
	check_limits(diagnosis);
	check_debug_info(diagnosis);
	check_others(diagnosis);
	return 0;
}

int diagnosis_of_process(struct diagnosis *diagnosis, pid_t pid,
			 struct error *err)
{
	struct error cause = ERROR_INIT;
	struct target_facts target;
	struct pid_vec threads = VEC_INIT;
	char exe[4096] = "";
	int error;

	target_facts_read(&target, pid);
	if (!target.exists)
		return proc_diagnose_trace(pid, ESRCH, err);
	error = probe_process(pid);
	diagnosis->can_attach = !error;
	if (error) {
		proc_diagnose_trace(pid, error, &cause);
		add(diagnosis, "record -p PID", CHECK_FAILED, "%s",
		    cause.text);
	} else {
		add(diagnosis, "record -p PID", CHECK_OK, "yes");
	}
	process_exe(pid, exe, sizeof(exe));
	process_threads(pid, &threads);
	add(diagnosis, "process", CHECK_OK, "%d (%s)", pid, target.name);
	add(diagnosis, "program", CHECK_OK, "%s", *exe ? exe : "not known");
	add(diagnosis, "user", CHECK_OK, "%u%s%s%s", target.uid,
	    *target.user ? " (" : "", target.user, *target.user ? ")" : "");
	add(diagnosis, "threads", CHECK_OK, "%zu", threads.count);
	pid_vec_release(&threads);
	return 0;
}
