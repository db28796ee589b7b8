/* SPDX-License-Identifier: MIT */
#include "cli/opt.h"

#include "base/compiler.h"

#include <string.h>

enum {
	WORD_MAX = 40	/* longer words are nobody's typing error */
};

/* Edit distance where swapping two neighbours is one step. */
static size_t distance(const char *a, const char *b)
{
	size_t row[3][WORD_MAX + 1];
	const size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= b_len; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *now = row[i % 3];
		const size_t *last = row[(i + 2) % 3];
		const size_t *before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			now[j] = last[j - 1] + (a[i - 1] != b[j - 1]);
			now[j] = MIN(now[j], last[j] + 1);
			now[j] = MIN(now[j], now[j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = MIN(now[j], before[j - 2] + 1);
		}
	}
	return row[a_len % 3][b_len];
}

const char *cli_nearest(const char *word, const char *const *names)
{
	const size_t len = strlen(word);
	const char *best = NULL;
	size_t best_distance = MAX(len / 3, (size_t)1) + 1;

	for (; *names; names++) {
		const size_t name_len = strlen(*names);
		size_t d = distance(word, *names);

		/* Of another word nothing is left. */
		if (d >= MAX(len, name_len))
			continue;
		/* The beginning of a name is near, however short. */
		if (len > 1 && strncmp(word, *names, len) == 0)
			d = MIN(d, (size_t)1);
		if (d < best_distance) {
			best_distance = d;
			best = *names;
		}
	}
	return best;
}
