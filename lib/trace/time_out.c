/* SPDX-License-Identifier: MIT */
#include "trace/time_out.h"

#include "base/compiler.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
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

	if (!is_socket(pid, fd))
		return -1;
	process = syscall(SYS_pidfd_open, pid, 0);
	if (process < 0)
		return -1;
	socket = syscall(SYS_pidfd_getfd, process, fd, 0);
	close(process);
	return socket;
}

static bool socket_has_time_out(pid_t pid, int fd, int option)
{
	const int socket = borrow_socket(pid, fd);
	struct timeval time = { .tv_sec = 0 };
	socklen_t size = sizeof(time);
	bool known;

	if (socket < 0)
		return false;
	known = getsockopt(socket, SOL_SOCKET, option, &time, &size) == 0;
	close(socket);
	return known && (time.tv_sec || time.tv_usec);
}

static bool has_time_out(pid_t pid, const struct task_call *call, size_t i)
{
	const uint64_t value = call->args[calls[i].argument];

	switch (calls[i].place) {
	case MILLISECONDS:
		return (int)value > 0;
	case POINTER:
		return value != 0;
	case EXTENDED:
		return value & EXT_ARG;
	case RECEIVING:
		return socket_has_time_out(pid, value, SO_RCVTIMEO);
	default:
		return socket_has_time_out(pid, value, SO_SNDTIMEO);
	}
}

bool time_out_begins_anew(pid_t pid, const struct task_call *call)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].number == call->number &&
		    has_time_out(pid, call, i))
			return true;
	}
	return false;
}
