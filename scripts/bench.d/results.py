"""What was measured, on which machine: kept in build, shown as text, JSON or Markdown."""

import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import time

import cost
from output import progress



def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def compiler():
    try:
        words = [*os.environ.get("CC", "cc").split(), "--version"]
        return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False).stdout.partition("\n")[0]
    except FileNotFoundError:
        return "no compiler"


def machine():
    return (f"{cpu_model()}, {os.cpu_count()} CPUs; Linux {platform.release()}; {os.confstr('CS_GNU_LIBC_VERSION')}; "
            f"{compiler()} {os.environ.get('CFLAGS', '')}").rstrip()


def measure(sections, options, keep):
    """`keep` is given what there is after each section: the work of minutes shall not be lost with the last one."""
    found = {"machine": machine(), "rounds": options.rounds, "sections": {}}
    for section in sections:
        began = time.monotonic()
        found["sections"][section.NAME] = section.measure(options)
        progress(f"{section.NAME}: {time.monotonic() - began:.0f} s")
        keep(found)
    progress("")
    return found


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def positive(words):
    if words.isascii() and words.isdigit() and 1 <= int(words[:6]):
        return int(words[:6])
    raise argparse.ArgumentTypeError(f'found "{words}", expected a positive number')


def add_arguments(parser, names, rounds):
    parser.add_argument("--only", metavar="SECTION", choices=names, action="append",
                        help=f"only this part, and others named so: {', '.join(names)}")
    parser.add_argument("--rounds", type=positive, help=f"interleaved rounds of the times ({rounds})")
    parser.add_argument("--quick", action="store_true", help="the least that measures anything: for a test")
    parser.add_argument("--json", action="store_true", help="print what was measured as JSON")
    parser.add_argument("--markdown", action="store_true", help="print tables for README.md")
    parser.add_argument("--from", dest="kept", metavar="FILE", type=pathlib.Path,
                        help="measure nothing: show what a former run kept")
    parser.add_argument("--svg", metavar="FILE", type=pathlib.Path, help="draw there, not in the build directory")
    parser.add_argument("--version", action="version", version=f"{parser.prog} {version()}")
    parser.set_defaults(usual_rounds=rounds)


def version():
    text = (cost.REPOSITORY / "shim/version.h").read_text(encoding="ascii")
    return re.search(r'"([^"]+)"', text)[1]


def find(name, sections, options):
    """Measures, and keeps it unless it was a test; or what was kept."""
    if options.kept:
        return json.loads(options.kept.read_text(encoding="utf-8"))
    options.rounds = options.rounds or (2 if options.quick else options.usual_rounds)
    path = os.devnull if options.quick else cost.BUILD / f"{name}.json"
    return measure(chosen(sections, options), options,
                   lambda found: pathlib.Path(path).write_text(json.dumps(found, indent=1), encoding="utf-8"))


def chosen(sections, options):
    return [section for section in sections if section.NAME in (options.only or [section.NAME])]


def show(found, sections, options):
    shown = [section for section in chosen(sections, options) if section.NAME in found["sections"]]
    if options.json:
        print(json.dumps({section.NAME: found["sections"][section.NAME] for section in shown}, indent=1))
        return
    for section in shown:
        for text in section.show(found["sections"][section.NAME], options.markdown):
            print(text)
    print(f"{found['machine']}; {found['rounds']} interleaved rounds")
