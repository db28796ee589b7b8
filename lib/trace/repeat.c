/* SPDX-License-Identifier: MIT */
#include "trace/repeat.h"

#include "base/compiler.h"

struct repeat repeat_of(const struct capture *capture,
			const struct task_account *account)
{
	struct repeat repeat = { .step = REPEAT_NONE };

	if (!capture->follow)
		return repeat;
	repeat.step = REPEAT_BEGINS;
	if (!capture->repeated || !account)
		return repeat;
	repeat.run_ns = account->run_ns;
	repeat.part = (double)capture->transfer.done / capture->transfer.asked;
	return repeat;
}

uint64_t repeat_lost_ns(const struct repeat *repeat,
			const struct task_account *account)
{
	return repeat->part *
	       (MAX(account->run_ns, repeat->run_ns) - repeat->run_ns);
}
