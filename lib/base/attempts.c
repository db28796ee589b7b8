/* SPDX-License-Identifier: MIT */
#include "base/attempts.h"

#include "base/compiler.h"

enum {
	FAILURES_MAX = 4,
	PAUSE_MIN = 64,
	PAUSE_MAX = 65536
};

bool attempts_due(struct attempts *attempts)
{
	if (!attempts->rest)
		return true;
	attempts->rest--;
	return false;
}

bool attempts_told(struct attempts *attempts, bool success)
{
	if (!success)
		attempts->failures++;
	else if (attempts->failures)
		attempts->failures--;
	if (attempts->failures < FAILURES_MAX)
		return false;
	attempts->failures = 0;
	attempts->pause = MIN(MAX(attempts->pause * 4, PAUSE_MIN), PAUSE_MAX);
	attempts->rest = attempts->pause;
	return true;
}
