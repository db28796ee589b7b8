/* SPDX-License-Identifier: MIT */
/* What cprof says of a recording, while it runs and when it has ended. */
#ifndef CPROF_RECORD_SUMMARY_TEXT_H
#define CPROF_RECORD_SUMMARY_TEXT_H

#include "base/strbuf.h"
#include "record/control.h"
#include "record/session.h"

/*
 * "12,345 samples of 8 threads in 2 processes in 12.3 s, 987 Hz, held 0.4%,
 * lost nothing; a.prof, 123 kB".  No end of line.
 */
void summary_text_add(struct strbuf *out, const struct recording_summary *sum,
		      const char *path);

/* One line of at most `columns` - 1 columns for a status line. */
void progress_text_add(struct strbuf *out, const struct session_progress *now,
		       size_t columns);

/* `text` as one word of a shell's command line. */
void shell_word_add(struct strbuf *out, const char *text);

#endif
