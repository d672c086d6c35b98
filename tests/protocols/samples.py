"""The sample streams that record.py recorded."""

import json
import os
import pathlib
from collections import namedtuple

BUILD = pathlib.Path(os.environ.get("SHIM_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
RECORDERS = pathlib.Path(__file__).parent / "recorders"

Sample = namedtuple("Sample", "preset role name framing recognised writes messages frames cut in_matrix")
Sample.data = property(lambda sample: b"".join(sample.writes))
Sample.server = property(lambda sample: sample.role == "server")


def in_words(sample):
    return " ".join(filter(None, (sample.preset, sample.role, sample.name)))


def read(path):
    return json.loads(path.read_text(encoding="ascii"))


# A recorder that is gone leaves its record behind.
RECORDS = [read(path) for path in sorted((BUILD / "samples").glob("*.json"))
           if (RECORDERS / f"{path.stem}.py").exists()]


def sample(preset, stream):
    lists = {key: tuple(map(bytes.fromhex, stream[key])) for key in ("writes", "messages")}
    return Sample(preset=preset, **{**stream, **lists, "cut": bytes.fromhex(stream["cut"])})


SAMPLES = [sample(record["preset"], stream) for record in RECORDS for stream in record["streams"]]

WRONG = [(record["preset"], what, role, bytes.fromhex(data))
         for record in RECORDS for what, (role, data) in record["wrong"].items()]
