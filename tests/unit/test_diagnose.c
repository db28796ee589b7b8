/* SPDX-License-Identifier: MIT */
#include "proc/diagnose.h"

#include <errno.h>
#include <linux/capability.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A user's cprof and a process of the same user: nothing is in the way. */
static const struct tracer_facts plain_tracer = { .uid = 1000, .yama = -1 };
static const struct target_facts plain_target = {
	.pid = 42, .exists = true, .dumpable = true, .state = 'S',
	.process = 42, .parent = 7, .uid = 1000, .real_uid = 1000,
	.name = "server", .parent_name = "shell", .user = "ann",
};

static void expect(const struct tracer_facts *tracer,
		   const struct target_facts *target, int number,
		   enum error_kind kind, const char *text)
{
	struct error err = ERROR_INIT;

	assert_int_equal(diagnose_facts(tracer, target, number, &err), -1);
	if (!strstr(err.text, text))
		fail_msg("no '%s' in '%s'", text, err.text);
	assert_int_equal(err.kind, kind);
	assert_true(strlen(err.text) < sizeof(err.text) - 1);
}

static void a_missing_process_is_not_found(void **state)
{
	struct target_facts target = { .pid = 42 };

	expect(&plain_tracer, &target, ESRCH, ERROR_NOT_FOUND,
	       "there is no process 42");
}

static void a_zombie_has_exited_and_names_its_parent(void **state)
{
	struct target_facts target = plain_target;

	target.state = 'Z';
	expect(&plain_tracer, &target, EPERM, ERROR_NOT_FOUND,
	       "process 42 (server): it has exited; its parent, process 7 "
	       "(shell)");
}

static void a_traced_process_names_its_tracer(void **state)
{
	struct target_facts target = plain_target;

	target.tracer = 99;
	memcpy(target.tracer_name, "gdb", 4);
	expect(&plain_tracer, &target, EPERM, ERROR_SYSTEM,
	       "already traced by process 99 (gdb)");
}

static void a_kernel_thread_is_named_so(void **state)
{
	struct target_facts target = plain_target;

	target.kernel_thread = true;
	expect(&plain_tracer, &target, EPERM, ERROR_SYSTEM,
	       "thread of the kernel");
}

static void another_users_process_names_the_user(void **state)
{
	struct target_facts target = plain_target;

	target.uid = target.real_uid = 33;
	expect(&plain_tracer, &target, EPERM, ERROR_SYSTEM,
	       "another user, 33 (ann): run cprof as that user, or run cprof "
	       "as root");
}

static void root_without_capability_is_told_what_it_lacks(void **state)
{
	struct tracer_facts tracer = plain_tracer;

	tracer.uid = 0;
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM,
	       "give cprof the capability CAP_SYS_PTRACE");
	tracer.container = "docker";
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM,
	       "start the container with --cap-add SYS_PTRACE");
}

static void a_process_that_is_not_dumpable_is_told_so(void **state)
{
	struct target_facts target = plain_target;

	target.dumpable = false;
	expect(&plain_tracer, &target, EPERM, ERROR_SYSTEM, "not dumpable");
}

static void a_process_with_more_capabilities_is_told_so(void **state)
{
	struct target_facts target = plain_target;

	target.capabilities = 1 << CAP_NET_RAW;
	expect(&plain_tracer, &target, EPERM, ERROR_SYSTEM,
	       "has capabilities that cprof does not have");
}

static void yama_quotes_its_value_and_the_ways_out(void **state)
{
	struct tracer_facts tracer = plain_tracer;

	tracer.yama = 1;
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM,
	       "ptrace_scope is 1");
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM, "cprof record --");
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM, "as root (sudo)");
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM,
	       "sudo sysctl kernel.yama.ptrace_scope=0");
	tracer.yama = 2;
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM,
	       "ptrace_scope is 2");
	tracer.yama = 3;
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM,
	       "without a reboot");
}

static void yama_3_stops_even_the_privileged(void **state)
{
	struct tracer_facts tracer = plain_tracer;

	tracer.capabilities = UINT64_C(1) << CAP_SYS_PTRACE;
	tracer.yama = 2;
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM,
	       "security module");
	tracer.yama = 3;
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM,
	       "ptrace_scope is 3");
}

static void yama_0_is_not_blamed(void **state)
{
	struct tracer_facts tracer = plain_tracer;
	struct error err = ERROR_INIT;

	tracer.yama = 0;
	diagnose_facts(&tracer, &plain_target, EPERM, &err);
	assert_null(strstr(err.text, "ptrace_scope"));
}

static void a_seccomp_filter_names_the_container_options(void **state)
{
	struct tracer_facts tracer = plain_tracer;

	tracer.seccomp = 2;
	expect(&tracer, &plain_target, EPERM, ERROR_SYSTEM,
	       "--security-opt seccomp=unconfined");
}

static void a_missing_system_call_is_not_a_question_of_rights(void **state)
{
	struct tracer_facts tracer = plain_tracer;

	tracer.yama = 1;
	expect(&tracer, &plain_target, ENOSYS, ERROR_SYSTEM,
	       "not in this kernel");
}

static void other_failures_tell_the_errno(void **state)
{
	expect(&plain_tracer, &plain_target, EIO, ERROR_SYSTEM,
	       "cannot trace process 42 (server): Input/output error");
	expect(&plain_tracer, &plain_target, ESRCH, ERROR_NOT_FOUND,
	       "just exited");
}

static void facts_of_a_live_process_are_read(void **state)
{
	struct target_facts facts;

	target_facts_read(&facts, getpid());
	assert_true(facts.exists);
	assert_int_equal(facts.process, getpid());
	assert_int_equal(facts.parent, getppid());
	assert_int_equal(facts.uid, geteuid());
	assert_int_equal(facts.tracer, 0);
	assert_string_equal(facts.name, "test_diagnose");
	assert_false(facts.kernel_thread);
}

static void facts_of_a_zombie_are_read(void **state)
{
	struct target_facts facts;
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, pid, &info, WEXITED | WNOWAIT), 0);
	target_facts_read(&facts, pid);
	assert_true(facts.exists);
	assert_int_equal(facts.state, 'Z');
	waitpid(pid, NULL, 0);
	target_facts_read(&facts, pid);
	assert_false(facts.exists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_process_is_not_found),
		cmocka_unit_test(a_zombie_has_exited_and_names_its_parent),
		cmocka_unit_test(a_traced_process_names_its_tracer),
		cmocka_unit_test(a_kernel_thread_is_named_so),
		cmocka_unit_test(another_users_process_names_the_user),
		cmocka_unit_test(root_without_capability_is_told_what_it_lacks),
		cmocka_unit_test(a_process_that_is_not_dumpable_is_told_so),
		cmocka_unit_test(a_process_with_more_capabilities_is_told_so),
		cmocka_unit_test(yama_quotes_its_value_and_the_ways_out),
		cmocka_unit_test(yama_3_stops_even_the_privileged),
		cmocka_unit_test(yama_0_is_not_blamed),
		cmocka_unit_test(a_seccomp_filter_names_the_container_options),
		cmocka_unit_test(
			a_missing_system_call_is_not_a_question_of_rights),
		cmocka_unit_test(other_failures_tell_the_errno),
		cmocka_unit_test(facts_of_a_live_process_are_read),
		cmocka_unit_test(facts_of_a_zombie_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
