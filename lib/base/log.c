/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const domain_names[LOG_DOMAINS] = {
	[LOG_TRACE] = "trace",
	[LOG_UNWIND] = "unwind",
	[LOG_SYMBOL] = "symbol",
	[LOG_FORMAT] = "format",
	[LOG_RECORD] = "record",
};

static int log_levels[LOG_DOMAINS];

static void log_set(const char *name, size_t len, int level)
{
	for (int i = 0; i < LOG_DOMAINS; i++) {
		if ((len == 3 && strncmp(name, "all", 3) == 0) ||
		    (strlen(domain_names[i]) == len &&
		     strncmp(name, domain_names[i], len) == 0))
			log_levels[i] = level;
	}
}

void log_setup(const char *setting)
{
	while (setting && *setting) {
		size_t all = strcspn(setting, ",");
		size_t name = strcspn(setting, ":,");
		int level = 1;

		if (name < all && setting[name + 1] >= '0' &&
		    setting[name + 1] <= '9')
			level = setting[name + 1] - '0';
		log_set(setting, name, level);
		setting += all;
		setting += *setting == ',';
	}
}

bool log_enabled(enum log_domain domain, int level)
{
	return level <= log_levels[domain];
}

void log_debug(enum log_domain domain, int level, const char *fmt, ...)
{
	char text[600];
	va_list args;
	int len;

	if (!log_enabled(domain, level))
		return;
	va_start(args, fmt);
	len = snprintf(text, sizeof(text), "cprof[%d] %s: ", getpid(),
		       domain_names[domain]);
	vsnprintf(text + len, sizeof(text) - len - 1, fmt, args);
	va_end(args);

	/* One write a line: lines of several processes do not mix. */
	len = strlen(text);
	text[len] = '\n';
	if (write(STDERR_FILENO, text, len + 1) < 0)
		return;
}
