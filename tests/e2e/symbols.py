# SPDX-License-Identifier: MIT
"""Facts about what the symbolizer says, beside other tools.

usage: symbols.py FACT TOOL ...; TOOL is tests/tools/symbols, built.
"""
import os
import random
import re
import subprocess
import sys

IDLE = re.compile(r"\t(nop|data16|cs nop|xchg +%ax,%ax|int3|endbr64|hlt|ud2)")
CLONE = re.compile(r"(\.(isra|constprop|part|cold|lto_priv)[.\w]*)+$")


def code_addresses(path, most):
    """Addresses of instructions of .text that can be sampled."""
    text = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", "-j", ".text", path],
        capture_output=True, text=True, check=True).stdout
    found = [line.split(":")[0].strip() for line in text.splitlines()
             if re.match(r" +[0-9a-f]+:\t", line) and not IDLE.search(line)]
    step = max(1, len(found) // most)
    return [int(address, 16) for address in found[::step]]


def ask(tool, path, addresses, options=()):
    """Address -> (status, [(function, linkage, file, line, decl line)])."""
    out = subprocess.run(
        [tool, *options, os.path.realpath(path)],
        input="\n".join(map(hex, addresses)), capture_output=True, text=True,
        errors="replace", timeout=120)
    if out.returncode != 0:
        sys.exit(f"{tool}: status {out.returncode}: {out.stderr}")
    answers, chain, lost = {}, None, 0
    for line in out.stdout.splitlines():
        if line.startswith("lost "):
            lost = int(line[5:])
        elif line.startswith("0x"):
            address, status = line.split()
            chain = []
            answers[int(address, 16)] = (int(status), chain)
        else:
            function, linkage, where = line[2:].rsplit("|", 2)
            name, number, declared = where.rsplit(":", 2)
            chain.append((function, None if linkage == "-" else linkage, name,
                          int(number), int(declared)))
    return answers, lost


def ask_other(oracle, path, addresses):
    """Address -> [(name, file, line)] of addr2line or llvm-symbolizer."""
    command = [oracle, "-e", path, "-a", "-f", "-i"]
    if "llvm" in oracle:
        command += ["--output-style=GNU", "--no-demangle"]
    out = subprocess.run(command, input="\n".join(map(hex, addresses)) + "\n",
                         capture_output=True, text=True, errors="replace",
                         check=True).stdout
    answers, chain, name = {}, None, None
    for line in out.splitlines():
        if re.fullmatch(r"0x[0-9a-f]+", line):
            chain, name = [], None
            answers[int(line, 16)] = chain
        elif name is None:
            name = line
        else:
            where, _, number = line.split(" (")[0].rpartition(":")
            chain.append((name, where,
                          int(number) if number.isdigit() else 0))
            name = None
    return answers


def same_name(ours, theirs, innermost, physical):
    function, linkage = ours[0], ours[1]
    if linkage == theirs or function == theirs:
        return True
    if CLONE.sub("", linkage or function) == CLONE.sub("", theirs):
        return True
    # For what has no linkage name they print the name without its scopes...
    if not linkage and function.endswith(re.sub("(?<=>) (?=>)", "", theirs)):
        return True
    # ... or, innermost, that of the function all around.
    return not linkage and innermost and theirs == physical


def agree(tool, oracle, path, least):
    addresses = code_addresses(path, 2000)
    ours, lost = ask(tool, path, addresses)
    theirs = ask_other(oracle, path, addresses)
    names = lines = 0
    shown = 0
    for address in addresses:
        mine, other = ours[address][1], theirs[address]
        physical = other[-1][0]
        good = len(mine) == len(other) and all(
            same_name(m, o[0], i == 0, physical)
            for i, (m, o) in enumerate(zip(mine, other)))
        names += good
        lines += [m[3] for m in mine] == [o[2] for o in other]
        if not good and shown < 5:
            shown += 1
            print(hex(address), mine, other)
    total = len(addresses)
    print(f"{total} addresses: chains {names / total:.2%}, "
          f"lines {lines / total:.2%}, depth up to "
          f"{max(len(a[1]) for a in ours.values())}")
    return (not lost and total > 100 and
            min(names, lines) >= total * float(least) / 100)


def same(tool, one, root_one, other, root_other):
    """Both files say the same of the same addresses."""
    addresses = code_addresses(one, 500)
    a, _ = ask(tool, one, addresses, ["-r", root_one])
    b, _ = ask(tool, other, addresses, ["-r", root_other])
    different = [x for x in addresses if a[x] != b[x]]
    print(f"{len(addresses)} addresses, {len(different)} differ")
    for address in different[:3]:
        print(hex(address), a[address], b[address])
    deepest = max(len(chain) for _, chain in a.values())
    return not different and deepest > 1


def named(tool, path, root, status, *names):
    """These functions of `path`'s own table are known, with this status."""
    table = subprocess.run(["nm", os.environ.get("NM_FILE", path)],
                           capture_output=True, text=True, check=True).stdout
    starts = {line.split()[2]: int(line.split()[0], 16)
              for line in table.splitlines() if len(line.split()) == 3}
    good = True
    for name in names:
        address = starts[name]
        answers, _ = ask(tool, path, [address, address + 4], ["-r", root])
        for got, chain in answers.values():
            print(name, got, chain)
            if status == "range":
                wanted = f"{os.path.basename(path)}+{address:#x}"
                good &= got == 1 and chain[-1][0] == wanted
            elif status == "none":
                good &= got == 2 and chain[-1][0].startswith("[")
            else:
                good &= got == 0 and name in chain[-1][:2]
    return good


def stubs(tool, path, root):
    """Linkage stubs have the names that objdump gives them."""
    text = subprocess.run(["objdump", "-d", path], capture_output=True,
                          text=True, check=True).stdout
    wanted = {int(a, 16): name for a, name in
              re.findall(r"^([0-9a-f]+) <(\w+@plt)>:", text, re.M)}
    answers, _ = ask(tool, path, sorted(a + 6 for a in wanted), ["-r", root])
    wrong = [(hex(a), name, answers[a + 6]) for a, name in wanted.items()
             if name not in answers[a + 6][1][-1][:2] or
             not answers[a + 6][1][-1][0].endswith("@plt")]
    print(f"{len(wanted)} stubs", *wrong[:3])
    return not wrong and len(wanted) > 5


def lines_known(tool, path, root, wanted, *options):
    """Is a line known of most code of this file's own functions?"""
    addresses = code_addresses(path, 500)
    answers, _ = ask(tool, path, addresses, ["-r", root, *options])
    known = sum(1 for _, chain in answers.values() if chain[-1][3])
    print(f"{known} of {len(addresses)} have a line")
    if wanted == "no":
        return known == 0
    return known > len(addresses) * 0.8


def mutants(tool, path, directory, rounds):
    """No damaged file ends the caller, or leaves an address unanswered."""
    data = open(path, "rb").read()
    addresses = code_addresses(path, 60)
    chance = random.Random(4711)
    mutant = os.path.join(directory, "mutant")
    died = changed = opened = 0
    plain, _ = ask(tool, path, addresses)
    for i in range(int(rounds)):
        bytes_now = bytearray(data)
        if i % 4 == 0:
            del bytes_now[chance.randrange(64, len(data)):]
        else:
            for _ in range(chance.choice([1, 4, 32, 400])):
                at = chance.randrange(16, len(bytes_now))
                bytes_now[at] = chance.choice(
                    [0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)])
        with open(mutant, "wb") as out:
            out.write(bytes_now)
        out = subprocess.run(
            [tool, mutant], input="\n".join(map(hex, addresses)),
            capture_output=True, text=True, errors="replace", timeout=100)
        if out.returncode < 0:
            print(f"round {i}: killed by {-out.returncode}")
            return False
        if out.returncode:
            continue    # not an ELF file any more
        opened += 1
        answers = [line for line in out.stdout.splitlines()
                   if line.startswith("0x")]
        if len(answers) != len(addresses):
            print(f"round {i}: {len(answers)} answers")
            return False
        died += "lost" in out.stdout
        changed += len(plain) == len(answers) and any(
            line.endswith(" 2") for line in answers)
    print(f"{rounds} mutants: {opened} read, {changed} with unnamed code, "
          f"{died} lost names to the death of the process")
    return opened > int(rounds) // 2


FACTS = {"agree": agree, "same": same, "named": named, "mutants": mutants,
         "lines": lines_known, "stubs": stubs}

if __name__ == "__main__":
    sys.exit(not FACTS[sys.argv[1]](*sys.argv[2:]))
