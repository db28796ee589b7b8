# SPDX-License-Identifier: MIT
"""Facts about `cprof dump --json`.

	dump.py FACT FILE [ARGUMENTS]

complete N [STOPPED]  N threads, all followed to their start, STOPPED of
                      them (or fewer) stopped for it
living N              N threads are followed to their start, others ended
outermost NAMES       each thread begins in one of NAMES (a|b)
calls NAME N          each thread has N frames of NAME
"""
import json
import sys


def main(argv):
    fact, path, args = argv[1], argv[2], argv[3:]
    threads = json.load(open(path))["threads"]
    good = True
    if fact == "complete":
        complete = sum(t["complete"] for t in threads)
        stopped = sum(t["stopped"] for t in threads)
        print(f"{complete} of {len(threads)} stacks complete, "
              f"{stopped} threads stopped")
        good = complete == len(threads) == int(args[0])
        if len(args) > 1:
            good = good and stopped <= int(args[1])
        for thread in threads:
            if not thread["complete"]:
                names = [f["function"] for f in thread["frames"]]
                print(thread["tid"], thread["problem"], *names)
    elif fact == "living":
        living = [t for t in threads if t["problem"] != "it has ended"]
        complete = sum(t["complete"] for t in living)
        print(f"{complete} of {len(living)} stacks complete")
        good = complete == len(living) == int(args[0])
    elif fact == "outermost":
        for thread in threads:
            last = thread["frames"][-1]["function"]
            if last not in args[0].split("|"):
                print(thread["tid"], "begins in", last)
                good = False
    elif fact == "calls":
        for thread in threads:
            names = [f["function"] for f in thread["frames"]]
            if names.count(args[0]) != int(args[1]):
                print(thread["tid"], "has", *names)
                good = False
    return 0 if good else 1


sys.exit(main(sys.argv))
