/* SPDX-License-Identifier: MIT */
#include "render/text.h"

#include "base/clock.h"
#include "base/escape.h"

#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool locale_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
	bool utf8;

	if (!locale)
		return false;
	utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return utf8;
}

static size_t width_of(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	unsigned long width = 0;

	if (columns)
		width = strtoul(columns, NULL, 10);
	if (!width && ioctl(fd, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (!width)
		width = TEXT_WIDTH_PIPE;
	return MIN(MAX(width, (size_t)TEXT_WIDTH_MIN), (size_t)TEXT_WIDTH_MAX);
}

static bool wants_colour(int fd)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no_color && *no_color)
		return false;
	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

struct text_style text_style_of(int fd)
{
	return (struct text_style){
		.width = width_of(fd),
		.utf8 = locale_is_utf8(),
		.colour = wants_colour(fd),
	};
}

enum text_tone tone_of_share(uint64_t part, uint64_t whole)
{
	const double share = whole ? (double)part / whole : 0;

	if (share >= 0.2)
		return TONE_HOT;
	if (share >= 0.05)
		return TONE_WARM;
	return share >= 0.01 ? TONE_COOL : TONE_DIM;
}

void text_add(struct strbuf *out, const struct text_style *style,
	      enum text_tone tone, const char *text)
{
	static const char *const starts[] = {
		[TONE_PLAIN] = "", [TONE_TITLE] = "\033[1m",
		[TONE_DIM] = "\033[2m", [TONE_COOL] = "\033[32m",
		[TONE_WARM] = "\033[33m", [TONE_HOT] = "\033[1;31m",
		[TONE_WARNING] = "\033[33m",
	};

	if (!style->colour || tone == TONE_PLAIN || !*text) {
		strbuf_add(out, text);
		return;
	}
	strbuf_add(out, starts[tone]);
	strbuf_add(out, text);
	strbuf_add(out, "\033[0m");
}

const char *text_ellipsis(const struct text_style *style)
{
	return style->utf8 ? "…" : "...";
}

size_t text_ellipsis_width(const struct text_style *style)
{
	return style->utf8 ? 1 : 3;
}

void text_add_foreign(struct strbuf *out, const struct text_style *style,
		      const char *text)
{
	struct strbuf safe = STRBUF_INIT;

	if (style->utf8) {
		escape_text(out, text);
		return;
	}
	escape_text(&safe, text);
	for (const char *p = strbuf_text(&safe); *p; p++) {
		if ((unsigned char)*p < 0x80)
			strbuf_add_char(out, *p);
		else
			strbuf_addf(out, "\\x%02x", (unsigned char)*p);
	}
	strbuf_release(&safe);
}

size_t text_fit(const char *text, size_t width)
{
	size_t used = 0;
	size_t at = 0;

	while (text[at]) {
		unsigned int code;
		size_t len = utf8_decode(text + at, &code);
		char one[5] = { 0 };

		memcpy(one, text + at, len ? len : 1);
		used += escape_width(one);
		if (used > width)
			break;
		at += len ? len : 1;
	}
	return at;
}

/* The shortest tail-start such that the rest takes at most `width`. */
static size_t fit_tail(const char *text, size_t width)
{
	size_t total = escape_width(text);
	size_t at = 0;

	while (text[at] && total > width) {
		size_t len = text_fit(text + at, 1);
		unsigned int code;

		/* A wide character takes two columns. */
		if (!len)
			len = utf8_decode(text + at, &code);
		at += len ? len : 1;
		total = escape_width(text + at);
	}
	return at;
}

/* Done with it?  Then it fits as it is, or not even the ellipsis does. */
static bool needs_no_cut(struct strbuf *out, const struct text_style *style,
			 const char *text, size_t width)
{
	if (escape_width(text) <= width) {
		strbuf_add(out, text);
		return true;
	}
	return width < text_ellipsis_width(style);
}

void text_add_cut_end(struct strbuf *out, const struct text_style *style,
		      const char *text, size_t width)
{
	if (needs_no_cut(out, style, text, width))
		return;
	width -= text_ellipsis_width(style);
	strbuf_add_bytes(out, text, text_fit(text, width));
	strbuf_add(out, text_ellipsis(style));
}

void text_add_cut_start(struct strbuf *out, const struct text_style *style,
			const char *text, size_t width)
{
	if (needs_no_cut(out, style, text, width))
		return;
	width -= text_ellipsis_width(style);
	strbuf_add(out, text_ellipsis(style));
	strbuf_add(out, text + fit_tail(text, width));
}

void text_add_cut_middle(struct strbuf *out, const struct text_style *style,
			 const char *text, size_t width)
{
	const size_t dots = text_ellipsis_width(style);
	size_t head;

	if (escape_width(text) <= width) {
		strbuf_add(out, text);
		return;
	}
	if (width < dots)
		return;
	head = (width - dots + 1) / 2;
	strbuf_add_bytes(out, text, text_fit(text, head));
	strbuf_add(out, text_ellipsis(style));
	strbuf_add(out, text + fit_tail(text, width - dots - head));
}

void text_add_wrapped(struct strbuf *out, const struct text_style *style,
		      const char *text, size_t used, size_t indent)
{
	struct strbuf word = STRBUF_INIT;
	bool first = true;

	while (*text) {
		const size_t len = strcspn(text, " ");
		size_t width;

		strbuf_clear(&word);
		strbuf_add_bytes(&word, text, len);
		width = escape_width(strbuf_text(&word));

		if (!first && used + 1 + width > style->width) {
			strbuf_add_char(out, '\n');
			strbuf_add_repeat(out, ' ', indent);
			used = indent;
		} else if (!first) {
			strbuf_add_char(out, ' ');
			used++;
		}
		strbuf_add(out, strbuf_text(&word));
		used += width;
		first = false;
		text += len;
		text += strspn(text, " ");
	}
	strbuf_add_char(out, '\n');
	strbuf_release(&word);
}

struct time_unit time_unit_for(uint64_t largest_ns)
{
	if (largest_ns >= 1000 * NS_PER_S)
		return (struct time_unit){ "s", NS_PER_S, 1 };
	if (largest_ns >= NS_PER_S)
		return (struct time_unit){ "s", NS_PER_S, 3 };
	if (largest_ns >= 100 * NS_PER_MS)
		return (struct time_unit){ "ms", NS_PER_MS, 1 };
	if (largest_ns >= NS_PER_MS)
		return (struct time_unit){ "ms", NS_PER_MS, 2 };
	return (struct time_unit){ "us", NS_PER_US, 1 };
}

void time_unit_add(struct strbuf *out, const struct time_unit *unit,
		   uint64_t ns)
{
	strbuf_addf(out, "%.*f", unit->decimals, (double)ns / unit->ns);
}

void percent_add(struct strbuf *out, uint64_t part, uint64_t whole)
{
	if (whole)
		strbuf_addf(out, "%.1f%%", 100.0 * part / whole);
	else
		strbuf_add_char(out, '-');
}
