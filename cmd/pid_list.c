/* SPDX-License-Identifier: MIT */
#include "pid_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int pid_list_parse(const char *list, struct pid_vec *pids, struct error *err)
{
	for (const char *p = list;; p++) {
		char *end;
		long pid;

		errno = 0;
		pid = strtol(p, &end, 10);
		if (end == p || (*end && !strchr(", \n", *end)) || errno ||
		    pid <= 0 || pid > INT32_MAX || !isdigit((uint8_t)*p))
			return error_set(err, ERROR_USAGE,
					 "'%s' is not a list of process ids "
					 "(as in -p 123,456)", list);
		pid_vec_push(pids, pid);
		if (!*end)
			return 0;
		p = end;
	}
}
