#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A CPU-bound Perl script: regular expressions, hashes, sorting.
#	words.pl SECONDS
use strict;
use warnings;
use Time::HiRes qw(time);

my $end = time + $ARGV[0];
my $text = join ' ', map { "word" . ($_ * 7919 % 1000) } 1 .. 3000;
my ($rounds, %seen) = (0);

while (time < $end) {
	while ($text =~ /\b(word)(\d+)\b/g) {
		$seen{$2} += length $1;
	}
	my @sorted = sort { $seen{$a} <=> $seen{$b} || $a cmp $b } keys %seen;
	$rounds += @sorted;
}
print "rounds $rounds\n";
