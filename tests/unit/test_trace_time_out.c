/* SPDX-License-Identifier: MIT */
/* Calls of this process, as if a thread slept in them. */
#include "trace/time_out.h"

#include "base/compiler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define CALL(name, ...) { .number = SYS_##name, .args = { __VA_ARGS__ } }

static void a_time_out_among_the_arguments_is_seen(void **state)
{
	static const struct {
		struct task_call call;
		bool anew;
	} cases[] = {
		{ CALL(epoll_wait, 0, 0, 0, 100), true },
		{ CALL(epoll_wait, 0, 0, 0, (uint32_t)-1), false },
		{ CALL(epoll_wait, 0, 0, 0, UINT64_MAX), false },
		{ CALL(epoll_wait, 0, 0, 0, 0), false },
		{ CALL(epoll_pwait, 0, 0, 0, 1), true },
		{ CALL(rt_sigtimedwait, 1, 2, 3), true },
		{ CALL(rt_sigtimedwait, 1, 2, 0), false },
		{ CALL(semtimedop, 1, 2, 3, 0), false },
		{ CALL(semtimedop, 1, 2, 3, 4), true },
		{ CALL(io_getevents, 1, 2, 3, 4, 5), true },
		{ CALL(io_uring_enter, 1, 2, 3, 1), false },
		{ CALL(io_uring_enter, 1, 2, 3, 9), true },
		/* These know when they end. */
		{ CALL(poll, 0, 0, 100), false },
		{ CALL(clock_nanosleep, 0, 0, 1, 1), false },
		{ CALL(futex, 1, 0, 0, 1), false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(time_out_begins_anew(getpid(),
						      &cases[i].call),
				 cases[i].anew);
}

/* Some places do not let us: then nothing is known, as before. */
static bool may_borrow(int fd)
{
	const int process = syscall(SYS_pidfd_open, getpid(), 0);
	const int got = process < 0 ? -1 :
		(int)syscall(SYS_pidfd_getfd, process, fd, 0);

	close(process);
	close(got);
	return got >= 0;
}

static void a_time_out_of_a_socket_is_asked_for(void **state)
{
	const struct timeval time = { .tv_usec = 1000 };
	struct task_call take = CALL(read, 0), put = CALL(sendto, 0);
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	if (!may_borrow(ends[0]))
		skip();
	take.args[0] = put.args[0] = ends[0];
	assert_false(time_out_begins_anew(getpid(), &take));
	assert_false(time_out_begins_anew(getpid(), &put));
	assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &time,
				    sizeof(time)), 0);
	assert_true(time_out_begins_anew(getpid(), &take));
	assert_false(time_out_begins_anew(getpid(), &put));
	assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &time,
				    sizeof(time)), 0);
	assert_true(time_out_begins_anew(getpid(), &put));
	close(ends[0]);
	close(ends[1]);
	assert_false(time_out_begins_anew(getpid(), &take));
}

static void what_is_no_socket_has_none(void **state)
{
	struct task_call call = CALL(read, 0);
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	call.args[0] = ends[0];
	assert_false(time_out_begins_anew(getpid(), &call));
	call.args[0] = 1000000;
	assert_false(time_out_begins_anew(getpid(), &call));
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_out_among_the_arguments_is_seen),
		cmocka_unit_test(a_time_out_of_a_socket_is_asked_for),
		cmocka_unit_test(what_is_no_socket_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
