/* SPDX-License-Identifier: MIT */
#include "compare_services.h"

#include "base/output.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *set_and_not_empty(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

char *services_source_root(const char *asked)
{
	const char *place = asked;

	if (!place)
		place = set_and_not_empty("GITHUB_WORKSPACE");
	if (!place)
		place = set_and_not_empty("CI_PROJECT_DIR");
	return realpath(place ? place : ".", NULL);
}

static int append(const char *path, const struct strbuf *text,
		  struct error *err)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	int ret;

	if (fd < 0)
		return error_set_errno(err, "cannot open");
	ret = write_all(fd, strbuf_text(text), text->len, err);
	if (close(fd) && !ret)
		ret = error_set_errno(err, "cannot write");
	return ret;
}

int services_job_summary(const struct compare_format *format,
			 const struct comparison *comparison,
			 struct error *err)
{
	const char *path = set_and_not_empty("GITHUB_STEP_SUMMARY");
	struct strbuf text = STRBUF_INIT;
	int ret;

	if (strcmp(format->name, "github") != 0 || !path)
		return 0;
	ret = compare_format_find("markdown")->write(&text, comparison,
						     NULL, err);
	strbuf_add_char(&text, '\n');
	if (!ret)
		ret = append(path, &text, err);
	if (ret)
		error_context(err, "GITHUB_STEP_SUMMARY=%s", path);
	strbuf_release(&text);
	return ret;
}
