/* SPDX-License-Identifier: MIT */
#include "base/escape.h"

#include "base/compiler.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct code_range {
	unsigned int first;
	unsigned int last;
};

static bool in_ranges(const struct code_range *ranges, size_t count,
		      unsigned int code)
{
	for (size_t i = 0; i < count; i++) {
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	}
	return false;
}

/* Bytes that a lead byte announces, 0 for a byte that cannot lead. */
static size_t utf8_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

size_t utf8_decode(const char *text, unsigned int *code)
{
	static const unsigned int smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	const size_t len = *bytes ? utf8_length(*bytes) : 0;
	unsigned int value;

	if (!len)
		return 0;
	value = len == 1 ? *bytes : *bytes & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		/* Also stops at the final NUL. */
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3f);
	}
	if (value < smallest[len] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*code = value;
	return len;
}

static bool is_control(unsigned int code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/* They would reorder or break the line that a name is printed in. */
static bool is_layout(unsigned int code)
{
	static const struct code_range layout[] = {
		{ 0x061c, 0x061c }, { 0x200e, 0x200f }, { 0x2028, 0x202e },
		{ 0x2066, 0x2069 },
	};

	return in_ranges(layout, ARRAY_SIZE(layout), code);
}

/* As C writes it. */
static void add_byte(struct strbuf *out, uint8_t byte)
{
	if (byte == '\n')
		strbuf_add(out, "\\n");
	else if (byte == '\t')
		strbuf_add(out, "\\t");
	else
		strbuf_addf(out, "\\x%02x", byte);
}

void escape_text(struct strbuf *out, const char *text)
{
	while (*text) {
		unsigned int code = 0;
		size_t len = utf8_decode(text, &code);

		if (len && is_layout(code)) {
			strbuf_addf(out, "\\u{%04x}", code);
		} else if (len && !is_control(code)) {
			strbuf_add_bytes(out, text, len);
		} else {
			len = len ? len : 1;
			for (size_t i = 0; i < len; i++)
				add_byte(out, (uint8_t)text[i]);
		}
		text += len;
	}
}

static size_t code_width(unsigned int code)
{
	static const struct code_range combining[] = {
		{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },
		{ 0x0610, 0x061a }, { 0x064b, 0x065f }, { 0x1ab0, 0x1aff },
		{ 0x1dc0, 0x1dff }, { 0x200b, 0x200d }, { 0x20d0, 0x20ff },
		{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff },
	};
	static const struct code_range wide[] = {
		{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf },
		{ 0xa960, 0xa97f }, { 0xac00, 0xd7a3 }, { 0xf900, 0xfaff },
		{ 0xfe30, 0xfe6f }, { 0xff00, 0xff60 }, { 0xffe0, 0xffe6 },
		{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
		{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
	};

	if (code < 0x300)
		return 1;
	if (in_ranges(combining, ARRAY_SIZE(combining), code))
		return 0;
	return in_ranges(wide, ARRAY_SIZE(wide), code) ? 2 : 1;
}

size_t escape_width(const char *text)
{
	size_t width = 0;

	while (*text) {
		unsigned int code = 0;
		size_t len = utf8_decode(text, &code);

		width += len ? code_width(code) : 1;
		text += len ? len : 1;
	}
	return width;
}
