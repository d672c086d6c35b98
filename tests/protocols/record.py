"""Records the sample streams of the presets: python3 -m protocols.record DIRECTORY [PRESET...]

One file a preset, DIRECTORY/PRESET.json. What cannot be recorded is an error, not a gap."""

import importlib
import json
import pathlib
import pkgutil
import sys

from . import recorders


def names():
    return sorted(module.name for module in pkgutil.iter_modules(recorders.__path__))


def split(data, ends):
    starts = [0, *ends]
    assert all(start < end for start, end in zip(starts, ends)), f"ends do not ascend: {ends}"
    assert not ends or ends[-1] <= len(data), f"an end behind {len(data)} bytes: {ends[-1]}"
    return [data[start:end] for start, end in zip(starts, ends)]


def frame_ends(recorder, stream):
    return recorder.frame_ends(stream) if hasattr(recorder, "frame_ends") else []


def recorded(recorder, preset, stream):
    ends = recorder.ends(stream)
    assert len(ends) >= 2, f"{preset} {stream.role} {stream.name}: only {len(ends)} messages"
    return {
        "role": stream.role,
        "name": stream.name,
        "framing": stream.framing or getattr(recorder, "FRAMING", preset),
        "recognised": stream.recognised or preset,
        "writes": [write.hex() for write in stream.writes],
        "messages": [message.hex() for message in split(stream.data, ends)],
        "frames": [frame.hex() for frame in sorted(set(split(stream.data, frame_ends(recorder, stream))))],
        "cut": stream.data[ends[-1]:].hex(),
        "in_matrix": stream.in_matrix,
    }


def record(name):
    recorder = importlib.import_module(f"{recorders.__name__}.{name}")
    preset = name.replace("_", "-")
    return {
        "preset": preset,
        "serializer": recorder.SERIALIZER,
        "parser": recorder.PARSER,
        "streams": [recorded(recorder, preset, stream) for stream in recorder.streams()],
        "wrong": {what: [role, data.hex()] for what, (role, data) in recorder.WRONG.items()},
    }


def main():
    directory, *wanted = sys.argv[1:]
    pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
    for name in wanted or names():
        print(f"  RECORD {name}", flush=True)
        path = pathlib.Path(directory) / f"{name}.json"
        path.with_suffix(".new").write_text(json.dumps(record(name), indent=1), encoding="ascii")
        path.with_suffix(".new").rename(path)


if __name__ == "__main__":
    main()
