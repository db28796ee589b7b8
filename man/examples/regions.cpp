/* SPDX-License-Identifier: MIT */
/*
 * Regions in C++: they end with their block, also when it throws.
 *
 *	c++ -O2 -o regions regions.cpp $(pkg-config --cflags --libs cprof)
 */
#include <cprof.h>

#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>

static double work(int n)
{
	CPROF_FUNCTION();
	double sum = 0;

	for (int i = 1; i < n; i++)
		sum += std::sqrt(i);
	return sum;
}

static double node(const std::string &name, int n)
{
	/* A name of run time: an object that ends it. */
	struct region {
		const std::string &name;

		explicit region(const std::string &text) : name(text)
		{
			cprof_region_begin(name.c_str());
		}
		~region() { cprof_region_end(name.c_str()); }
	} here(name);

	if (n < 0)
		throw std::invalid_argument(name);
	return work(n);
}

int main()
{
	CPROF_REGION("main");
	double sum = 0;

	for (int i = 0; i < 3; i++)
		sum += node("node " + std::to_string(i), 2000000);
	try {
		sum += node("broken", -1);
	} catch (const std::exception &error) {
		cprof_mark("caught");
	}
	std::printf("%.0f\n", sum);
	return 0;
}
