/* SPDX-License-Identifier: MIT */
#include "trace/close_look.h"

#include "base/clock.h"

enum {
	LOOK_US = 50		/* nearly all stops come in 10 to 40 */
};

void close_look_asked(struct close_look *look, uint64_t now_ns)
{
	if (look->allowed && attempts_due(&look->attempts))
		look->until_ns = now_ns + LOOK_US * NS_PER_US;
}

void close_look_ended(struct close_look *look, bool seen)
{
	look->until_ns = 0;
	look->seen = seen;
	attempts_told(&look->attempts, seen);
}
