/* SPDX-License-Identifier: MIT */
/* What replay.c needs of a reader and nobody else. */
#ifndef CPROF_FORMAT_READER_STRINGS_H
#define CPROF_FORMAT_READER_STRINGS_H

#include "format/chunk_string.h"
#include "format/reader.h"

/* Strings outlive a replay: they live as long as the reader. */
struct string_table *profile_reader_strings(struct profile_reader *reader);

enum profile_reader_mode
profile_reader_mode(const struct profile_reader *reader);

#endif
