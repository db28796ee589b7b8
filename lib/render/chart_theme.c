/* SPDX-License-Identifier: MIT */
#include "render/chart_theme.h"

#include "base/compiler.h"

#include <math.h>

const struct chart_theme chart_light = {
	.name = "light",
	.background = 0xf6f4ef,
	.panel = 0xfffdf9,
	.line = 0xe2ddd2,
	.ink = 0x1e1b17,
	.dim = 0x6a645a,
	.accent = 0xb33f1a,
	.bar = 0xeab79d,
	.special = 0xd3d1cb,
	.modules = { 0xf3b562, 0x86b6e2, 0x8accb0, 0xe59a86, 0xc6b0e2,
		     0xe3d670, 0xe7a9cc, 0xa9c4cf },
	.states = { 0x2f6fab, 0xecc98a, 0x8a63b8, 0x93a9bd, 0x3c9d84,
		    0x5fb3c9, 0xc4593a, 0xc9c5bc, 0xb39a7a, 0x7d8fa3,
		    0xa9a08f, 0x5c5850, 0xb0aca4 },
	.heat = { 0xf3e6d8, 0xeab79d, 0xd3744c, 0xb33f1a, 0x5c1606 },
	.same = 0xdedad2, .more = 0xe8730c, .less = 0x2d7dd2,
};

const struct chart_theme chart_dark = {
	.name = "dark",
	.background = 0x131316,
	.panel = 0x1b1b1f,
	.line = 0x2d2d33,
	.ink = 0xecebe7,
	.dim = 0xa19d96,
	.accent = 0xff9466,
	.bar = 0x7a4128,
	.special = 0x57554f,
	.modules = { 0xd08c2e, 0x4f8fc9, 0x3f9c7d, 0xcf6f55, 0x8f72c0,
		     0xa89a35, 0xbd6a9b, 0x6f8d9a },
	.states = { 0x5aa2e6, 0x8d6c34, 0xa685d6, 0x5d7287, 0x4cb89b,
		    0x4d9db3, 0xe07a58, 0x4a4843, 0x937d60, 0x66788c,
		    0x7b7466, 0x8d887c, 0x6c6961 },
	.heat = { 0x33221c, 0x7a4128, 0xc05f36, 0xff9466, 0xffe9d6 },
	.same = 0x3b3b42, .more = 0xf08a24, .less = 0x4a9be8,
};

static double channel(uint32_t colour, int shift)
{
	return colour >> shift & 0xff;
}

static uint32_t join(double red, double green, double blue)
{
	return (uint32_t)lround(red) << 16 | (uint32_t)lround(green) << 8 |
	       (uint32_t)lround(blue);
}

static double mix(uint32_t from, uint32_t to, double share, int shift)
{
	return channel(from, shift) * (1 - share) + channel(to, shift) * share;
}

uint32_t colour_mix(uint32_t from, uint32_t to, double share)
{
	return join(mix(from, to, share, 16), mix(from, to, share, 8),
		    mix(from, to, share, 0));
}

static double moved(uint32_t colour, int shift, int amount)
{
	return MIN(255.0, MAX(0.0, channel(colour, shift) + amount));
}

uint32_t colour_tint(uint32_t colour, uint64_t hash)
{
	const int light = 9 * ((int)(hash % 5) - 2);
	const int warm = 7 * ((int)(hash / 5 % 5) - 2);

	return join(moved(colour, 16, light + warm), moved(colour, 8, light),
		    moved(colour, 0, light - warm));
}

static double linear(uint32_t colour, int shift)
{
	const double part = channel(colour, shift) / 255;

	return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055,
						    2.4);
}

static double luminance(uint32_t colour)
{
	return 0.2126 * linear(colour, 16) + 0.7152 * linear(colour, 8) +
	       0.0722 * linear(colour, 0);
}

double colour_contrast(uint32_t a, uint32_t b)
{
	const double x = luminance(a), y = luminance(b);

	return (MAX(x, y) + 0.05) / (MIN(x, y) + 0.05);
}

uint32_t colour_ink_on(uint32_t colour)
{
	return colour_contrast(colour, 0) >= colour_contrast(colour, 0xffffff) ?
	       0 : 0xffffff;
}

uint32_t chart_heat(const struct chart_theme *theme, double share)
{
	const int last = ARRAY_SIZE(theme->heat) - 1;
	const double at = MIN(1.0, MAX(0.0, share)) * last;
	const int below = MIN((int)at, last - 1);

	return colour_mix(theme->heat[below], theme->heat[below + 1],
			  at - below);
}

bool chart_is_change(double share)
{
	return fabs(share) >= 0.02;
}

uint32_t chart_change(const struct chart_theme *theme, double share)
{
	if (!chart_is_change(share))
		return theme->same;
	return colour_mix(theme->same, share > 0 ? theme->more : theme->less,
			  pow(MIN(1.0, fabs(share)), 0.7));
}
