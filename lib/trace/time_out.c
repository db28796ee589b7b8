/* SPDX-License-Identifier: MIT */
#include "trace/time_out.h"

#include "base/clock.h"
#include "base/compiler.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
	EXT_ARG = 8		/* IORING_ENTER_EXT_ARG */
};

/* Where the time-out is. */
enum place {
	MILLISECONDS,		/* an argument; negative: none */
	POINTER,		/* what an argument points at; 0: none */
	EXTENDED,		/* of io_uring_enter(2), by its flags */
	RECEIVING,		/* of the socket: SO_RCVTIMEO ... */
	SENDING,		/* ... or SO_SNDTIMEO */
};

/* Others go by the time when they end: poll, nanosleep, futex, ... */
static const struct {
	uint16_t number;
	uint8_t place;		/* enum place */
	uint8_t argument;
} calls[] = {
	{ SYS_epoll_wait, MILLISECONDS, 3 },
	{ SYS_epoll_pwait, MILLISECONDS, 3 },
#ifdef SYS_epoll_pwait2
	{ SYS_epoll_pwait2, POINTER, 3 },
#endif
	{ SYS_rt_sigtimedwait, POINTER, 2 },
	{ SYS_semtimedop, POINTER, 3 },
	{ SYS_io_getevents, POINTER, 4 },
	{ SYS_io_pgetevents, POINTER, 4 },
	{ SYS_io_uring_enter, EXTENDED, 3 },
	{ SYS_recvmmsg, POINTER, 4 },
	{ SYS_recvmmsg, RECEIVING, 0 },
	{ SYS_recvfrom, RECEIVING, 0 },
	{ SYS_recvmsg, RECEIVING, 0 },
	{ SYS_accept, RECEIVING, 0 },
	{ SYS_accept4, RECEIVING, 0 },
	{ SYS_read, RECEIVING, 0 },
	{ SYS_readv, RECEIVING, 0 },
	{ SYS_sendto, SENDING, 0 },
	{ SYS_sendmsg, SENDING, 0 },
	{ SYS_sendmmsg, SENDING, 0 },
	{ SYS_connect, SENDING, 0 },
	{ SYS_write, SENDING, 0 },
	{ SYS_writev, SENDING, 0 },
	{ SYS_sendfile, SENDING, 0 },
};

static bool is_socket(pid_t pid, int fd)
{
	char path[64], target[16] = "";

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	return readlink(path, target, sizeof(target) - 1) > 0 &&
	       strncmp(target, "socket:", 7) == 0;
}

/*
 * Only the socket itself knows.  It is ours, too, for a moment: of other files
 * the closing could be seen, or wait.
 */
static int borrow_socket(pid_t pid, int fd)
{
	int process, socket;

	process = syscall(SYS_pidfd_open, pid, 0);
	if (process < 0)
		return -1;
	socket = syscall(SYS_pidfd_getfd, process, fd, 0);
	close(process);
	return socket;
}

static uint64_t socket_ns(pid_t pid, int fd, int option)
{
	struct timeval time = { .tv_sec = 0 };
	socklen_t size = sizeof(time);
	int socket, failed;

	if (!is_socket(pid, fd))
		return TIME_OUT_NONE;
	socket = borrow_socket(pid, fd);
	if (socket < 0)
		return 0;
	failed = getsockopt(socket, SOL_SOCKET, option, &time, &size);
	close(socket);
	if (failed)
		return 0;
	return time.tv_sec || time.tv_usec ?
	       time.tv_sec * NS_PER_S + time.tv_usec * NS_PER_US :
	       TIME_OUT_NONE;
}

static bool read_memory(pid_t pid, uint64_t address, void *data, size_t bytes)
{
	const struct iovec local = { data, bytes };
	const struct iovec remote = { (void *)(uintptr_t)address, bytes };

	return process_vm_readv(pid, &local, 1, &remote, 1, 0) ==
	       (ssize_t)bytes;
}

static uint64_t timespec_ns(pid_t pid, uint64_t address)
{
	struct timespec time;

	if (!address)
		return TIME_OUT_NONE;
	if (!read_memory(pid, address, &time, sizeof(time)))
		return TIME_OUT_SOME;
	if (time.tv_sec < 0 || time.tv_sec > INT32_MAX)
		return TIME_OUT_NONE;
	return time.tv_sec * NS_PER_S + time.tv_nsec;
}

/* struct io_uring_getevents_arg */
static uint64_t extended_ns(pid_t pid, uint64_t address)
{
	uint64_t argument[3];	/* the last one: a struct timespec's address */

	return read_memory(pid, address, argument, sizeof(argument)) ?
	       timespec_ns(pid, argument[2]) : TIME_OUT_SOME;
}

static uint64_t length_ns(pid_t pid, const struct task_call *call, size_t i)
{
	const uint64_t value = call->args[calls[i].argument];

	switch (calls[i].place) {
	case MILLISECONDS:
		return (int)value < 0 ? TIME_OUT_NONE :
		       (unsigned int)value * NS_PER_MS;
	case POINTER:
		return timespec_ns(pid, value);
	case EXTENDED:
		return value & EXT_ARG ? extended_ns(pid, call->args[4]) :
					 TIME_OUT_NONE;
	case RECEIVING:
		return socket_ns(pid, value, SO_RCVTIMEO);
	default:
		return socket_ns(pid, value, SO_SNDTIMEO);
	}
}

uint64_t time_out_ns(pid_t pid, const struct task_call *call)
{
	uint64_t least = 0;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		uint64_t ns;

		if (calls[i].number != call->number)
			continue;
		ns = length_ns(pid, call, i);
		least = least ? MIN(least, ns) : ns;
	}
	return least;
}

bool time_out_begins_anew(pid_t pid, const struct task_call *call)
{
	const uint64_t ns = time_out_ns(pid, call);

	return ns && ns != TIME_OUT_NONE;
}
