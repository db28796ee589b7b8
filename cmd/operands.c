/* SPDX-License-Identifier: MIT */
#include "operands.h"

#include "base/escape.h"
#include "record/output_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *operands_directory(void)
{
	return output_directory(getenv("CPROF_OUTPUT_DIR"));
}

/* Options end at the first operand, which surprises some. */
static int check_order(char **operands, int count, struct error *err)
{
	for (int i = 1; i < count; i++) {
		if (operands[i][0] == '-' && access(operands[i], F_OK))
			return error_set(err, ERROR_USAGE, "'%s' stands behind "
					 "a file; options come first",
					 operands[i]);
	}
	return 0;
}

void operands_warn(const struct ref_files *files, const char *command)
{
	const size_t count = files->left_out.count;
	struct strbuf text = STRBUF_INIT;
	struct strbuf safe = STRBUF_INIT;

	if (!count)
		return;
	strbuf_addf(&text, "%s%s", files->left_out.items[0],
		    count == 1 ? " is not whole: left out" : "");
	if (count > 1)
		strbuf_addf(&text, " and %zu more are not whole: left out",
			    count - 1);
	escape_text(&safe, strbuf_text(&text));
	fprintf(stderr, "cprof %s: %s\n", command, strbuf_text(&safe));
	strbuf_release(&safe);
	strbuf_release(&text);
}

int operands_find(struct ref_files *files, const char *command,
		  char **operands, int count, struct error *err)
{
	if (check_order(operands, count, err))
		return -1;
	if (!count)
		return ref_files_add_newest(files, err);
	for (int i = 0; i < count; i++) {
		if (ref_files_add(files, operands[i], err))
			return -1;
	}
	operands_warn(files, command);
	return 0;
}
