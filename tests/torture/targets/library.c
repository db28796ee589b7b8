/* SPDX-License-Identifier: MIT */
int library_work(int rounds);

int library_work(int rounds)
{
	int sum = 0;

	while (rounds-- > 0)
		__asm__ volatile("inc %0" : "+r"(sum));
	return sum;
}
