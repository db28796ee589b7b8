/* SPDX-License-Identifier: MIT */
/* What all chunks of a profile have in common; see cprof-profile(5). */
#ifndef CPROF_FORMAT_CHUNK_H
#define CPROF_FORMAT_CHUNK_H

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PROFILE_MAJOR = 1,
	PROFILE_MINOR = 0,

	PROFILE_HEADER_BYTES = 32,
	CHUNK_HEADER_BYTES = 44,
	CHUNK_STORED_MAX = 1 << 20,
	CHUNK_RAW_MAX = 1 << 20,

	/* raw bytes <= CHUNK_RATIO_FREE + CHUNK_RATIO_MAX * stored bytes */
	CHUNK_RATIO_MAX = 64,
	CHUNK_RATIO_FREE = 4096,

	PROFILE_STRING_MAX = 65535,	/* bytes of one string */
};

/* Four letters as they stand in the file, read as a little-endian number. */
#define CHUNK_TYPE(a, b, c, d) \
	((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | \
	 (uint32_t)(d) << 24)

#define CHUNK_INFO CHUNK_TYPE('I', 'N', 'F', 'O')	/* the machine */
#define CHUNK_RUNB CHUNK_TYPE('R', 'U', 'N', 'B')	/* a run begins */
#define CHUNK_RUNE CHUNK_TYPE('R', 'U', 'N', 'E')	/* a run ends */
#define CHUNK_STRS CHUNK_TYPE('S', 'T', 'R', 'S')	/* strings */
#define CHUNK_PROC CHUNK_TYPE('P', 'R', 'O', 'C')	/* processes */
#define CHUNK_PRCE CHUNK_TYPE('P', 'R', 'C', 'E')	/* ends of processes */
#define CHUNK_THRD CHUNK_TYPE('T', 'H', 'R', 'D')	/* threads */
#define CHUNK_THRE CHUNK_TYPE('T', 'H', 'R', 'E')	/* ends of threads */
#define CHUNK_MODU CHUNK_TYPE('M', 'O', 'D', 'U')	/* modules */
#define CHUNK_FRAM CHUNK_TYPE('F', 'R', 'A', 'M')	/* frames */
#define CHUNK_STAK CHUNK_TYPE('S', 'T', 'A', 'K')	/* stacks */
#define CHUNK_WIND CHUNK_TYPE('W', 'I', 'N', 'D')	/* samples */
#define CHUNK_REGD CHUNK_TYPE('R', 'E', 'G', 'D')	/* regions */
#define CHUNK_REGC CHUNK_TYPE('R', 'E', 'G', 'C')	/* calls of them */
#define CHUNK_REGT CHUNK_TYPE('R', 'E', 'G', 'T')	/* sums of calls */
#define CHUNK_REGL CHUNK_TYPE('R', 'E', 'G', 'L')	/* labels of them */
#define CHUNK_REGE CHUNK_TYPE('R', 'E', 'G', 'E')	/* what was lost */
#define CHUNK_RUNN CHUNK_TYPE('R', 'U', 'N', 'N')	/* notes on a run */
#define CHUNK_SYMB CHUNK_TYPE('S', 'Y', 'M', 'B')	/* symbols */
#define CHUNK_METR CHUNK_TYPE('M', 'E', 'T', 'R')	/* metrics */
#define CHUNK_METV CHUNK_TYPE('M', 'E', 'T', 'V')	/* their values */
#define CHUNK_COLL CHUNK_TYPE('C', 'O', 'L', 'L')	/* collectors */
#define CHUNK_SUMM CHUNK_TYPE('S', 'U', 'M', 'M')	/* runs and totals */
#define CHUNK_INDX CHUNK_TYPE('I', 'N', 'D', 'X')	/* where chunks are */
#define CHUNK_TAIL CHUNK_TYPE('T', 'A', 'I', 'L')	/* the trailer */

/* Bits of chunk.flags; the values are stored in files. */
enum {
	CHUNK_CRITICAL = 1,	/* who does not know the type must give up */
	CHUNK_ZSTD = 2,		/* the payload is one zstd frame */
	CHUNK_FLAGS_KNOWN = CHUNK_CRITICAL | CHUNK_ZSTD
};

/* One chunk as the reader hands it out. */
struct chunk {
	uint32_t type;		/* CHUNK_... */
	uint8_t version;	/* of the payload's layout */
	uint8_t flags;
	uint32_t sequence;	/* 0, 1, 2, ... */
	uint64_t offset;	/* of its header, in the file */
	uint32_t stored_bytes;	/* of the payload in the file */
	const uint8_t *payload;	/* uncompressed */
	size_t payload_bytes;
};

/* The type as text: four characters and a NUL, '?' for unprintable ones. */
void chunk_type_text(uint32_t type, char text[5]);

#endif
