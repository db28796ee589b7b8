/* SPDX-License-Identifier: MIT */
#include "base/output.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct output {
	FILE *file;		/* stdout is borrowed */
	char *final;		/* NULL: written in place */
	char *temporary;	/* NULL: nothing to remove */
};

/* Through a link, so that the link stays and its file is replaced. */
static char *final_name(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : mem_strdup(path);
}

/* `mode`: of the file that will be replaced, or 0. */
static FILE *open_beside(struct output *out, const char *path, mode_t mode,
			 struct error *err)
{
	FILE *file;
	int fd;

	out->final = final_name(path);
	out->temporary = mem_printf("%s.%d.tmp", out->final, getpid());
	fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		  0666);
	if (fd < 0) {
		error_set_errno(err, "cannot create '%s'", path);
		free(out->temporary);
		out->temporary = NULL;
		return NULL;
	}
	/* Who may read it was said already; a failure leaves the usual. */
	if (mode && fchmod(fd, mode & 0777) < 0)
		log_debug(LOG_FORMAT, 1, "%s: the mode is not kept", path);
	file = fdopen(fd, "w");
	if (!file) {
		error_set_errno(err, "cannot write '%s'", path);
		close(fd);
	}
	return file;
}

int output_open(struct output **out, const char *path, struct error *err)
{
	struct output *output = mem_alloc(sizeof(*output));
	struct stat st = { .st_mode = 0 };

	*out = NULL;
	if (strcmp(path, "-") == 0) {
		output->file = stdout;
	} else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		/* A device or a pipe cannot be replaced by a file. */
		output->file = fopen(path, "we");
		if (!output->file)
			error_set_errno(err, "cannot write '%s'", path);
	} else {
		output->file = open_beside(output, path, st.st_mode, err);
	}
	if (!output->file) {
		output_close(output);
		return -1;
	}
	*out = output;
	return 0;
}

int output_write(struct output *out, const void *data, size_t len,
		 struct error *err)
{
	if (len && fwrite(data, 1, len, out->file) != len)
		return error_set_errno(err, "cannot write");
	return 0;
}

int output_commit(struct output *out, struct error *err)
{
	if (fflush(out->file) || ferror(out->file))
		return error_set_errno(err, "cannot write");
	if (!out->temporary)
		return 0;
	if (rename(out->temporary, out->final))
		return error_set_errno(err, "cannot rename to '%s'",
				       out->final);
	free(out->temporary);
	out->temporary = NULL;
	return 0;
}

void output_close(struct output *out)
{
	if (!out)
		return;
	if (out->file && out->file != stdout)
		fclose(out->file);
	if (out->temporary)
		unlink(out->temporary);
	free(out->temporary);
	free(out->final);
	free(out);
}

int output_write_file(const char *path, const void *data, size_t len,
		      struct error *err)
{
	struct output *out = NULL;
	int ret = -1;

	if (output_open(&out, path, err) == 0 &&
	    output_write(out, data, len, err) == 0)
		ret = output_commit(out, err);
	output_close(out);
	return ret;
}

int write_all(int fd, const void *data, size_t len, struct error *err)
{
	const char *pos = data;

	while (len) {
		ssize_t done = write(fd, pos, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return error_set_errno(err, "cannot write");
		pos += done;
		len -= done;
	}
	return 0;
}

static int read_to_end(int fd, size_t max, struct strbuf *buf,
		       struct error *err)
{
	char block[4096];
	size_t total = 0;

	for (;;) {
		ssize_t got = read(fd, block, sizeof(block));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, "cannot read");
		if (got == 0)
			return 0;
		if ((size_t)got > max - total)
			return error_set(err, ERROR_UNSUPPORTED,
					 "is larger than %zu bytes", max);
		total += got;
		strbuf_add_bytes(buf, block, got);
	}
}

int read_file_at(int dirfd, const char *path, size_t max, struct strbuf *buf,
		 struct error *err)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int ret;

	if (fd < 0)
		return error_set_errno(err, "cannot open '%s'", path);
	ret = read_to_end(fd, max, buf, err);
	if (ret)
		error_context(err, "'%s'", path);
	close(fd);
	return ret;
}
