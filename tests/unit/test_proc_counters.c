/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "base/mem.h"
#include "proc/fds.h"
#include "proc/memory.h"
#include "proc/net_space.h"
#include "proc/pressure.h"
#include "proc/process.h"
#include "proc/sock_diag.h"
#include "proc/task.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void sizes_of_a_process_are_read(void **state)
{
	struct memory_sizes sizes;

	assert_true(memory_sizes_parse(
		"Name:\tx\nVmPeak:\t  9000 kB\nVmHWM:\t    2100 kB\n"
		"VmRSS:\t    2000 kB\nRssAnon:\t     300 kB\n"
		"RssFile:\t    1600 kB\nRssShmem:\t     100 kB\n"
		"VmSwap:\t       4 kB\n", &sizes));
	assert_int_equal(sizes.peak, 2100 * 1024);
	assert_int_equal(sizes.rss, 2000 * 1024);
	assert_int_equal(sizes.anon, 300 * 1024);
	assert_int_equal(sizes.file, 1600 * 1024);
	assert_int_equal(sizes.shmem, 100 * 1024);
	assert_int_equal(sizes.swap, 4 * 1024);
	/* A zombie has none of it. */
	assert_false(memory_sizes_parse("Name:\tx\nState:\tZ\n", &sizes));
	assert_true(memory_sizes_read(getpid(), &sizes));
	assert_true(sizes.rss > 4096 && sizes.peak >= sizes.rss);
}

static void mappings_are_told_apart(void **state)
{
	static const char text[] =
		"55d0c0e00000-55d0c0e21000 rw-p 00000000 00:00 0    [heap]\n"
		"Size:                132 kB\nKernelPageSize:        4 kB\n"
		"Rss:                  40 kB\nVmFlags: rd wr mr mw me ac \n"
		"7f0000000000-7f0000100000 rw-p 00000000 00:00 0 \n"
		"Size:               1024 kB\nRss:                 512 kB\n"
		"7f1000000000-7f1000100000 rw-p 00000000 00:00 0    "
		"[anon:pool - 1]\n"
		"Size:               1024 kB\nRss:                   8 kB\n"
		"7f2000000000-7f2000100000 r-xp 00000000 fe:00 77   "
		"/usr/lib/a name: with-colon\n"
		"Size:               1024 kB\nRss:                 100 kB\n"
		"7f3000000000-7f3000100000 rw-s 00000000 00:01 99   "
		"/memfd:ring (deleted)\n"
		"Size:               1024 kB\nRss:                   4 kB\n"
		"7ffe00000000-7ffe00021000 rw-p 00000000 00:00 0    [stack]\n"
		"Size:                132 kB\nRss:                  12 kB\n"
		"Nonsense\n-\n: -\n";
	struct address_sizes sizes = { .mappings = 0 };

	address_sizes_parse(text, &sizes);
	assert_int_equal(sizes.mappings, 6);
	assert_int_equal(sizes.resident[SPACE_HEAP], 40 * 1024);
	assert_int_equal(sizes.resident[SPACE_ANON], 512 * 1024);
	assert_int_equal(sizes.resident[SPACE_NAMED], 8 * 1024);
	assert_int_equal(sizes.resident[SPACE_FILE], 100 * 1024);
	assert_int_equal(sizes.resident[SPACE_SHARED], 4 * 1024);
	assert_int_equal(sizes.resident[SPACE_STACK], 12 * 1024);
	assert_int_equal(sizes.mapped[SPACE_HEAP], 132 * 1024);
}

/* What the whole map says is what the sum says, but for what moved. */
static void our_own_mappings_sum_to_our_size(void **state)
{
	struct address_sizes sizes = { .mappings = 0 };
	struct memory_share share;
	struct error err = ERROR_INIT;
	uint64_t sum = 0;
	struct memory_sizes now;

	if (address_sizes_read(getpid(), &sizes, &err))
		skip();
	assert_true(memory_sizes_read(getpid(), &now));
	for (int i = 0; i < SPACE_KINDS; i++) {
		assert_non_null(space_kind_name(i));
		sum += sizes.resident[i];
	}
	assert_true(sum > now.rss / 2 && sum < now.rss * 2);
	assert_int_equal(memory_share_read(getpid(), &share, &err), 0);
	assert_true(share.pss > 0 && share.pss < now.rss * 2);
}

static void input_and_output_of_a_thread_are_read(void **state)
{
	struct task_io io;

	assert_true(task_io_parse("rchar: 323934931\nwchar: 323929600\n"
				  "syscr: 632687\nsyscw: 632675\n"
				  "read_bytes: 5\nwrite_bytes: 323932160\n"
				  "cancelled_write_bytes: 0\n", &io));
	assert_int_equal(io.read_chars, 323934931);
	assert_int_equal(io.write_chars, 323929600);
	assert_int_equal(io.read_calls, 632687);
	assert_int_equal(io.write_calls, 632675);
	assert_int_equal(io.read_bytes, 5);
	assert_int_equal(io.write_bytes, 323932160);
	assert_false(task_io_parse("", &io));
	assert_false(task_io_read(getpid(), INT32_MAX, &io));
}

static void faults_and_switches_of_a_thread_grow(void **state)
{
	struct task_events before, after;

	assert_true(task_events_read(getpid(), getpid(), &before));
	for (int i = 0; i < 20; i++)
		usleep(100);
	assert_true(task_events_read(getpid(), getpid(), &after));
	assert_true(after.yields >= before.yields + 20);
	assert_true(after.minor_faults >= before.minor_faults);
	assert_true(after.minor_faults > 10);
}

/* A name may look like fields. */
static void fields_of_stat_are_counted_behind_the_name(void **state)
{
	const char *pos = stat_text_field(
		"77 (a) R 1 (b) S 2 3 4 5 6 7 88 9 10 11 12", 10);

	assert_non_null(pos);
	assert_int_equal(strtol(pos, NULL, 10), 88);
	assert_null(stat_text_field("77 a R 1", 10));
	assert_string_equal(stat_text_field("77 (a) R", 10), "");
}

static void the_machine_is_read(void **state)
{
	struct machine_cpu cpu;
	uint64_t ns;

	assert_true(machine_cpu_parse("cpu  10 20 30 400 50 6 7 88 0 0\n"
				      "cpu0 1 2 3 4\n", &cpu));
	assert_int_equal(cpu.busy, 73);
	assert_int_equal(cpu.stolen, 88);
	assert_false(machine_cpu_parse("cpu  1 2 3\n", &cpu));
	assert_false(machine_cpu_parse("intr 1 2 3\n", &cpu));
	assert_true(machine_pressure_parse(
		"some avg10=0.00 avg60=0.12 avg300=0.00 total=123456\n"
		"full avg10=0.00 avg60=0.00 avg300=0.00 total=7\n", &ns));
	assert_int_equal(ns, 123456000);
	assert_false(machine_pressure_parse("some avg10=0.00\n", &ns));
	assert_false(machine_pressure_parse("", &ns));
}

static void bytes_of_interfaces_are_summed(void **state)
{
	static const char text[] =
		"Inter-|   Receive                                   |  "
		"Transmit\n"
		" face |bytes    packets errs drop fifo frame compressed "
		"multicast|bytes    packets errs drop fifo colls carrier "
		"compressed\n"
		"    lo: 1000 9 0 0 0 0 0 0 1000 9 0 0 0 0 0 0\n"
		"  eth0:1 2 3 4 5 6 7 8 70 2 3 4 5 6 7 8\n";
	struct net_bytes bytes;

	assert_true(net_bytes_parse(text, &bytes));
	assert_int_equal(bytes.received, 1001);
	assert_int_equal(bytes.sent, 1070);
	assert_false(net_bytes_parse("", &bytes));
	assert_true(net_space_id(getpid()) > 0);
	assert_int_equal(net_space_id(getpid()), net_space_id(getppid()));
}

/* A connection to ourselves: the kernel tells of both ends what we know. */
static void bytes_of_our_own_connection_are_told(void **state)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct tcp_socket_vec found = VEC_INIT;
	socklen_t len = sizeof(address);
	struct error err = ERROR_INIT;
	char bytes[5000] = { 0 };
	struct stat inode;
	int listener, client, server, fd = sock_diag_open(&err);
	int seen = 0;

	listener = socket(AF_INET, SOCK_STREAM, 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || bind(listener, (struct sockaddr *)&address, len) ||
	    listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&address, &len) ||
	    connect(client, (struct sockaddr *)&address, len))
		skip();
	server = accept(listener, NULL, NULL);
	assert_int_equal(write(client, bytes, sizeof(bytes)), sizeof(bytes));
	assert_int_equal(recv(server, bytes, sizeof(bytes), MSG_WAITALL),
			 sizeof(bytes));
	if (sock_diag_tcp(fd, &found, &err))
		skip();
	assert_int_equal(fstat(client, &inode), 0);
	for (size_t i = 0; i < found.count; i++) {
		struct tcp_socket again = found.items[i];

		if (again.inode != inode.st_ino)
			continue;
		seen++;
		assert_int_equal(again.sent, sizeof(bytes));
		assert_int_equal(write(client, bytes, 10), 10);
		assert_int_equal(recv(server, bytes, 10, MSG_WAITALL), 10);
		assert_int_equal(sock_diag_again(fd, &again, &err), 1);
		assert_int_equal(again.sent, sizeof(bytes) + 10);
		close(client);
		assert_int_equal(sock_diag_again(fd, &again, &err), 0);
	}
	assert_int_equal(seen, 1);
	tcp_socket_vec_release(&found);
	close(server);
	close(listener);
	close(fd);
}

/* Answers cut short anywhere, and any byte of them wrong. */
static void answers_of_the_kernel_are_not_trusted(void **state)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_msg fixed;
		struct nlattr info;
		uint8_t bytes[16];
	} answer = {
		.header = { .nlmsg_type = SOCK_DIAG_BY_FAMILY },
		.info = { .nla_type = INET_DIAG_INFO },
	};
	uint8_t *bytes = (uint8_t *)&answer;
	struct tcp_socket_vec found = VEC_INIT;

	answer.header.nlmsg_len = sizeof(answer);
	answer.info.nla_len = sizeof(answer.info) + sizeof(answer.bytes);
	answer.fixed.idiag_inode = 77;
	assert_int_equal(sock_diag_parse(&answer, sizeof(answer), &found,
					 NULL), 0);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.items[0].inode, 77);
	for (size_t i = 0; i < sizeof(answer); i++) {
		const uint8_t good = bytes[i];
		uint8_t *copy = mem_copy(bytes, i + 1);

		sock_diag_parse(copy, i, &found, NULL);
		free(copy);
		bytes[i] = 0xff;
		copy = mem_copy(bytes, sizeof(answer));
		sock_diag_parse(copy, sizeof(answer), &found, NULL);
		free(copy);
		bytes[i] = good;
	}
	tcp_socket_vec_release(&found);
}

static void count(void *context, int fd, const char *target)
{
	int *seen = context;

	*seen += fd_socket_inode(target) != 0;
}

static void our_own_descriptors_are_seen(void **state)
{
	int before = 0, after = 0, ends[2];

	assert_true(process_fds_visit(getpid(), count, &before));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_true(process_fds_visit(getpid(), count, &after));
	assert_int_equal(after, before + 2);
	assert_false(fd_is_tcp(getpid(), ends[0]));
	assert_int_equal(fd_socket_inode("pipe:[123]"), 0);
	assert_int_equal(fd_socket_inode("socket:[123]"), 123);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_of_a_process_are_read),
		cmocka_unit_test(mappings_are_told_apart),
		cmocka_unit_test(our_own_mappings_sum_to_our_size),
		cmocka_unit_test(input_and_output_of_a_thread_are_read),
		cmocka_unit_test(faults_and_switches_of_a_thread_grow),
		cmocka_unit_test(fields_of_stat_are_counted_behind_the_name),
		cmocka_unit_test(the_machine_is_read),
		cmocka_unit_test(bytes_of_interfaces_are_summed),
		cmocka_unit_test(bytes_of_our_own_connection_are_told),
		cmocka_unit_test(answers_of_the_kernel_are_not_trusted),
		cmocka_unit_test(our_own_descriptors_are_seen),
	};

	return cmocka_run_group_tests_name("proc counters", tests, NULL,
					   NULL);
}
