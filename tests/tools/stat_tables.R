# SPDX-License-Identifier: MIT
# usage: Rscript tests/tools/stat_tables.R >tests/data/stat.txt
#
# What R (4.2) says of numbers drawn here, for tests/unit/test_stat_tables.c.
# A line is a name, its arguments and what is expected; a list is its length
# and its values.

set.seed(20240229)

say <- function(...) {
	parts <- lapply(list(...), function(x)
		if (is.character(x)) x else sprintf("%.15g", x))
	cat(paste(unlist(parts), collapse = " "), "\n", sep = "")
}
# Short numbers; the same ones for R and for us.
rnorm <- function(...) signif(stats::rnorm(...), 6)
runif <- function(...) signif(stats::runif(...), 6)
list_of <- function(x) c(length(x), x)
tails <- c(both = "two.sided", greater = "greater", less = "less")

for (p in c(1e-300, 1e-20, 1e-6, 0.001, 0.025, 0.3, 0.5, 0.7, 0.975, 0.999))
	say("normal_quantile", p, qnorm(p))
for (z in c(-30, -8, -3, -1.5, 0, 0.1, 1, 2.5, 7))
	say("normal_cdf", z, pnorm(z))
for (df in c(1, 1.7, 2, 3, 4.25, 9, 30, 99.5, 1000, 1e6)) {
	for (p in c(1e-8, 1e-4, 0.005, 0.025, 0.1, 0.45, 0.5, 0.9, 0.995))
		say("t_quantile", p, df, qt(p, df))
	for (t in c(-50, -4, -2, -0.5, 0, 0.01, 1, 3, 12))
		say("t_cdf", t, df, pt(t, df))
}
for (i in 1:20) {
	a <- runif(1, 0.1, 40)
	b <- runif(1, 0.1, 40)
	x <- runif(1)
	say("incomplete_beta", a, b, x, pbeta(x, a, b))
}

for (n in c(1, 2, 3, 7, 10, 31)) {
	x <- rnorm(n, 100, 5)
	for (p in c(0, 0.025, 0.3, 0.5, 0.99, 1))
		say("quantile", p, list_of(x), quantile(x, p, names = FALSE))
	say("median", list_of(x), median(x))
	say("mad", list_of(x), mad(x))
	if (n > 1)
		say("variance", list_of(x), var(x))
}

# Without ties: exact.  wilcox.test() itself gives the interval.
for (n in c(1, 2, 5, 6, 8, 13, 30, 49)) {
	for (shift in c(0.4, -1.5)) {
		x <- rnorm(n) + shift
		for (tail in names(tails))
			say("signed_rank_p", tail, list_of(x), wilcox.test(x,
				exact = TRUE, alternative = tails[tail])$p.value)
		for (level in c(0.8, 0.95, 0.99)) {
			depth <- qsignrank((1 - level) / 2, n)
			if (depth < 1)
				next
			test <- wilcox.test(x, exact = TRUE, conf.int = TRUE,
					    conf.level = level)
			say("signed_rank", level, list_of(x), test$estimate,
			    test$conf.int,
			    1 - 2 * psignrank(depth - 1, n))
		}
	}
}
for (m in c(1, 4, 7, 30)) {
	for (n in c(1, 3, 4, 11, 48)) {
		x <- rnorm(m)
		y <- rnorm(n, 0.7, 2)
		for (tail in names(tails))
			say("rank_sum_p", tail, list_of(x), list_of(y),
			    wilcox.test(y, x, exact = TRUE,
					alternative = tails[tail])$p.value)
		for (level in c(0.8, 0.95, 0.99)) {
			depth <- qwilcox((1 - level) / 2, m, n)
			if (depth < 1)
				next
			test <- wilcox.test(y, x, exact = TRUE, conf.int = TRUE,
					    conf.level = level)
			say("rank_sum", level, list_of(x), list_of(y),
			    test$estimate, test$conf.int,
			    1 - 2 * pwilcox(depth - 1, m, n))
		}
	}
}

# With ties and zeros: the normal approximation, which we use from 51 on.
for (n in c(60, 90)) {
	x <- round(rnorm(n, 0.15), 1)
	x <- c(x, 1, -1)
	y <- round(rnorm(n - 5, 0.3), 1)
	for (tail in names(tails)) {
		say("signed_rank_p", tail, list_of(x), wilcox.test(x,
			exact = FALSE, alternative = tails[tail])$p.value)
		say("rank_sum_p", tail, list_of(x), list_of(y), wilcox.test(y, x,
			exact = FALSE, alternative = tails[tail])$p.value)
	}
}

for (n in c(2, 3, 5, 10, 40)) {
	x <- rnorm(n, 10)
	y <- rnorm(n + 2, 11, 3)
	d <- rnorm(n, 0.5)
	for (tail in names(tails)) {
		say("welch_p", tail, list_of(x), list_of(y), t.test(y, x,
			alternative = tails[tail])$p.value)
		say("paired_p", tail, list_of(d), t.test(d,
			alternative = tails[tail])$p.value)
	}
	for (level in c(0.9, 0.99)) {
		test <- t.test(y, x, conf.level = level)
		say("welch", level, list_of(x), list_of(y),
		    mean(y) - mean(x), test$conf.int)
		test <- t.test(d, conf.level = level)
		say("paired", level, list_of(d), mean(d), test$conf.int)
	}
}

for (n in c(1, 2, 5, 30)) {
	p <- signif(runif(n)^3, 6)
	say("benjamini_hochberg", list_of(p), list_of(p.adjust(p, "BH")))
}
p <- c(0.01, 0.02, 0.02, 0.9, 0.9, 0, 1)
say("benjamini_hochberg", list_of(p), list_of(p.adjust(p, "BH")))
