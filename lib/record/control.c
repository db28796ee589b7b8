/* SPDX-License-Identifier: MIT */
#include "record/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

int control_pair(int ends[2], struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return error_set_errno(err, "cannot make a socket pair");
	return 0;
}

int control_send(int fd, const struct control_message *message,
		 struct error *err)
{
	ssize_t sent;

	/* Not SIGPIPE: the peer may have been killed at any time. */
	do
		sent = send(fd, message, sizeof(*message), MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return error_set_errno(err, "cannot send to the peer");
	return 0;
}

/* The peer is a fork of ours: anything else is a defect to be told. */
static int check(const struct control_message *message, size_t len,
		 struct error *err)
{
	if (len != sizeof(*message) || message->type < CONTROL_RUN ||
	    message->type > CONTROL_NOTICE)
		return error_set(err, ERROR_SYSTEM,
				 "the peer sent something else");
	return 1;
}

int control_receive(int fd, struct control_message *message,
		    struct error *err)
{
	ssize_t got;

	/*
	 * A peer that ended without reading all of ours gives ECONNRESET,
	 * once, before the last that it said.
	 */
	do
		got = recv(fd, message, sizeof(*message), 0);
	while (got < 0 && (errno == EINTR || errno == ECONNRESET));
	if (got == 0)
		return 0;
	if (got < 0)
		return error_set_errno(err, "cannot receive from the peer");
	return check(message, got, err);
}
