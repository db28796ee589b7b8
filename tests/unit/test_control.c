/* SPDX-License-Identifier: MIT */
#include "record/control.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void a_message_arrives_as_it_was_sent(void **state)
{
	struct control_message sent = { .type = CONTROL_DONE, .pid = 77 };
	struct control_message got;
	struct error err = ERROR_INIT;
	int ends[2];

	sent.summary.samples = UINT64_MAX;
	sent.summary.losses.ticks_late = 3;
	error_set(&sent.error, ERROR_SYSTEM, "disk full");
	assert_int_equal(control_pair(ends, &err), 0);
	assert_int_equal(control_send(ends[0], &sent, &err), 0);
	assert_int_equal(control_receive(ends[1], &got, &err), 1);
	assert_memory_equal(&got, &sent, sizeof(got));
	close(ends[0]);
	close(ends[1]);
}

static void a_closed_peer_is_the_end_and_no_signal(void **state)
{
	struct control_message message = { .type = CONTROL_STOP };
	struct error err = ERROR_INIT;
	int ends[2];

	assert_int_equal(control_pair(ends, &err), 0);
	close(ends[1]);
	assert_int_equal(control_receive(ends[0], &message, &err), 0);
	/* SIGPIPE would end this test. */
	assert_int_equal(control_send(ends[0], &message, &err), -1);
	assert_int_equal(err.kind, ERROR_SYSTEM);
	close(ends[0]);
}

static void the_last_words_of_a_peer_that_did_not_listen_arrive(void **state)
{
	struct control_message message = { .type = CONTROL_STOP };
	struct error err = ERROR_INIT;
	int ends[2];

	assert_int_equal(control_pair(ends, &err), 0);
	assert_int_equal(control_send(ends[0], &message, &err), 0);
	message.type = CONTROL_FAILED;
	assert_int_equal(control_send(ends[1], &message, &err), 0);
	close(ends[1]);
	assert_int_equal(control_receive(ends[0], &message, &err), 1);
	assert_int_equal(message.type, CONTROL_FAILED);
	assert_int_equal(control_receive(ends[0], &message, &err), 0);
	close(ends[0]);
}

static void other_bytes_are_an_error(void **state)
{
	struct control_message message = { .type = 99 };
	struct error err = ERROR_INIT;
	int ends[2];

	assert_int_equal(control_pair(ends, &err), 0);
	assert_int_equal(send(ends[0], "x", 1, 0), 1);
	assert_int_equal(control_receive(ends[1], &message, &err), -1);
	message.type = 99;
	assert_int_equal(control_send(ends[0], &message, &err), 0);
	assert_int_equal(control_receive(ends[1], &message, &err), -1);
	close(ends[0]);
	close(ends[1]);
}

static void both_ends_are_closed_on_exec(void **state)
{
	struct error err = ERROR_INIT;
	int ends[2];

	assert_int_equal(control_pair(ends, &err), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(fcntl(ends[i], F_GETFD) & FD_CLOEXEC);
		close(ends[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_arrives_as_it_was_sent),
		cmocka_unit_test(a_closed_peer_is_the_end_and_no_signal),
		cmocka_unit_test(
			the_last_words_of_a_peer_that_did_not_listen_arrive),
		cmocka_unit_test(other_bytes_are_an_error),
		cmocka_unit_test(both_ends_are_closed_on_exec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
