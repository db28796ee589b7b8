/* SPDX-License-Identifier: MIT */
/* The build without cairo. */
#include "render/canvas.h"

int canvas_png_new(struct canvas **out, struct error *err)
{
	*out = NULL;
	return error_set(err, ERROR_UNSUPPORTED, "this cprof was built "
			 "without cairo, which draws png (svg does without)");
}
