/* SPDX-License-Identifier: MIT */
#include "render/chart_axis.h"

#include "base/compiler.h"
#include "base/units.h"

#include <math.h>

/* What a label is written in, the largest first. */
struct scale {
	double size;
	const char *name;
};

static const struct scale times[] = {
	{ 3600e9, " h" }, { 60e9, " min" }, { 1e9, " s" }, { 1e6, " ms" },
	{ 1e3, " us" }, { 1, " ns" }
};

static const struct scale byte_counts[] = {
	{ 1e18, " EB" }, { 1e15, " PB" }, { 1e12, " TB" }, { 1e9, " GB" },
	{ 1e6, " MB" }, { 1e3, " kB" }, { 1, " B" }
};

static const struct scale numbers[] = {
	{ 1e18, "E" }, { 1e15, "P" }, { 1e12, "T" }, { 1e9, "G" },
	{ 1e6, "M" }, { 1e3, "k" }, { 1, "" }
};

/* The smallest of 1, 2, 5, 10, 20, ... that is not below `least`. */
static double round_up(double least)
{
	static const double digits[] = { 1, 2, 5, 10 };
	const double power = pow(10, floor(log10(least)));

	/* 10^x is not always exact. */
	for (size_t i = 0; i < ARRAY_SIZE(digits); i++) {
		if (digits[i] * power >= least * (1 - 1e-9))
			return digits[i] * power;
	}
	return 10 * power;
}

/* Minutes and hours are not divided by ten. */
static double round_up_time(double least)
{
	static const double minutes[] = {
		1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440
	};

	if (least <= 20e9)
		return round_up(least);
	if (least <= 30e9)
		return 30e9;
	for (size_t i = 0; i < ARRAY_SIZE(minutes); i++) {
		if (minutes[i] * 60e9 >= least)
			return minutes[i] * 60e9;
	}
	return round_up(least / 3600e9 / 24) * 3600e9 * 24;
}

struct axis axis_of(enum axis_unit unit, double to, double start, double end,
		    double gap)
{
	const double labels = MAX(1.0, floor(fabs(end - start) / gap));
	struct axis axis = {
		.unit = unit,
		.to = to > 0 ? to : 1,
		.start = start,
		.end = end,
	};
	const double least = axis.to / labels;

	axis.step = unit == AXIS_NS ? round_up_time(least) : round_up(least);
	/* There is no half a byte, nor a part of a nanosecond. */
	if (unit != AXIS_NUMBER)
		axis.step = MAX(1.0, axis.step);
	return axis;
}

struct axis axis_round(enum axis_unit unit, double to, double start,
		       double end, double gap)
{
	struct axis axis = axis_of(unit, to, start, end, gap);

	axis.to = ceil(axis.to / axis.step * (1 - 1e-9)) * axis.step;
	return axis;
}

double axis_at(const struct axis *axis, double value)
{
	return axis->start + (axis->end - axis->start) * value / axis->to;
}

size_t axis_count(const struct axis *axis)
{
	return (size_t)floor(axis->to / axis->step * (1 + 1e-9)) + 1;
}

/* The largest that the last label has one of. */
static const struct scale *scale_of(const struct axis *axis)
{
	const struct scale *scale = axis->unit == AXIS_NS ? times :
				    axis->unit == AXIS_BYTES ? byte_counts :
				    numbers;

	while (scale->size > 1 &&
	       (axis->to < scale->size ||
		/* "90 s" is better than "1.5 min". */
		(axis->unit == AXIS_NS && scale->size >= 60e9 &&
		 fmod(axis->step, scale->size) != 0)))
		scale++;
	return scale;
}

void axis_label(struct strbuf *out, const struct axis *axis, double value)
{
	const struct scale *scale = scale_of(axis);
	const double step = axis->step / scale->size;
	int decimals = 0;

	if (fabs(value) < axis->step / 2) {
		strbuf_add_char(out, '0');
		return;
	}
	while (decimals < 9 && fabs(step * pow(10, decimals) - round(
			step * pow(10, decimals))) > 1e-6 * step)
		decimals++;
	/* 1/3 of an hour would take all of them. */
	strbuf_addf(out, "%.*f%s", MIN(decimals, 3), value / scale->size,
		    scale->name);
}

void axis_add_amount(struct strbuf *out, enum axis_unit unit, double value)
{
	if (unit == AXIS_NUMBER) {
		strbuf_addf(out, "%.4g", value);
		return;
	}
	if (value < 0)
		strbuf_add_char(out, '-');
	if (unit == AXIS_BYTES)
		units_add_bytes(out, units_whole(fabs(value)));
	else
		units_add_duration(out, units_whole(fabs(value)));
}
