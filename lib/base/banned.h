/* SPDX-License-Identifier: MIT */
/*
 * Functions that cprof does not use are compile errors.  The Makefile
 * includes this file in front of every source, so what declares them must
 * be read before.  Instead: strbuf, snprintf, memcpy, strtoul, gmtime_r,
 * fork and exec, mem_alloc.
 */
#ifndef CPROF_BASE_BANNED_H
#define CPROF_BASE_BANNED_H

#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#undef strcpy
#define strcpy(...) error_strcpy_is_banned
#undef stpcpy
#define stpcpy(...) error_stpcpy_is_banned
#undef strcat
#define strcat(...) error_strcat_is_banned
#undef strncpy
#define strncpy(...) error_strncpy_is_banned
#undef strncat
#define strncat(...) error_strncat_is_banned
#undef sprintf
#define sprintf(...) error_sprintf_is_banned
#undef vsprintf
#define vsprintf(...) error_vsprintf_is_banned
#undef strtok
#define strtok(...) error_strtok_is_banned
#undef gmtime
#define gmtime(...) error_gmtime_is_banned
#undef localtime
#define localtime(...) error_localtime_is_banned
#undef ctime
#define ctime(...) error_ctime_is_banned
#undef asctime
#define asctime(...) error_asctime_is_banned
#undef atoi
#define atoi(...) error_atoi_is_banned
#undef atol
#define atol(...) error_atol_is_banned
#undef system
#define system(...) error_system_is_banned
#undef alloca
#define alloca(...) error_alloca_is_banned

/* Only main ends the program, and base/ when memory is gone. */
#ifndef MAY_EXIT
#undef exit
#define exit(...) error_exit_is_banned
#undef abort
#define abort(...) error_abort_is_banned
#endif

#endif
