/* SPDX-License-Identifier: MIT */
#ifndef CPROF_BASE_PATH_H
#define CPROF_BASE_PATH_H

/*
 * What stands behind the last '/' of `path`, as a part of it; all of it
 * where nothing does.
 */
const char *path_base(const char *path);

#endif
