/* SPDX-License-Identifier: MIT */
/* Calls of this process, as if it stood still behind them. */
#include "trace/transfer.h"

#include "base/compiler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define ADDRESS(object) ((uintptr_t)(object))

#define CALL(name, ...) { .number = SYS_##name, .args = { __VA_ARGS__ } }

static struct transfer after(const struct task_call *call, int64_t result)
{
	return transfer_of(getpid(), call, result);
}

static bool was_cut(const struct task_call *call, int64_t result)
{
	const struct transfer transfer = after(call, result);

	return transfer_was_cut(getpid(), call, &transfer);
}

static void a_transfer_is_short_when_it_did_less_than_asked(void **state)
{
	struct iovec parts[100];
	struct msghdr header = { .msg_iov = parts,
				 .msg_iovlen = ARRAY_SIZE(parts) };
	const uint64_t vector = ADDRESS(parts), all = 100 * 1000;
	const struct {
		struct task_call call;
		uint64_t asked;
	} cases[] = {
		{ CALL(write, 1, 0, all), all },
		{ CALL(sendto, 1, 0, all, 0), all },
		{ CALL(writev, 1, vector, 100), all },
		{ CALL(writev, 1, vector, 64), 64 * 1000 },
		{ CALL(sendmsg, 1, ADDRESS(&header), 0), all },
		{ CALL(recvfrom, 1, 0, all, MSG_WAITALL), all },
		{ CALL(readv, 1, vector, 99), 99 * 1000 },
		{ CALL(getrandom, 0, all, 0), all },
		{ CALL(sendfile, 1, 2, 0, all), all },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		parts[i] = (struct iovec){ NULL, 1000 };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct transfer got = after(&cases[i].call, 4096);

		assert_int_not_equal(got.kind, TRANSFER_NONE);
		assert_int_equal(got.asked, cases[i].asked);
		assert_int_equal(got.done, 4096);
		assert_int_equal(after(&cases[i].call, got.asked).kind,
				 TRANSFER_NONE);
		assert_int_equal(after(&cases[i].call, 0).kind,
				 TRANSFER_NONE);
		assert_int_equal(after(&cases[i].call, -4).kind,
				 TRANSFER_NONE);
	}
}

static void other_calls_are_left_alone(void **state)
{
	static const struct task_call calls[] = {
		CALL(recvfrom, 1, 0, 5000, 0),
		CALL(recvfrom, 1, 0, 5000, MSG_WAITALL | MSG_DONTWAIT),
		CALL(sendto, 1, 0, 5000, MSG_DONTWAIT),
		CALL(poll, 0, 0, 5000),
		/* What cannot be read tells nothing. */
		CALL(writev, 1, 8, 3),
		CALL(sendmsg, 1, 8, 0),
		CALL(writev, 1, UINT64_MAX - 4, UINT64_MAX),
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		assert_int_equal(after(&calls[i], 4096).kind, TRANSFER_NONE);
}

/*
 * The kernel has put it there, to begin the call anew, and has set the pc
 * back: once is enough.
 */
static void the_number_of_a_call_is_no_result(void **state)
{
	static const int numbers[] = {
		SYS_read, SYS_pread64, SYS_readv, SYS_preadv, SYS_preadv2,
		SYS_getrandom
	};
	struct iovec part = { NULL, 1 << 20 };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct task_call call = { .number = numbers[i],
			.args = { 1, 1 << 20, 1 << 20 } };

		if (numbers[i] == SYS_readv || numbers[i] == SYS_preadv ||
		    numbers[i] == SYS_preadv2) {
			call.args[1] = ADDRESS(&part);
			call.args[2] = 1;
		}
		assert_int_equal(after(&call, 8192).kind, TRANSFER_AGAIN);
		assert_int_equal(after(&call, numbers[i]).kind, TRANSFER_NONE);
	}
}

static void only_sources_without_state_are_read_again(void **state)
{
	static const struct {
		const char *path;
		bool again;
	} cases[] = {
		{ "/dev/zero", true }, { "/dev/urandom", true },
		{ "/dev/random", true }, { "/dev/full", true },
		{ "/dev/null", false }, { "/proc/self/status", false },
		{ "/proc/self/exe", false },
	};
	int ends[2];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const int fd = open(cases[i].path, O_RDONLY);
		const struct task_call call = CALL(read, fd, 0, 1 << 20);

		assert_true(fd >= 0);
		assert_int_equal(transfer_may_repeat(getpid(), &call),
				 cases[i].again);
		close(fd);
		assert_false(transfer_may_repeat(getpid(), &call));
	}
	assert_int_equal(pipe(ends), 0);
	assert_false(transfer_may_repeat(getpid(), &(struct task_call)
		CALL(read, ends[0], 0, 1 << 20)));
	close(ends[0]);
	close(ends[1]);
	assert_true(transfer_may_repeat(getpid(), &(struct task_call)
		CALL(getrandom, 0, 1 << 20, 0)));
}

/* A file of that name is no device. */
static void a_name_alone_makes_no_source(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/zero", tmp ? tmp : "/tmp");
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_false(transfer_may_repeat(getpid(), &(struct task_call)
		CALL(read, fd, 0, 1 << 20)));
	close(fd);
	unlink(path);
}

static void what_waits_can_be_cut(void **state)
{
	const int file = open("/proc/self/exe", O_RDONLY);
	const int null = open("/dev/null", O_WRONLY);
	struct task_call call = CALL(write, 0, 0, 1 << 20);
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	call.args[0] = ends[1];
	assert_true(was_cut(&call, 5));
	assert_false(was_cut(&call, 1 << 20));
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	assert_false(was_cut(&call, 5));
	close(ends[0]);
	close(ends[1]);
	assert_false(was_cut(&call, 5));

	call.args[0] = file;
	assert_false(was_cut(&call, 5));
	call.args[0] = null;
	assert_false(was_cut(&call, 5));
	assert_true(transfer_may_be_cut(&call));
	/* Reads end early as they like. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	call.args[0] = ends[0];
	assert_true(was_cut(&call, 5));
	call.number = SYS_read;
	assert_false(was_cut(&call, 64));
	assert_false(transfer_may_be_cut(&call));
	call.number = SYS_recvfrom;
	assert_false(transfer_may_be_cut(&call));
	call.args[3] = MSG_WAITALL;
	assert_true(transfer_may_be_cut(&call));
	assert_true(was_cut(&call, 5));
	close(ends[0]);
	close(ends[1]);
	close(file);
	close(null);
}

static void the_end_of_a_file_is_no_cut(void **state)
{
	const int file = open("/proc/self/exe", O_RDONLY);
	const off_t size = lseek(file, 0, SEEK_END);
	struct task_call call = CALL(sendfile, 0, file, 0, size + 10);
	off_t position = size;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	call.args[0] = ends[1];
	assert_false(was_cut(&call, size));
	lseek(file, size - 1, SEEK_SET);
	assert_true(was_cut(&call, size - 1));
	call.args[2] = ADDRESS(&position);
	assert_false(was_cut(&call, size - 1));
	position--;
	assert_true(was_cut(&call, size - 1));
	close(ends[0]);
	close(ends[1]);
	close(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_transfer_is_short_when_it_did_less_than_asked),
		cmocka_unit_test(other_calls_are_left_alone),
		cmocka_unit_test(the_number_of_a_call_is_no_result),
		cmocka_unit_test(only_sources_without_state_are_read_again),
		cmocka_unit_test(a_name_alone_makes_no_source),
		cmocka_unit_test(what_waits_can_be_cut),
		cmocka_unit_test(the_end_of_a_file_is_no_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
