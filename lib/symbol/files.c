/* SPDX-License-Identifier: MIT */
#include "symbol/files.h"

#include "base/log.h"
#include "symbol/debuginfod.h"

#include <fcntl.h>
#include <unistd.h>

static void adopt_copy(struct debug_file *file, int fd, struct error *err)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy >= 0 && debug_file_adopt(file, copy, err))
		close(copy);
}

static void open_main(struct symbol_files *files, const struct module *module,
		      int fd)
{
	struct error err = ERROR_INIT;

	if (fd >= 0)
		adopt_copy(&files->main, fd, &err);
	else if (module->build_id_len && module->path &&
		 module->path[0] == '/')
		debug_file_open(&files->main, module->path, &err);
	if (!files->main.elf) {
		log_debug(LOG_SYMBOL, 1, "%s: %s", module->path, err.text);
		return;
	}
	if (module->build_id_len &&
	    !elf_build_id_is(files->main.elf, module->build_id,
			     module->build_id_len)) {
		debug_file_close(&files->main);
		files->replaced = true;
	}
}

int symbol_files_fetch(struct debug_file *file, const uint8_t *id, size_t len,
		       bool permitted, struct error *err)
{
	int fd;

	*file = (struct debug_file)DEBUG_FILE_INIT;
	if (!permitted || !len)
		return error_set(err, ERROR_NOT_FOUND, "not asked for");
	fd = debuginfod_fetch(id, len, err);
	if (fd < 0)
		return -1;
	if (debug_file_adopt(file, fd, err)) {
		close(fd);
		return -1;
	}
	if (elf_build_id_is(file->elf, id, len))
		return 0;
	debug_file_close(file);
	return error_set(err, ERROR_FORMAT, "debuginfod: another build-id");
}

static bool has_dwarf(Elf *elf)
{
	GElf_Shdr header;

	return elf && (elf_section_named(elf, ".debug_info", &header) ||
		       elf_section_named(elf, ".zdebug_info", &header));
}

void symbol_files_open(struct symbol_files *files, const struct module *module,
		       int fd, const struct worker_options *options)
{
	struct error err = ERROR_INIT;
	int ret;

	*files = (struct symbol_files)SYMBOL_FILES_INIT;
	files->debug_root = options->debug_root;
	files->debuginfod = options->debuginfod;
	if (module->kind != MODULE_FILE && module->kind != MODULE_VDSO)
		return;
	open_main(files, module, fd);
	if (files->main.elf)
		ret = debug_file_find(&files->debug, files->main.elf,
				      module->path, options->debug_root, &err);
	else
		ret = debug_file_find_build_id(&files->debug,
					       module->build_id,
					       module->build_id_len,
					       options->debug_root, &err);
	if (ret && !has_dwarf(files->main.elf))
		ret = symbol_files_fetch(&files->debug, module->build_id,
					 module->build_id_len,
					 options->debuginfod, &err);
	if (ret)
		log_debug(LOG_SYMBOL, 2, "%s: %s", module->path, err.text);
	if (files->main.elf && !files->debug.elf)
		debug_file_mini(&files->mini, files->main.elf, NULL);
}

struct elf_image *symbol_files_image(struct symbol_files *files)
{
	if (!files->image && files->main.fd >= 0)
		elf_image_open(&files->image, files->main.fd, NULL);
	return files->image;
}

void symbol_files_close(struct symbol_files *files)
{
	elf_image_free(files->image);
	files->image = NULL;
	debug_file_close(&files->main);
	debug_file_close(&files->debug);
	debug_file_close(&files->mini);
}
