"""The library with one door left open, each: scripts/mutate-doors builds them and expects a red test that names the
door, test_mapping.py that there is one."""

import re
from collections import namedtuple
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
EXPORTS = TOP / "shim/exports.map"
SYSCALL, STDIO, PROCESS = (TOP / "shim" / name for name in ("hooks/syscall.c", "hooks/stdio_jumps.c", "process.c"))

Mutant = namedtuple("Mutant", "name door file text")
"""`text` stands for that of `file`, a source or the list of exports."""


def exported():
    text = re.sub(r"#.*", "", EXPORTS.read_text(encoding="ascii"))
    names = re.search(r"global:(.*)local:", text, re.S).group(1)
    return [name for name in re.findall(r"[\w*]+", names) if not name.startswith("poisonshim_")]


def of_exports():
    """One name is libc's again."""
    text = EXPORTS.read_text(encoding="ascii")
    for name in exported():
        yield Mutant(name, name, EXPORTS, re.sub(rf"(?<=[\s;]){name};", "", text, count=1))


def of_syscall():
    """One number is not known, in one of the switches that ask."""
    lines = SYSCALL.read_text(encoding="ascii").splitlines(keepends=True)
    function = None
    for at, line in enumerate(lines):
        if named := re.match(r"\w.*\b(\w+)\(.*(?:PARAMETERS|number)", line):
            function = named.group(1)
        if label := re.match(r"\tcase SYS_(\w+):$", line):
            yield Mutant(f"{function}: {label.group(1)}", f"syscall:{label.group(1)}", SYSCALL,
                         "".join(lines[:at] + lines[at + 1:]))


def edited(name, door, file, old, new):
    text = file.read_text(encoding="ascii")
    assert text.count(old) == 1, f"{file} has changed: {old}"
    return Mutant(name, door, file, text.replace(old, new))


def of_stdio():
    """One place in one table stays libc's."""
    for table, letter in (("_IO_file_jumps", "f"), ("_IO_wfile_jumps", "w")):
        for slot in ("write", "close"):
            place = f"replace(&table[JUMP_{slot.upper()}]"
            yield edited(f"{table} {slot}", f"{table} {slot}", STDIO, place, f"name[4] == '{letter}' || {place}")


def of_process():
    yield edited("no MADV_WIPEONFORK", "MADV_WIPEONFORK", PROCESS,
                 "madvise(&process, sizeof(process), MADV_WIPEONFORK);", "")
    yield edited("no pthread_atfork", "pthread_atfork", PROCESS, "pthread_atfork(NULL, NULL, process_adopt);", "")


def all_mutants():
    return [*of_exports(), *of_syscall(), *of_stdio(), *of_process()]
