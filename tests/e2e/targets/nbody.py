# SPDX-License-Identifier: MIT
"""A CPU-bound Python script: numbers, dictionaries, strings, sorting.

    nbody.py SECONDS
"""
import sys
import time


def advance(bodies, dt):
    for i, (p, v, m) in enumerate(bodies):
        for q, w, n in bodies[i + 1:]:
            dx, dy, dz = p[0] - q[0], p[1] - q[1], p[2] - q[2]
            mag = dt / ((dx * dx + dy * dy + dz * dz) ** 1.5)
            v[0] -= dx * n * mag
            v[1] -= dy * n * mag
            v[2] -= dz * n * mag
            w[0] += dx * m * mag
            w[1] += dy * m * mag
            w[2] += dz * m * mag
    for p, v, m in bodies:
        p[0] += dt * v[0]
        p[1] += dt * v[1]
        p[2] += dt * v[2]


def count_words(times):
    words = {}
    for i in range(times):
        key = "word %d" % (i * 7919 % 1000)
        words[key] = words.get(key, 0) + 1
    return sorted(words, key=lambda word: (words[word], word))


def main():
    bodies = [([float(i), i * 0.5, 1.0 - i], [0.0, 0.1 * i, 0.0], 1.0 + i)
              for i in range(5)]
    end = time.monotonic() + float(sys.argv[1])
    words = 0
    while time.monotonic() < end:
        for _ in range(200):
            advance(bodies, 0.001)
        words += len(count_words(2000))
    print("words", words)


main()
