/* SPDX-License-Identifier: MIT */
/* What targets that look at whole profiles share. */
#ifndef TESTS_FUZZ_PROFILE_H
#define TESTS_FUZZ_PROFILE_H

#include "base/strbuf.h"
#include "format/reader.h"
#include "format/replay.h"
#include "profile/builder.h"

#include <assert.h>

/* What is whole of the file in memory; NULL when it is no profile. */
static inline struct profile *salvage(const uint8_t *data, size_t len)
{
	struct profile_builder *builder = profile_builder_new();
	struct profile_reader *reader;
	struct profile *profile = NULL;

	if (!profile_reader_open_memory(&reader, data, len, READER_SALVAGE,
					NULL)) {
		profile_builder_file(builder, "fuzz.prof",
				     profile_reader_info(reader));
		if (!profile_replay(reader, profile_builder_sink(builder),
				    NULL, NULL))
			profile = profile_builder_finish(builder);
		profile_reader_close(reader);
	}
	profile_builder_free(builder);
	return profile;
}

/* Nothing in it acts on a terminal. */
static inline void check_text(const struct strbuf *out)
{
	for (size_t i = 0; i < out->len; i++) {
		unsigned char c = out->text[i];

		assert(c == '\n' || (c >= 0x20 && c != 0x7f));
	}
}

#endif
