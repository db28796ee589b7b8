/* SPDX-License-Identifier: MIT */
/* Ends by a fault, after some work; its core file has the text below. */
#include <stdlib.h>
#include <string.h>

static char *volatile text;
static volatile int *volatile nowhere = (volatile int *)8;

int main(void)
{
	char words[] = "thi$ i$ in the core";

	/* As it stands in memory only, not in the program's file. */
	for (char *c = words; *c; c++)
		*c = *c == '$' ? 's' : *c;
	text = strdup(words);
	for (volatile int i = 0; i < 50000000; i++)
		;
	*nowhere = 1;
	return 99;
}
