/* SPDX-License-Identifier: MIT */
/* Text into values: the types of options. */
#include "cli/opt.h"

#include "base/units.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int opt_parse_string(const char *text, void *value, struct error *err)
{
	const char **string = value;

	*string = text;
	return 0;
}

int opt_parse_flag(const char *text, void *value, struct error *err)
{
	bool *flag = value;

	*flag = true;
	return 0;
}

int opt_parse_u32(const char *text, void *value, struct error *err)
{
	uint32_t *number = value;
	unsigned long long parsed;
	char *end;

	errno = 0;
	parsed = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || parsed == 0)
		return error_set(err, ERROR_USAGE,
				 "'%s' is not a whole number above 0", text);
	if (errno == ERANGE || parsed > UINT32_MAX)
		return error_set(err, ERROR_USAGE, "'%s' is too large", text);
	*number = parsed;
	return 0;
}

int opt_parse_duration_ns(const char *text, void *value, struct error *err)
{
	return units_parse_duration(text, value, err);
}

int opt_parse_percent(const char *text, void *value, struct error *err)
{
	double *percent = value;
	double parsed;
	char *end;

	/* strtod() alone would take "nan", "inf" and "0x1p3". */
	if (strspn(text, "0123456789.%") != strlen(text))
		return error_set(err, ERROR_USAGE,
				 "'%s' is not a percentage (try 2.5)", text);
	parsed = strtod(text, &end);
	if (end == text || (*end && strcmp(end, "%") != 0))
		return error_set(err, ERROR_USAGE,
				 "'%s' is not a percentage (try 2.5)", text);
	if (parsed > 100)
		return error_set(err, ERROR_USAGE, "'%s' is above 100%%",
				 text);
	*percent = parsed;
	return 0;
}

int opt_parse_list(const char *text, void *value, struct error *err)
{
	string_vec_push(value, text);
	return 0;
}
