/* SPDX-License-Identifier: MIT */
/*
 * Exceptions through template functions, some caught on the way.
 *
 *	throwing SECONDS
 */
#include <algorithm>
#include <ctime>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

static volatile long sink;

static double now()
{
	timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

template <int N> __attribute__((noinline)) long layer(long x)
{
	std::string text(N + 20, 'a');

	if (x % 37 == 0)
		throw std::runtime_error(text);
	return layer<N - 1>(x + N) + (long)text.size();
}

template <> __attribute__((noinline)) long layer<0>(long x)
{
	std::vector<int> numbers(400);

	std::generate(numbers.begin(), numbers.end(), rand);
	std::sort(numbers.begin(), numbers.end());
	if (x % 3 == 0)
		throw x;
	return numbers[7];
}

int main(int argc, char **argv)
{
	const double end = now() + (argc > 1 ? atof(argv[1]) : 0);
	std::map<long, std::string> texts;

	for (long i = 0; now() < end; i++) {
		try {
			sink = sink + layer<12>(i);
		} catch (long x) {
			sink = sink + x;
		} catch (const std::exception &e) {
			texts[i % 1000] = e.what();
		}
	}
	return 0;
}
