# SPDX-License-Identifier: MIT
"""Write a large C file to compile: FUNCTIONS functions, about 1.3 kB each.

    bigfile.py FUNCTIONS >big.c
"""
import random
import sys

OPERATORS = ["+", "-", "*", "^", "|", "&"]


def expression(rng, depth):
    if depth == 0:
        return rng.choice(["a", "b", "c", "t->x", "t->y", "t->v[i & 7]",
                           str(rng.randrange(1, 99))])
    return "(%s %s %s)" % (expression(rng, depth - 1),
                           rng.choice(OPERATORS),
                           expression(rng, depth - 1))


def function(rng, number):
    lines = ["unsigned f%d(struct t *t, unsigned a, unsigned b)" % number,
             "{", "\tunsigned c = %s;" % expression(rng, 1).replace("c", "a")
             .replace("i & 7", "3"), ""]
    for _ in range(4):
        lines += ["\tfor (unsigned i = 0; i < (a & %d); i++) {" %
                  rng.randrange(3, 63),
                  "\t\tif (%s > %s)" % (expression(rng, 2),
                                        expression(rng, 1)),
                  "\t\t\tt->v[(i + %d) & 7] = %s;" % (rng.randrange(8),
                                                     expression(rng, 3)),
                  "\t\telse",
                  "\t\t\tc += %s;" % expression(rng, 3),
                  "\t\tb ^= %s;" % expression(rng, 2), "\t}"]
    if number:
        lines.append("\tc += f%d(t, b, c);" % rng.randrange(number))
    lines += ["\tswitch (c % 9) {"]
    for case in range(5):
        lines.append("\tcase %d: return %s;" % (case, expression(
            rng, 2).replace("i & 7", "2")))
    lines += ["\tdefault: return c;", "\t}", "}", ""]
    return lines


def main():
    rng = random.Random(1)
    print("struct t { unsigned x, y, v[8]; };\n")
    for number in range(int(sys.argv[1])):
        print("\n".join(function(rng, number)))


main()
