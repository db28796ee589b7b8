/* SPDX-License-Identifier: MIT */
/* Frames of bytes, with descriptors, over a stream socket; with deadlines. */
#ifndef CPROF_SYMBOL_CHANNEL_H
#define CPROF_SYMBOL_CHANNEL_H

#include "base/bytes.h"
#include "base/error.h"
#include "base/vec.h"

enum {
	CHANNEL_FRAME_MAX = 64 << 20
};

VEC_DEFINE(byte_vec, uint8_t);

/*
 * Send one frame, and descriptor `fd` with it unless that is -1.  Fails
 * (ERROR_SYSTEM) when the other end is gone, or takes nothing for
 * `patience_ms`; -1 waits for ever.
 */
int channel_send(int socket, const struct byte_writer *frame, int fd,
		 int patience_ms, struct error *err);

/*
 * Receive one frame, replacing what `frame` held, and into `*fd` the
 * descriptor that came with it or -1; the caller owns it.  Returns 1, or 0
 * at the end, or -1: ERROR_SYSTEM when nothing comes for `patience_ms` or
 * the end is within a frame, ERROR_FORMAT for one of more than
 * CHANNEL_FRAME_MAX bytes.
 */
int channel_receive(int socket, struct byte_vec *frame, int *fd,
		    int patience_ms, struct error *err);

#endif
