/* SPDX-License-Identifier: MIT */
#include "trace/transfer.h"

#include "base/compiler.h"
#include "proc/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Where a call has the number of what it is to move. */
enum amount {
	AMOUNT_HERE,		/* the argument itself */
	AMOUNT_VECTOR,		/* an iovec; the next argument: how many */
	AMOUNT_HEADER,		/* a msghdr */
};

enum {
	NO_FLAGS = 6,		/* no argument has MSG_... */
	BATCH = 64,		/* of iovecs */
	/*
	 * The kernel looks for signals at the end of each page (of each
	 * block of random bytes, before 5.19).  With this, numbers of calls
	 * are no results: a thread that stops again on its way back to a
	 * call that begins anew has the number there, and its pc is set back
	 * already.
	 */
	AGAIN_STEP = 64,
	MEMORY_MAJOR = 1,	/* of devices: /dev/null, /dev/zero, ... */
};

static const struct {
	uint16_t number;
	uint8_t kind;		/* enum transfer_kind */
	uint8_t amount;		/* enum amount ... */
	uint8_t at;		/* ... of this argument */
	uint8_t flags;		/* the argument with MSG_... */
} calls[] = {
	{ SYS_read, TRANSFER_AGAIN, AMOUNT_HERE, 2, NO_FLAGS },
	{ SYS_pread64, TRANSFER_AGAIN, AMOUNT_HERE, 2, NO_FLAGS },
	{ SYS_readv, TRANSFER_AGAIN, AMOUNT_VECTOR, 1, NO_FLAGS },
	{ SYS_preadv, TRANSFER_AGAIN, AMOUNT_VECTOR, 1, NO_FLAGS },
	{ SYS_preadv2, TRANSFER_AGAIN, AMOUNT_VECTOR, 1, NO_FLAGS },
	{ SYS_getrandom, TRANSFER_AGAIN, AMOUNT_HERE, 1, NO_FLAGS },
	{ SYS_write, TRANSFER_OUT, AMOUNT_HERE, 2, NO_FLAGS },
	{ SYS_writev, TRANSFER_OUT, AMOUNT_VECTOR, 1, NO_FLAGS },
	{ SYS_sendfile, TRANSFER_OUT, AMOUNT_HERE, 3, NO_FLAGS },
	{ SYS_sendto, TRANSFER_OUT, AMOUNT_HERE, 2, 3 },
	{ SYS_sendmsg, TRANSFER_OUT, AMOUNT_HEADER, 1, 2 },
	{ SYS_sendmmsg, TRANSFER_OUT, AMOUNT_HERE, 2, 3 },
	{ SYS_recvfrom, TRANSFER_IN, AMOUNT_HERE, 2, 3 },
	{ SYS_recvmsg, TRANSFER_IN, AMOUNT_HEADER, 1, 2 },
};

/* Of the thread's memory; false when not all of it can be read. */
static bool copy(pid_t tid, uint64_t from, void *data, size_t bytes)
{
	struct iovec local = { data, bytes };
	struct iovec remote = { (void *)(uintptr_t)from, bytes };

	return process_vm_readv(tid, &local, 1, &remote, 1, 0) ==
	       (ssize_t)bytes;
}

/* 0: not to be read. */
static uint64_t sum_of_vector(pid_t tid, uint64_t address, uint64_t count)
{
	struct iovec parts[BATCH];
	uint64_t sum = 0;

	count = MIN(count, (uint64_t)UIO_MAXIOV);
	while (count) {
		const size_t now = MIN(count, (uint64_t)BATCH);

		if (!copy(tid, address, parts, now * sizeof(*parts)))
			return 0;
		for (size_t i = 0; i < now; i++)
			sum += parts[i].iov_len;
		address += now * sizeof(*parts);
		count -= now;
	}
	return sum;
}

static uint64_t sum_of_header(pid_t tid, uint64_t address)
{
	struct msghdr header;

	if (!copy(tid, address, &header, sizeof(header)))
		return 0;
	return sum_of_vector(tid, (uintptr_t)header.msg_iov,
			     header.msg_iovlen);
}

static uint64_t amount_of(pid_t tid, const struct task_call *call, size_t i)
{
	const uint64_t value = call->args[calls[i].at];

	switch (calls[i].amount) {
	case AMOUNT_VECTOR:
		return sum_of_vector(tid, value, call->args[calls[i].at + 1]);
	case AMOUNT_HEADER:
		return sum_of_header(tid, value);
	default:
		return value;
	}
}

/* By what the call alone says, can a stop have ended it early? */
static bool flags_allow(const struct task_call *call, size_t i)
{
	const uint64_t flags = calls[i].flags == NO_FLAGS ? 0 :
			       call->args[calls[i].flags];

	if (flags & MSG_DONTWAIT)
		return false;
	return calls[i].kind != TRANSFER_IN || flags & MSG_WAITALL;
}

/* ARRAY_SIZE(calls): none of them. */
static size_t find_call(const struct task_call *call)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(calls) && calls[i].number != call->number)
		i++;
	return i;
}

bool transfer_may_be_cut(const struct task_call *call)
{
	const size_t i = find_call(call);

	return i < ARRAY_SIZE(calls) && calls[i].kind != TRANSFER_AGAIN &&
	       flags_allow(call, i);
}

struct transfer transfer_of(pid_t tid, const struct task_call *call,
			    int64_t result)
{
	struct transfer transfer = { .kind = TRANSFER_NONE };
	const size_t i = find_call(call);

	if (result <= 0 || i == ARRAY_SIZE(calls) || !flags_allow(call, i) ||
	    (calls[i].kind == TRANSFER_AGAIN && result % AGAIN_STEP))
		return transfer;
	transfer.asked = amount_of(tid, call, i);
	if ((uint64_t)result >= transfer.asked)
		return transfer;
	transfer.done = result;
	transfer.kind = calls[i].kind;
	transfer.position = UINT64_MAX;
	if (call->number == SYS_sendfile && call->args[2])
		copy(tid, call->args[2], &transfer.position,
		     sizeof(transfer.position));
	return transfer;
}

/* The kernel's sources of bytes: each read is like the one before. */
static bool is_source(const struct statx *facts)
{
	static const uint8_t sources[] = {
		5,		/* /dev/zero */
		7,		/* /dev/full */
		8,		/* /dev/random */
		9,		/* /dev/urandom */
	};

	if (!S_ISCHR(facts->stx_mode) || facts->stx_rdev_major != MEMORY_MAJOR)
		return false;
	for (size_t i = 0; i < sizeof(sources); i++) {
		if (facts->stx_rdev_minor == sources[i])
			return true;
	}
	return false;
}

static bool ends_with(const char *text, const char *end)
{
	const size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

static void fd_path(char *path, size_t size, pid_t tid, uint64_t fd)
{
	/* That of the process leads to none once its first thread ended. */
	snprintf(path, size, "/proc/%d/fd/%d", tid, (int)fd);
}

/* As far as it is known here: no server is asked. */
static bool look_at_file(pid_t tid, uint64_t fd, struct statx *facts)
{
	char path[64];

	fd_path(path, sizeof(path), tid, fd);
	return statx(AT_FDCWD, path, AT_STATX_DONT_SYNC,
		     STATX_TYPE | STATX_SIZE, facts) == 0;
}

/* The name is told without a look at the file: that may wait for a server. */
static bool may_be_source(pid_t tid, uint64_t fd)
{
	static const char *const names[] = {
		"/zero", "/full", "/random", "/urandom"
	};
	char path[64], name[256];
	ssize_t len;

	fd_path(path, sizeof(path), tid, fd);
	len = readlink(path, name, sizeof(name) - 1);
	if (len < 0)
		return false;
	name[len] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (ends_with(name, names[i]))
			return true;
	}
	return false;
}

bool transfer_may_repeat(pid_t tid, const struct task_call *call)
{
	struct statx facts;

	if (call->number == SYS_getrandom)
		return true;
	return may_be_source(tid, call->args[0]) &&
	       look_at_file(tid, call->args[0], &facts) && is_source(&facts);
}

/* Of its fdinfo: the number that follows `key`; -1: not known. */
static int64_t fd_number(pid_t tid, uint64_t fd, const char *key, int base)
{
	char file[32], text[512];
	const char *value;

	snprintf(file, sizeof(file), "fdinfo/%d", (int)fd);
	if (!process_file_read(tid, file, text, sizeof(text)))
		return -1;
	value = status_field(text, key);
	return *value ? strtoll(value, NULL, base) : -1;
}

/* Is there more in the source of sendfile(2), so that it would go on? */
static bool source_has_more(pid_t tid, const struct task_call *call,
			    const struct transfer *transfer)
{
	struct statx facts;
	uint64_t position = transfer->position;

	if (!look_at_file(tid, call->args[1], &facts))
		return false;
	if (!S_ISREG(facts.stx_mode))
		return true;
	if (position == UINT64_MAX)
		position = fd_number(tid, call->args[1], "pos:\t", 10);
	return position < facts.stx_size;
}

/* A pipe, socket or terminal: what waits, and looks for signals meanwhile. */
static bool waits(pid_t tid, uint64_t fd)
{
	struct statx facts;
	int64_t flags;

	if (!look_at_file(tid, fd, &facts))
		return false;
	switch (facts.stx_mode & S_IFMT) {
	case S_IFIFO:
	case S_IFSOCK:
		break;
	case S_IFCHR:
		/* Those of memory take all. */
		if (facts.stx_rdev_major == MEMORY_MAJOR)
			return false;
		break;
	default:
		return false;
	}
	flags = fd_number(tid, fd, "\nflags:\t", 8);
	return flags >= 0 && !(flags & O_NONBLOCK);
}

bool transfer_was_cut(pid_t tid, const struct task_call *call,
		      const struct transfer *transfer)
{
	if (transfer->kind != TRANSFER_OUT && transfer->kind != TRANSFER_IN)
		return false;
	return waits(tid, call->args[0]) &&
	       (call->number != SYS_sendfile ||
		source_has_more(tid, call, transfer));
}
