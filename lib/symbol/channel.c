/* SPDX-License-Identifier: MIT */
#include "symbol/channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	FRAME_HEADER_BYTES = 4,
	RECEIVE_STEP_BYTES = 1 << 20
};

/* Room for one descriptor, aligned as the kernel wants it. */
union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static int wait_for(int socket, short events, int patience_ms,
		    struct error *err)
{
	struct pollfd poll_fd = { .fd = socket, .events = events };
	int got;

	do {
		got = poll(&poll_fd, 1, patience_ms);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_set_errno(err, "poll");
	if (got == 0)
		return error_set(err, ERROR_SYSTEM,
				 "no progress for %d ms", patience_ms);
	return 0;
}

static void control_attach(struct msghdr *message, union control *control,
			   int fd)
{
	struct cmsghdr *header;

	memset(control, 0, sizeof(*control));
	message->msg_control = control->bytes;
	message->msg_controllen = sizeof(control->bytes);
	header = CMSG_FIRSTHDR(message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
}

static int send_bytes(int socket, const uint8_t *data, size_t len, int fd,
		      int patience_ms, struct error *err)
{
	union control control;

	while (len) {
		struct iovec vec = { (void *)data, len };
		struct msghdr message = { .msg_iov = &vec, .msg_iovlen = 1 };
		ssize_t sent;

		if (fd >= 0)
			control_attach(&message, &control, fd);
		sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent > 0) {
			data += sent;
			len -= sent;
			fd = -1;
			continue;
		}
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return error_set_errno(err, "send");
		if (wait_for(socket, POLLOUT, patience_ms, err))
			return -1;
	}
	return 0;
}

int channel_send(int socket, const struct byte_writer *frame, int fd,
		 int patience_ms, struct error *err)
{
	struct byte_writer header = BYTE_WRITER_INIT;
	int ret;

	if (frame->len > CHANNEL_FRAME_MAX)
		return error_set(err, ERROR_UNSUPPORTED,
				 "a message of %zu bytes", frame->len);
	write_u32le(&header, frame->len);
	ret = send_bytes(socket, header.data, header.len, fd, patience_ms, err);
	if (!ret)
		ret = send_bytes(socket, frame->data, frame->len, -1,
				 patience_ms, err);
	byte_writer_release(&header);
	return ret;
}

static void control_take(struct msghdr *message, int *fd)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);
	int got;

	if (!header || header->cmsg_level != SOL_SOCKET ||
	    header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(int)))
		return;
	memcpy(&got, CMSG_DATA(header), sizeof(got));
	if (*fd >= 0)
		close(*fd);
	*fd = got;
}

/* Returns the number of bytes, 0 at the end. */
static ssize_t receive_some(int socket, uint8_t *data, size_t len, int *fd,
			    int patience_ms, struct error *err)
{
	union control control;

	for (;;) {
		struct iovec vec = { data, len };
		struct msghdr message = {
			.msg_iov = &vec, .msg_iovlen = 1,
			.msg_control = control.bytes,
			.msg_controllen = sizeof(control.bytes),
		};
		ssize_t got = recvmsg(socket, &message,
				      MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

		if (got >= 0) {
			control_take(&message, fd);
			return got;
		}
		if (errno == ECONNRESET)
			return 0;
		if (errno != EAGAIN && errno != EINTR)
			return error_set_errno(err, "receive");
		if (wait_for(socket, POLLIN, patience_ms, err))
			return -1;
	}
}

/*
 * The vector grows with what really arrives, so a length that lies costs
 * nothing.  Returns 0 when the end came before the first byte.
 */
static int receive_bytes(int socket, struct byte_vec *out, size_t len, int *fd,
			 int patience_ms, struct error *err)
{
	out->count = 0;
	while (out->count < len) {
		size_t step = MIN(len - out->count, (size_t)RECEIVE_STEP_BYTES);
		ssize_t got;

		byte_vec_reserve(out, out->count + step);
		got = receive_some(socket, out->items + out->count, step, fd,
				   patience_ms, err);
		if (got < 0)
			return -1;
		if (got == 0 && out->count == 0)
			return 0;
		if (got == 0)
			return error_set(err, ERROR_SYSTEM,
					 "the connection ended in a message");
		out->count += got;
	}
	return 1;
}

static int receive_frame(int socket, struct byte_vec *frame, int *fd,
			 int patience_ms, struct error *err)
{
	struct byte_reader in;
	uint32_t len;
	int ret;

	ret = receive_bytes(socket, frame, FRAME_HEADER_BYTES, fd,
			    patience_ms, err);
	if (ret <= 0)
		return ret;
	in = byte_reader_of(frame->items, frame->count);
	len = read_u32le(&in);
	if (len == 0 || len > CHANNEL_FRAME_MAX)
		return error_set(err, ERROR_FORMAT,
				 "a message of %u bytes", len);
	ret = receive_bytes(socket, frame, len, fd, patience_ms, err);
	if (ret == 0)
		return error_set(err, ERROR_SYSTEM,
				 "the connection ended in a message");
	return ret;
}

int channel_receive(int socket, struct byte_vec *frame, int *fd,
		    int patience_ms, struct error *err)
{
	int ret;

	*fd = -1;
	ret = receive_frame(socket, frame, fd, patience_ms, err);
	if (ret <= 0 && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return ret;
}
