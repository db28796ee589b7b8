/* SPDX-License-Identifier: MIT */
#include "registry_args.h"

int cmd_registry(int argc, char **argv, struct error *err)
{
	static const struct command words[] = {
		{ "list", registry_list, "list the profiles, the newest first",
		  0 },
		{ "show", registry_show, "show what profiles say of their "
		  "runs", 0 },
		{ "summary", registry_summary, "average and spread of all runs "
		  "of a name and version", 0 },
		{ "baseline", registry_baseline, "give names to profiles that "
		  "others are compared with", 0 },
		{ "prune", registry_prune, "remove old profiles", 0 },
		{ NULL, NULL, NULL, 0 }
	};
	static const char *const examples[] = {
		"cprof registry list --since 7d",
		"cprof registry baseline set main app@1.0", NULL
	};
	static const struct command_group group = {
		"registry", "list, summarise, name and prune the profiles of "
		"a directory", words, examples
	};

	return command_group_run(&group, argc, argv, err);
}
