/* SPDX-License-Identifier: MIT */
/* The open descriptors of a process: /proc/PID/fd. */
#ifndef CPROF_PROC_FDS_H
#define CPROF_PROC_FDS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* `target`: what it stands for, as the kernel tells: "socket:[1234]", ... */
typedef void fd_visit(void *context, int fd, const char *target);

/*
 * Call `visit` for each; false when the list cannot be read: it is gone, or
 * another user's.
 */
bool process_fds_visit(pid_t pid, fd_visit *visit, void *context);

/*
 * Is the socket one of TCP?  The kernel tells since Linux 3.7; true when it
 * does not.
 */
bool fd_is_tcp(pid_t pid, int fd);

/* The inode of "socket:[1234]"; 0: it is no socket. */
uint64_t fd_socket_inode(const char *target);

#endif
