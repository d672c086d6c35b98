"""Inputs to begin with: the recorded streams, and tests/fuzz/corpus, in which each line of TARGET.hex is one.

python3 -m fuzz.corpus [NAME...] writes those files anew, all or those with a NAME in theirs: what the last runs found
that reaches code that the recorded streams do not reach. `merge` looks at edges only, so that the files stay small."""

import hashlib
import pathlib
import re
import shutil
import subprocess
import sys

from protocols.samples import BUILD, SAMPLES

HERE = pathlib.Path(__file__).parent
TOP = HERE.parents[1]
LONGEST = 700  # bytes of an input
PIECES = bytes([1, 7, 0, 50])  # framing.c: how the stream is cut

RULES = "rules"  # the target that reads text; every other is a framing
FORMS = ["packet(4)", "packet(-8)", "fixed(7)", r"delimiter(\r\n|--)", "delimiter(aa)", "line,max=9,tls=sniff",
         "length-field(length=3,order=le,adjustment=1,continue=3,max=1k)",
         "length-field(offset=4,length=2,adjustment=2,pad=6:1,magic=0:01)", "length-field(length=1,adjustment=1,trailer=0d)",
         "length-field(offset=30,length=2,mask=7fff,last=8000)", "length-field(length=8,more=01)",
         "skip(3)>line>packet(2)", "skip(2)>auto", "auto,max=64", "http1,tls=off,max=90", "postgres,tls=start",
         "varint32(offset=2)"]
TEXTS = ["port:6379/7000-7010=redis;*=call", "peer:[::1]:5432+!fd:7=postgres,tls=off,max=1M\nunix:/run/*.sock=dbus",
         "type:tcp=http1,role=server,desync=poison;type:pipe=line", "local:127.0.0.1:80=amqp,unit=frame,action=reset"]


def rows():
    """The rows of the presets' table, each preset's name with its text."""
    for row in (TOP / "shim/framing/presets.c").read_text(encoding="ascii").split("[PRESET_")[1:]:
        if name := re.search(r'\.name = "([a-z0-9-]+)"', row):
            yield name[1], row


def framings():
    """Every preset as both sides, those that have frames beneath their messages, and some forms."""
    roles = [f"{preset},role={role}" for preset, _ in rows() for role in ("client", "server")]
    units = [f"{preset},unit=frame" for preset, row in rows() if ".has_unit = true" in row]
    return [*roles, *units, *FORMS]


def targets():
    return [RULES, *framings()]


def fuzzer(target):
    return BUILD / "fuzz" / (RULES if target == RULES else "framing")


def file_name(target):
    return re.sub(r"[^a-z0-9]+", "-", target.lower()).strip("-")


def kept_file(target):
    return HERE / "corpus" / f"{file_name(target)}.hex"


def recorded(target):
    if target == RULES:
        yield from (b"\0" + text.encode() for text in framings())
        yield from (b"\1" + text.encode() for text in TEXTS)
    for sample in SAMPLES:
        if target in (f"{sample.preset},role={sample.role}", f"{sample.preset},unit=frame", f"auto,role={sample.role}"):
            yield PIECES + sample.data[:LONGEST - len(PIECES)]


def fill(path, inputs):
    path.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (path / hashlib.sha1(data).hexdigest()).write_bytes(data)


def kept(target):
    path = kept_file(target)
    return [bytes.fromhex(line) for line in path.read_text(encoding="ascii").split()] if path.exists() else []


def begin(target, path):
    """Fills a directory with the inputs to begin with; what is found goes there too."""
    fill(path, [*kept(target), *recorded(target)])
    return path


def found(target):
    """The directory in which what is found stays from run to run."""
    return BUILD / "fuzz" / "found" / file_name(target)


def environment(target, seconds=0):
    """Which target it is, and the processor time that it has; 0: no limit."""
    return {"FUZZ_FRAMING": target, "FUZZ_SECONDS": str(seconds), "PATH": "/usr/bin:/bin"}


def merge(target):
    merged = BUILD / "fuzz" / "merged"
    shutil.rmtree(merged, ignore_errors=True)
    known = set(recorded(target))
    fill(merged, known)
    argv = [fuzzer(target), "-merge=1", "-use_counters=0", f"-max_len={LONGEST}", merged, begin(target, found(target))]
    subprocess.run(argv, check=True, env=environment(target), capture_output=True)
    inputs = sorted(({path.read_bytes() for path in merged.iterdir()} - known), key=lambda data: (len(data), data))
    kept_file(target).unlink(missing_ok=True)
    if inputs:
        kept_file(target).write_text("".join(f"{data.hex()}\n" for data in inputs), encoding="ascii")


def main(*wanted):
    for target in targets():
        if not wanted or any(name in target for name in wanted):
            print(f"  MERGE {target}", flush=True)
            merge(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
