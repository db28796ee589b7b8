/* SPDX-License-Identifier: MIT */
#include "proc/sock_diag.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
/* The kernel's struct tcp_info is longer than that of the C library. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	ANSWER_MAX = 32 * 1024,
	ANSWER_WITHIN_S = 1,
	/* States of TCP (RFC 9293), in the kernel's numbers: bits. */
	STATE_TIME_WAIT = 6, STATE_CLOSE = 7, STATE_LAST = 11,
	STATES = ((1 << (STATE_LAST + 1)) - 2) &
		 ~(1 << STATE_TIME_WAIT | 1 << STATE_CLOSE)
};

_Static_assert(sizeof(((struct tcp_socket *)NULL)->id) ==
	       sizeof(struct inet_diag_sockid), "it is kept as bytes");

struct request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 diag;
};

int sock_diag_open(struct error *err)
{
	const struct timeval patience = { .tv_sec = ANSWER_WITHIN_S };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
			NETLINK_SOCK_DIAG);

	if (fd < 0)
		return error_set_errno(err, "cannot open a sock_diag socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

/* About one socket, or, when `id` is NULL, all of a family. */
static int ask(int fd, int family, const uint8_t *id, struct error *err)
{
	struct request request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | (id ? 0 : NLM_F_DUMP),
		},
		.diag = {
			.sdiag_family = family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_ext = 1 << (INET_DIAG_INFO - 1),
			.idiag_states = STATES,
		},
	};

	if (id)
		memcpy(&request.diag.id, id, sizeof(request.diag.id));
	if (send(fd, &request, sizeof(request), 0) < 0)
		return error_set_errno(err, "sock_diag");
	return 0;
}

/* Older kernels tell less of it. */
static void add_info(struct tcp_socket *found, const void *data, size_t len)
{
	struct tcp_info info;

	memset(&info, 0, sizeof(info));
	memcpy(&info, data, MIN(len, sizeof(info)));
	found->received = info.tcpi_bytes_received;
	/* Since Linux 4.19; before, what was acknowledged, and the SYN. */
	if (len >= offsetof(struct tcp_info, tcpi_bytes_retrans) +
		   sizeof(info.tcpi_bytes_retrans))
		found->sent = info.tcpi_bytes_sent -
			      MIN(info.tcpi_bytes_sent,
				  info.tcpi_bytes_retrans);
	else
		found->sent = info.tcpi_bytes_acked - !!info.tcpi_bytes_acked;
}

/* The attributes behind the fixed part of one socket. */
static void add_socket(struct tcp_socket_vec *sockets, const uint8_t *data,
		       size_t len)
{
	struct tcp_socket found = { .inode = 0 };
	struct inet_diag_msg fixed;

	if (len < sizeof(fixed))
		return;
	memcpy(&fixed, data, sizeof(fixed));
	found.inode = fixed.idiag_inode;
	found.family = fixed.idiag_family;
	memcpy(found.id, &fixed.id, sizeof(found.id));
	for (size_t at = NLMSG_ALIGN(sizeof(fixed));
	     at + sizeof(struct nlattr) <= len;) {
		struct nlattr head;

		memcpy(&head, data + at, sizeof(head));
		if (head.nla_len < sizeof(head) || head.nla_len > len - at)
			break;
		if (head.nla_type == INET_DIAG_INFO)
			add_info(&found, data + at + NLA_HDRLEN,
				 head.nla_len - NLA_HDRLEN);
		at += NLA_ALIGN(head.nla_len);
	}
	/* Nobody has those that are closed and still send. */
	if (found.inode)
		tcp_socket_vec_push(sockets, found);
}

int sock_diag_parse(const void *data, size_t len,
		    struct tcp_socket_vec *sockets, struct error *err)
{
	const uint8_t *bytes = data;
	size_t at = 0;

	while (len - at >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr header;

		memcpy(&header, bytes + at, sizeof(header));
		if (header.nlmsg_len < sizeof(header) ||
		    header.nlmsg_len > len - at)
			return error_set(err, ERROR_FORMAT,
					 "sock_diag: an answer is cut short");
		if (header.nlmsg_type == NLMSG_DONE)
			return 1;
		if (header.nlmsg_type == NLMSG_ERROR)
			return error_set(err, ERROR_UNSUPPORTED,
					 "sock_diag: the kernel refuses");
		if (header.nlmsg_type == SOCK_DIAG_BY_FAMILY)
			add_socket(sockets, bytes + at + NLMSG_HDRLEN,
				   header.nlmsg_len - NLMSG_HDRLEN);
		if (NLMSG_ALIGN(header.nlmsg_len) >= len - at)
			break;
		at += NLMSG_ALIGN(header.nlmsg_len);
	}
	return 0;
}

static int dump(int fd, int family, struct tcp_socket_vec *sockets,
		struct error *err)
{
	uint8_t *answer;
	ssize_t got;
	int done = 0;

	if (ask(fd, family, NULL, err))
		return -1;
	answer = mem_alloc(ANSWER_MAX);
	while (!done) {
		got = recv(fd, answer, ANSWER_MAX, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			done = error_set_errno(err, "sock_diag");
		else
			done = sock_diag_parse(answer, got, sockets, err);
	}
	free(answer);
	return done < 0 ? -1 : 0;
}

/* Is the answer that there is no such socket? */
static bool says_gone(const uint8_t *answer, size_t len)
{
	struct nlmsghdr header;

	if (len < sizeof(header))
		return false;
	memcpy(&header, answer, sizeof(header));
	return header.nlmsg_type == NLMSG_ERROR;
}

int sock_diag_again(int fd, struct tcp_socket *socket, struct error *err)
{
	struct tcp_socket_vec found = VEC_INIT;
	uint8_t answer[2048];
	ssize_t got;
	int ret = -1;

	if (ask(fd, socket->family, socket->id, err))
		return -1;
	do
		got = recv(fd, answer, sizeof(answer), 0);
	while (got < 0 && errno == EINTR);
	if (got <= 0) {
		error_set_errno(err, "sock_diag");
	} else if (says_gone(answer, got)) {
		ret = 0;
	} else if (sock_diag_parse(answer, got, &found, err) >= 0) {
		/* One that nobody has any more is told, without an inode. */
		ret = found.count && found.items[0].inode == socket->inode;
		if (ret)
			*socket = found.items[0];
	}
	tcp_socket_vec_release(&found);
	return ret;
}

int sock_diag_tcp(int fd, struct tcp_socket_vec *sockets, struct error *err)
{
	sockets->count = 0;
	if (dump(fd, AF_INET, sockets, err))
		return -1;
	/* A kernel may be without IPv6. */
	dump(fd, AF_INET6, sockets, NULL);
	return 0;
}
