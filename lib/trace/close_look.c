/* SPDX-License-Identifier: MIT */
#include "trace/close_look.h"

#include "base/clock.h"
#include "base/compiler.h"

enum {
	LOOK_US = 50,		/* nearly all stops come in 10 to 40 */
	MISSES_MAX = 4,
	PAUSE_MIN = 64,
	PAUSE_MAX = 65536
};

void close_look_asked(struct close_look *look, uint64_t now_ns)
{
	if (!look->allowed)
		return;
	if (look->rest) {
		look->rest--;
		return;
	}
	look->until_ns = now_ns + LOOK_US * NS_PER_US;
}

void close_look_ended(struct close_look *look, bool seen)
{
	look->until_ns = 0;
	look->seen = seen;
	if (!seen)
		look->misses++;
	else if (look->misses)
		look->misses--;
	if (look->misses < MISSES_MAX)
		return;
	look->misses = 0;
	look->pause = MIN(MAX(look->pause * 4, PAUSE_MIN), PAUSE_MAX);
	look->rest = look->pause;
}
