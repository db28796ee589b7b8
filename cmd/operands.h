/* SPDX-License-Identifier: MIT */
/* Operands that are profiles: the same words in each command. */
#ifndef CPROF_CMD_OPERANDS_H
#define CPROF_CMD_OPERANDS_H

#include "registry/ref.h"

/* The directory of profiles: $CPROF_OUTPUT_DIR, or where record puts them. */
const char *operands_directory(void);

/* For an object of type struct ref_files; ref_files_release() it. */
#define OPERAND_FILES REF_FILES_OF(operands_directory())

/*
 * Find what the operands stand for, as ref_files_add() tells; without any,
 * the newest profile.  Says on standard error what was left out.
 */
int operands_find(struct ref_files *files, const char *command,
		  char **operands, int count, struct error *err);

/* Says in one line which files of `files->left_out` were left out. */
void operands_warn(const struct ref_files *files, const char *command);

#endif
