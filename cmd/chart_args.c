/* SPDX-License-Identifier: MIT */
#include "chart_args.h"

#include <string.h>
#include <unistd.h>

int chart_parse_theme(const char *text, void *value, struct error *err)
{
	static const struct chart_theme *const themes[] = {
		&chart_light, &chart_dark
	};

	for (size_t i = 0; i < ARRAY_SIZE(themes); i++) {
		if (strcmp(text, themes[i]->name) != 0)
			continue;
		*(const struct chart_theme **)value = themes[i];
		return 0;
	}
	return error_set(err, ERROR_USAGE, "'%s': themes are light and dark",
			 text);
}

static int check_side(const char *name, uint32_t pixels, struct error *err)
{
	if (pixels && (pixels < CHART_MIN || pixels > CHART_MAX))
		return error_set(err, ERROR_USAGE, "--%s %u: pictures have "
				 "%d to %d pixels", name, pixels, CHART_MIN,
				 CHART_MAX);
	return 0;
}

int chart_args_check(const struct chart_request *request, const char *format,
		     bool is_chart, struct error *err)
{
	const uint64_t width = request->width ? request->width : CHART_WIDTH;

	if (!is_chart && (request->kind || request->metric || request->theme ||
			  request->width || request->height))
		return error_set(err, ERROR_USAGE, "charts are svg or png, "
				 "not %s", format);
	if (check_side("width", request->width, err) ||
	    check_side("height", request->height, err))
		return -1;
	if (width * request->height > CHART_PIXELS_MAX)
		return error_set(err, ERROR_USAGE, "a picture of %u x %u "
				 "pixels is too large", (unsigned int)width,
				 request->height);
	return 0;
}

void chart_args_complete(struct chart_request *request)
{
	if (!request->kind)
		request->kind = chart_kinds[0];
	if (!request->theme)
		request->theme = &chart_light;
}

int chart_args_check_output(const char *format, bool binary,
			    const char *output, struct error *err)
{
	if (binary && strcmp(output, "-") == 0 && isatty(STDOUT_FILENO))
		return error_set(err, ERROR_USAGE,
				 "%s is not for a terminal; say -o FILE",
				 format);
	return 0;
}
