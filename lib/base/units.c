/* SPDX-License-Identifier: MIT */
#include "base/units.h"

#include "base/clock.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	FRACTION_DIGITS = 9	/* more are below a nanosecond or absurd */
};

/*
 * A decimal number as `*whole` and billionths in `*fraction`.  Returns what
 * follows it, or NULL when `text` does not start with one that fits.
 */
static const char *parse_decimal(const char *text, uint64_t *whole,
				 uint64_t *fraction)
{
	uint64_t scale = UINT64_C(1000000000);

	*whole = *fraction = 0;
	if (!isdigit((unsigned char)*text))
		return NULL;
	for (; isdigit((unsigned char)*text); text++) {
		if (__builtin_mul_overflow(*whole, 10, whole) ||
		    __builtin_add_overflow(*whole, *text - '0', whole))
			return NULL;
	}
	if (*text != '.')
		return text;
	for (text++; isdigit((unsigned char)*text); text++) {
		scale /= 10;
		*fraction += scale * (*text - '0');
	}
	return text;
}

int units_parse_duration(const char *text, uint64_t *ns, struct error *err)
{
	static const struct {
		const char *suffix;
		uint64_t ns;
	} units[] = {
		{ "", NS_PER_S },
		{ "ns", 1 },
		{ "us", NS_PER_US },
		{ "ms", NS_PER_MS },
		{ "s", NS_PER_S },
		{ "min", 60 * NS_PER_S },
		{ "m", 60 * NS_PER_S },
		{ "h", 3600 * NS_PER_S },
		{ "d", 24 * 3600 * NS_PER_S },
	};
	uint64_t whole, fraction;
	const char *suffix = parse_decimal(text, &whole, &fraction);

	if (!suffix)
		return error_set(err, ERROR_USAGE, "'%s' is not a duration "
				 "(try 10, 250ms, 1.5s or 2min)", text);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		unsigned __int128 value;

		if (strcmp(suffix, units[i].suffix) != 0)
			continue;
		value = (unsigned __int128)fraction * units[i].ns / NS_PER_S;
		value += (unsigned __int128)whole * units[i].ns;
		if (value > INT64_MAX)
			return error_set(err, ERROR_USAGE, "'%s' is too long",
					 text);
		*ns = value;
		return 0;
	}
	return error_set(err, ERROR_USAGE,
			 "'%s': the unit must be ns, us, ms, s, min, h or d",
			 text);
}

/* `value` is in thousandths of `unit`, below 1000 of them after rounding. */
static void add_three_figures(struct strbuf *out, uint64_t value,
			      const char *unit)
{
	if (value < 9995)
		strbuf_addf(out, "%" PRIu64 ".%02" PRIu64 " %s",
			    (value + 5) / 1000, (value + 5) % 1000 / 10, unit);
	else if (value < 99950)
		strbuf_addf(out, "%" PRIu64 ".%" PRIu64 " %s",
			    (value + 50) / 1000, (value + 50) % 1000 / 100,
			    unit);
	else
		strbuf_addf(out, "%" PRIu64 " %s", (value + 500) / 1000, unit);
}

void units_add_duration(struct strbuf *out, uint64_t ns)
{
	const uint64_t seconds = ns / NS_PER_S +
				 (ns % NS_PER_S >= NS_PER_S / 2);

	if (ns < 1000)
		strbuf_addf(out, "%" PRIu64 " ns", ns);
	else if (ns < 999500)
		add_three_figures(out, ns, "us");
	else if (ns < UINT64_C(999500000))
		add_three_figures(out, ns / 1000, "ms");
	else if (ns < UINT64_C(59950000000))
		add_three_figures(out, ns / 1000000, "s");
	else if (seconds < 3600)
		strbuf_addf(out, "%" PRIu64 " min %" PRIu64 " s", seconds / 60,
			    seconds % 60);
	else if (seconds < 100 * 3600)
		strbuf_addf(out, "%" PRIu64 " h %" PRIu64 " min",
			    seconds / 3600, seconds % 3600 / 60);
	else if (seconds < 1000 * 86400)
		strbuf_addf(out, "%" PRIu64 " d %" PRIu64 " h",
			    seconds / 86400, seconds % 86400 / 3600);
	else
		strbuf_addf(out, "%" PRIu64 " d", seconds / 86400);
}

void units_add_bytes(struct strbuf *out, uint64_t bytes)
{
	static const char *const names[] = {
		"kB", "MB", "GB", "TB", "PB", "EB"
	};
	uint64_t unit = 1000;
	size_t i = 0;

	if (bytes < 1000) {
		strbuf_addf(out, "%" PRIu64 " B", bytes);
		return;
	}
	/* 999.95 kB is shown as 1.0 MB. */
	while (i + 1 < ARRAY_SIZE(names) && bytes >= unit * 1000 - unit / 20) {
		unit *= 1000;
		i++;
	}
	/* In two steps: bytes * 10 may not fit. */
	bytes = bytes / (unit / 100) + 5;
	strbuf_addf(out, "%" PRIu64 ".%" PRIu64 " %s", bytes / 100,
		    bytes / 10 % 10, names[i]);
}

void units_add_count(struct strbuf *out, uint64_t count)
{
	char digits[32];
	size_t len;

	len = snprintf(digits, sizeof(digits), "%" PRIu64, count);
	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			strbuf_add_char(out, ',');
		strbuf_add_char(out, digits[i]);
	}
}

uint64_t units_whole(double value)
{
	if (!(value > 0))
		return 0;
	return value < 0x1p64 ? (uint64_t)value : UINT64_MAX;
}
