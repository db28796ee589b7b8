/* SPDX-License-Identifier: MIT */
/* What a gate has to say, in sentences. */
#ifndef CPROF_CMD_GATE_WORDS_H
#define CPROF_CMD_GATE_WORDS_H

#include "base/strbuf.h"
#include "gate/trial.h"

/* The one line that says it all; no end of line. */
void gate_words_closing(struct strbuf *out, const struct trial *trial,
			const struct trial_config *config);

/* What the two batches of a regression say, each by itself. */
void gate_words_batches(struct strbuf *out, const struct decision *decision);

/* How noisy the runs were; a sentence. */
void gate_words_noise(struct strbuf *out, const struct decision *decision);

/* How many rounds it takes to see some changes. */
void gate_words_needed(struct strbuf *out, const struct decision *decision);

/*
 * Where wall time, which decides, spreads much more than CPU time, which
 * does not: that there is the other.  Else nothing.
 */
void gate_words_instead(struct strbuf *out, const struct trial *trial,
			const struct trial_config *config);

/* What else the machine did meanwhile. */
void gate_words_machine(struct strbuf *out, const struct trial *trial);

/* Why a metric has no verdict, and what would give one; or "". */
void gate_words_reason(struct strbuf *out, const struct trial *trial,
		       enum trial_metric metric);

/* The metric that the verdict is about. */
enum trial_metric gate_words_subject(const struct trial *trial,
				     const struct trial_config *config);

#endif
