/* SPDX-License-Identifier: MIT */
/*
 * C++ as people write it: templates over templates, lambdas, inlined
 * operators, virtual calls and exceptions.
 *
 *	templates SECONDS
 */
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace linear {

template <typename T, std::size_t N>
class matrix {
public:
	matrix() : cells(N * N) {}
	T &at(std::size_t row, std::size_t column)
	{
		return cells[row * N + column];
	}
	const T &at(std::size_t row, std::size_t column) const
	{
		return cells[row * N + column];
	}

	/* Inlined into multiply(): it must show up as a frame of its own. */
	__attribute__((always_inline)) T dot(const matrix &other,
					     std::size_t row,
					     std::size_t column) const
	{
		T sum{};

		for (std::size_t i = 0; i < N; i++)
			sum += at(row, i) * other.at(i, column);
		return sum;
	}

	__attribute__((noinline)) matrix multiply(const matrix &other) const
	{
		matrix product;

		for (std::size_t row = 0; row < N; row++)
			for (std::size_t column = 0; column < N; column++)
				product.at(row, column) =
					dot(other, row, column);
		return product;
	}

private:
	std::vector<T> cells;
};

} // namespace linear

struct shape {
	virtual ~shape() = default;
	virtual double area() const = 0;
};

template <typename Unit>
struct square : shape {
	explicit square(double side) : side(side) {}
	__attribute__((noinline)) double area() const override
	{
		if (side < 0)
			throw std::domain_error("a side is negative");
		return side * side * Unit::factor;
	}
	double side;
};

struct metre {
	static constexpr double factor = 1.0;
};

template <typename Shapes>
__attribute__((noinline)) double total_area(const Shapes &shapes)
{
	return std::accumulate(shapes.begin(), shapes.end(), 0.0,
			       [](double sum, const auto &one) {
				       return sum + one->area();
			       });
}

__attribute__((noinline)) static int throw_and_catch(int times)
{
	std::vector<std::unique_ptr<shape>> shapes;
	int caught = 0;

	shapes.push_back(std::make_unique<square<metre>>(2));
	shapes.push_back(std::make_unique<square<metre>>(-1));
	for (int i = 0; i < times; i++) {
		try {
			total_area(shapes);
		} catch (const std::domain_error &) {
			caught++;
		}
	}
	return caught;
}

__attribute__((noinline)) static std::size_t count_words(int times)
{
	std::map<std::string, std::vector<int>> words;

	for (int i = 0; i < times; i++)
		words["word number " + std::to_string(i % 1000)].push_back(i);
	return words.size();
}

template <typename Work>
__attribute__((noinline)) void repeat(double seconds, const Work &work)
{
	auto end = std::chrono::steady_clock::now() +
		   std::chrono::duration<double>(seconds);

	while (std::chrono::steady_clock::now() < end)
		work();
}

int main(int argc, char **argv)
{
	linear::matrix<double, 96> a, b;
	double seconds = argc > 1 ? std::strtod(argv[1], nullptr) : 1;
	std::uint64_t caught = 0, words = 0;
	double sum = 0;

	for (std::size_t i = 0; i < 96; i++)
		a.at(i, i) = b.at(i, 95 - i) = 1.0 + static_cast<double>(i);
	repeat(seconds, [&] {
		for (int i = 0; i < 3; i++)
			sum += a.multiply(b).at(1, 94);
		caught += throw_and_catch(300);
		words += count_words(3000);
	});
	std::printf("sum %g caught %llu words %llu\n", sum,
		    static_cast<unsigned long long>(caught),
		    static_cast<unsigned long long>(words));
	return 0;
}
