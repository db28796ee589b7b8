// SPDX-License-Identifier: MIT
// Functions inlined into one another, with and without a name for the
// linker: templates, lambdas, an anonymous namespace, local classes.
#include <algorithm>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct hidden {
	int operator()(int a) const { return a * 3; }
};

int helper(std::vector<int> &values)
{
	std::sort(values.begin(), values.end(),
		  [](int a, int b) { return a > b; });
	return values[0];
}

} // namespace

namespace shapes {

template <class T> struct box {
	T value;

	explicit box(T x) : value(x)
	{
		if (x < 0)
			throw std::runtime_error("negative");
	}
	template <class U> U grow(U by) { return value + by; }
};

__attribute__((noinline)) int area(int side)
{
	int sum = 0;

	for (int i = 0; i < side; i++)
		sum += i ^ side;
	return sum;
}

} // namespace shapes

extern "C" __attribute__((noinline)) int plain_c(int n)
{
	return n > 1 ? n * plain_c(n - 1) : 1;
}

__attribute__((noinline)) static int file_local(int n)
{
	int sum = 0;

	for (int i = 0; i < n; i++)
		sum += shapes::area(i) ^ plain_c(i % 7);
	return sum;
}

int main(int argc, char **argv)
{
	struct local {
		static int make(int a) { return std::vector<int>(a).size(); }
	};
	std::map<std::string, int> counts;
	std::vector<int> values;
	shapes::box<long> box(argc);

	for (int i = 0; i < 1000; i++)
		values.push_back(i * 7919 % 1009);
	for (int i : values)
		counts[std::to_string(i)]++;
	auto fill = [&](int n) {
		for (int i = 0; i < n; i++)
			values.push_back(n);
		return values.size();
	};
	std::printf("%d %zu %f %d %zu %d %d\n", helper(values), counts.size(),
		    box.grow(2.0), hidden()(argc), fill(argc),
		    local::make(argc), file_local(argc));
	return 0;
}
