/* SPDX-License-Identifier: MIT */
#include "browser.h"

#include "base/mem.h"
#include "base/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 32 };

/* `word` with the path for each %s. */
static char *with_path(const char *word, const char *path, bool *placed)
{
	struct strbuf text = STRBUF_INIT;

	for (; *word; word++) {
		if (strncmp(word, "%s", 2) != 0) {
			strbuf_add_char(&text, *word);
			continue;
		}
		strbuf_add(&text, path);
		*placed = true;
		word++;
	}
	return strbuf_take(&text);
}

/* Split at spaces; the words are the caller's, and end with NULL. */
static void words_of(char **words, char *command, const char *path)
{
	bool placed = false;
	size_t count = 0;
	char *rest = NULL;

	for (char *word = strtok_r(command, " ", &rest);
	     word && count < WORDS_MAX - 2; word = strtok_r(NULL, " ", &rest))
		words[count++] = with_path(word, path, &placed);
	if (count && !placed)
		words[count++] = mem_strdup(path);
	words[count] = NULL;
}

/* What it says belongs to no result, and our terminal's input is not its. */
static int spawn(char **words)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	pid_t pid;
	int ret;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO,
					 STDOUT_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
	ret = posix_spawnp(&pid, words[0], &actions, &attributes, words,
			   environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return ret;
}

/* 0, or an errno; ENOENT, too, when there is no command in it. */
static int try_command(char *command, const char *path)
{
	char *words[WORDS_MAX];
	int ret = ENOENT;

	words_of(words, command, path);
	if (words[0])
		ret = spawn(words);
	for (char **word = words; *word; word++)
		free(*word);
	return ret;
}

int browser_open(const char *path, struct error *err)
{
	const char *wanted = getenv("BROWSER");
	char *whole = realpath(path, NULL);
	char *commands, *command;
	char *rest = NULL;
	int ret = ENOENT;

	if (!wanted || !*wanted)
		wanted = "xdg-open";
	commands = mem_strdup(wanted);
	for (command = strtok_r(commands, ":", &rest); command && ret;
	     command = strtok_r(NULL, ":", &rest))
		ret = try_command(command, whole ? whole : path);
	free(commands);
	free(whole);
	if (!ret)
		return 0;
	errno = ret;
	return error_set_errno(err, "cannot run %s, which shows the page",
			       wanted);
}
