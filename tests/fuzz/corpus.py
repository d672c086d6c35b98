"""Inputs to begin with: the recorded streams, and tests/fuzz/corpus, in which each line of PRESET.hex is one.

python3 -m fuzz.corpus writes those files anew: what the last runs found that reaches more code than the others."""

import hashlib
import pathlib
import re
import shutil
import subprocess

from protocols.samples import BUILD, SAMPLES

HERE = pathlib.Path(__file__).parent
TOP = HERE.parents[1]
FUZZER = BUILD / "fuzz/framing"
LONGEST = 700  # bytes of an input
KEPT = 24  # inputs of a framing that are kept in the tree
PIECES = bytes([1, 7, 0, 50])

FORMS = ["packet(4)", "packet(-8)", "fixed(7)", r"delimiter(\r\n|--)", "delimiter(aa)", "line,max=9,tls=sniff",
         "length-field(length=3,order=le,adjustment=1,continue=3,max=1k)",
         "length-field(offset=4,length=2,adjustment=2,pad=6:1,magic=0:01)", "length-field(length=1,adjustment=1,trailer=0d)",
         "skip(3)>line>packet(2)", "auto,max=64", "http2,unit=frame", "varint32(offset=2)"]


def presets():
    return re.findall(r'\.name = "([a-z0-9-]+)"', (TOP / "shim/framing/presets.c").read_text(encoding="ascii"))


def framings():
    """Every preset as both sides, and some forms."""
    return [*(f"{preset},role={role}" for preset in presets() for role in ("client", "server")), *FORMS]


def file_name(framing):
    return re.sub(r"[^a-z0-9]+", "-", framing.lower()).strip("-")


def kept_file(framing):
    return HERE / "corpus" / f"{file_name(framing)}.hex"


def recorded(framing):
    for sample in SAMPLES:
        if framing in (f"{sample.preset},role={sample.role}", "auto,role=client"):
            yield PIECES + sample.data[:LONGEST - len(PIECES)]


def directory(framing):
    """A directory with the inputs to begin with; what is found goes there too."""
    path = BUILD / "fuzz" / file_name(framing)
    path.mkdir(parents=True, exist_ok=True)
    kept = kept_file(framing)
    lines = kept.read_text(encoding="ascii").split() if kept.exists() else []
    for data in (*map(bytes.fromhex, lines), *recorded(framing)):
        (path / hashlib.sha1(data).hexdigest()).write_bytes(data)
    return path


def environment(framing):
    return {"FUZZ_FRAMING": framing, "PATH": "/usr/bin:/bin"}


def merge(framing):
    merged = BUILD / "fuzz" / "merged"
    shutil.rmtree(merged, ignore_errors=True)
    merged.mkdir()
    subprocess.run([FUZZER, "-merge=1", f"-max_len={LONGEST}", merged, directory(framing)], check=True,
                   env=environment(framing), capture_output=True)
    inputs = sorted((path.read_bytes() for path in merged.iterdir()), key=lambda data: (len(data), data))
    known = set(recorded(framing))
    lines = [data.hex() for data in inputs if data not in known][:KEPT]
    kept_file(framing).write_text("".join(f"{line}\n" for line in lines), encoding="ascii")


if __name__ == "__main__":
    for each in framings():
        print(f"  MERGE {each}", flush=True)
        merge(each)
