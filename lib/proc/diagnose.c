/* SPDX-License-Identifier: MIT */
#include "proc/diagnose.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Each check answers -1 with the cause in `err`, or 0: not this one. */
typedef int check_fn(const struct tracer_facts *tracer,
		     const struct target_facts *target, int failed_errno,
		     struct error *err);

/* What lifts all limits but seccomp and other security modules. */
static const char *become_privileged(const struct tracer_facts *tracer)
{
	if (tracer->container)
		return "start the container with --cap-add SYS_PTRACE";
	if (tracer->uid == 0)
		return "give cprof the capability CAP_SYS_PTRACE";
	return "run cprof as root (sudo)";
}

static int check_gone(const struct tracer_facts *tracer,
		      const struct target_facts *target, int failed_errno,
		      struct error *err)
{
	if (!target->exists)
		return error_set(err, ERROR_NOT_FOUND, "there is no process %d",
				 target->pid);
	if (target->state == 'Z' || target->state == 'X')
		return error_set(err, ERROR_NOT_FOUND, "it has exited; its "
				 "parent, process %d (%s), has not fetched "
				 "its status yet",
				 target->parent, target->parent_name);
	return 0;
}

static int check_kind(const struct tracer_facts *tracer,
		      const struct target_facts *target, int failed_errno,
		      struct error *err)
{
	if (target->pid == getpid())
		return error_set(err, ERROR_SYSTEM, "it is cprof itself");
	if (target->kernel_thread)
		return error_set(err, ERROR_SYSTEM,
				 "it is a thread of the kernel");
	return 0;
}

static int check_traced(const struct tracer_facts *tracer,
			const struct target_facts *target, int failed_errno,
			struct error *err)
{
	if (!target->tracer)
		return 0;
	return error_set(err, ERROR_SYSTEM, "it is already traced by process "
			 "%d (%s), and only one tracer is possible: end that "
			 "one first", target->tracer, target->tracer_name);
}

static int check_just_exited(const struct tracer_facts *tracer,
			     const struct target_facts *target,
			     int failed_errno, struct error *err)
{
	if (failed_errno != ESRCH && failed_errno != ENOENT)
		return 0;
	return error_set(err, ERROR_NOT_FOUND, "it has just exited");
}

static int check_yama_locked(const struct tracer_facts *tracer,
			     const struct target_facts *target,
			     int failed_errno, struct error *err)
{
	if (tracer->yama < 3)
		return 0;
	return error_set(err, ERROR_SYSTEM, "Yama forbids all tracing here "
			 "(kernel.yama.ptrace_scope is %d), and that cannot "
			 "be changed without a reboot", tracer->yama);
}

static int check_owner(const struct tracer_facts *tracer,
		       const struct target_facts *target, int failed_errno,
		       struct error *err)
{
	if (tracer_facts_privileged(tracer))
		return 0;
	if (tracer->uid != target->uid || tracer->uid != target->real_uid)
		return error_set(err, ERROR_SYSTEM, "it belongs to another "
				 "user, %u%s%s%s: run cprof as that user, "
				 "or %s",
				 target->uid, *target->user ? " (" : "",
				 target->user, *target->user ? ")" : "",
				 become_privileged(tracer));
	if (!target->dumpable)
		return error_set(err, ERROR_SYSTEM, "it is not dumpable (a "
				 "set-user-ID program, a file that may not be "
				 "read, or its own wish, see PR_SET_DUMPABLE): "
				 "%s", become_privileged(tracer));
	if (target->capabilities & ~tracer->capabilities)
		return error_set(err, ERROR_SYSTEM, "it has capabilities that "
				 "cprof does not have: %s",
				 become_privileged(tracer));
	return 0;
}

static int check_yama(const struct tracer_facts *tracer,
		      const struct target_facts *target, int failed_errno,
		      struct error *err)
{
	if (tracer_facts_privileged(tracer))
		return 0;
	if (tracer->yama == 2)
		return error_set(err, ERROR_SYSTEM, "Yama lets only "
				 "administrators trace "
				 "(kernel.yama.ptrace_scope is 2): %s",
				 become_privileged(tracer));
	if (tracer->yama == 1)
		return error_set(err, ERROR_SYSTEM, "Yama lets a process be "
				 "traced by its ancestors only "
				 "(kernel.yama.ptrace_scope is 1).  Three ways "
				 "out: start the program with 'cprof record "
				 "-- COMMAND'; %s; or allow it until the next "
				 "boot with 'sudo sysctl "
				 "kernel.yama.ptrace_scope=0'",
				 become_privileged(tracer));
	return 0;
}

static int check_absent(const struct tracer_facts *tracer,
			const struct target_facts *target, int failed_errno,
			struct error *err)
{
	if (failed_errno != ENOSYS || tracer->seccomp)
		return 0;
	return error_set(err, ERROR_SYSTEM, "the system call that does it is "
			 "not in this kernel, or not in the sandbox that cprof "
			 "runs in");
}

static int check_container(const struct tracer_facts *tracer,
			   const struct target_facts *target,
			   int failed_errno, struct error *err)
{
	if (failed_errno != EPERM && failed_errno != EACCES &&
	    failed_errno != ENOSYS)
		return 0;
	if (tracer->seccomp)
		return error_set(err, ERROR_SYSTEM, "a seccomp filter on cprof "
				 "may forbid it: start the container with "
				 "--cap-add SYS_PTRACE, or with "
				 "--security-opt seccomp=unconfined");
	if (tracer->container && !tracer_facts_privileged(tracer))
		return error_set(err, ERROR_SYSTEM, "the rules of this "
				 "container (%s) forbid it: %s",
				 tracer->container,
				 become_privileged(tracer));
	if (tracer->user_namespace)
		return error_set(err, ERROR_SYSTEM, "cprof is in a user "
				 "namespace, and the process is not inside "
				 "it: run cprof where the process was started");
	return error_set(err, ERROR_SYSTEM, "%s, though owner, rights, Yama "
			 "and seccomp allow it: a security module such as "
			 "AppArmor, or another rule of this %s, is the cause",
			 strerror(failed_errno),
			 tracer->container ? "container" : "machine");
}

int diagnose_facts(const struct tracer_facts *tracer,
		   const struct target_facts *target, int failed_errno,
		   struct error *err)
{
	static check_fn *const checks[] = {
		check_gone, check_kind, check_traced, check_just_exited,
		check_absent, check_yama_locked, check_owner, check_yama,
		check_container,
	};

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		if (!checks[i](tracer, target, failed_errno, err))
			continue;
		if (!target->exists)
			return -1;
		return error_context(err, "cannot trace process %d (%s)",
				     target->pid, target->name);
	}
	return error_set(err, ERROR_SYSTEM, "cannot trace process %d (%s): %s",
			 target->pid, target->name, strerror(failed_errno));
}

int proc_diagnose_trace(pid_t pid, int failed_errno, struct error *err)
{
	struct tracer_facts tracer;
	struct target_facts target;

	tracer_facts_read(&tracer);
	target_facts_read(&target, pid);
	return diagnose_facts(&tracer, &target, failed_errno, err);
}
