/* SPDX-License-Identifier: MIT */
/* Bytes of TCP sockets: sock_diag(7), which needs no privileges. */
#ifndef CPROF_PROC_SOCK_DIAG_H
#define CPROF_PROC_SOCK_DIAG_H

#include "base/error.h"
#include "base/vec.h"

#include <stddef.h>
#include <stdint.h>

struct tcp_socket {
	uint64_t inode;
	uint64_t sent;		/* bytes of the program; not sent twice */
	uint64_t received;
	uint8_t family;
	uint8_t id[48];		/* the kernel's, to ask for it again */
};

VEC_DEFINE(tcp_socket_vec, struct tcp_socket);

/* A socket to ask on, or -1 with the reason. */
int sock_diag_open(struct error *err);

/*
 * Fill `sockets`, emptied before, with those TCP sockets of our own network
 * namespace that belong to a process and are connected, or listen.  The
 * kernel walks tables as large as its memory for that: milliseconds.
 * -1: it does not answer.
 */
int sock_diag_tcp(int fd, struct tcp_socket_vec *sockets, struct error *err);

/*
 * What has become of a socket of the list: microseconds.  1 and the new
 * numbers, 0 when it is closed, -1 when the kernel does not answer.
 */
int sock_diag_again(int fd, struct tcp_socket *socket, struct error *err);

/*
 * Add what one answer of the kernel tells.  1 when it was the last one, 0
 * when more follow, -1 when it is an error.
 */
int sock_diag_parse(const void *data, size_t len,
		    struct tcp_socket_vec *sockets, struct error *err);

#endif
