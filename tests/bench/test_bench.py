"""scripts/bench and scripts/bench-scale: what they measure, print and draw. Nothing here looks at a time."""

import json
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

import cost
import messages
import variants
from frames import frames

SCRIPTS = cost.REPOSITORY / "scripts"
SVG = "{http://www.w3.org/2000/svg}"
SECONDS = 60
OURS = {"bare", "forward", "poisonshim call", "poisonshim packet(4)", "poisonshim line", "poisonshim http2", "poisonshim redis"}
OTHERS = {"socket_wrapper idle", "socket_wrapper active", "trickle", "libfiu", "proxychains4", "torsocks", "libfaketime"}

PROGRAM = {"program": "a server", "framing": "redis", "unit": "requests/s", "bare": [9.0, 10.0, 11.0],
           "guarded": [9.5, 10.5, 11.5], "ratio": [0.98, 1.01, 1.04]}


def bench(*words, name="bench", path=None):
    environment = {**cost.environment(None), **({"PATH": str(path)} if path else {})}
    return subprocess.run([SCRIPTS / name, *map(str, words)], capture_output=True, text=True, timeout=SECONDS, check=False,
                          env=environment, stdin=subprocess.DEVNULL)


def drawn(svg, kind):
    return [element for element in ElementTree.parse(svg).iter() if element.get("class") == kind]


@pytest.fixture(scope="module")
def writes(tmp_path_factory):
    svg = tmp_path_factory.mktemp("bench") / "bench.svg"
    done = bench("--quick", "--only", "writes", "--json", "--svg", svg)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["writes"], done.stderr, svg


def test_every_write_is_measured_under_every_variant(writes):
    rows, complaints, _ = writes
    cells = {(row["to"], row["write"]) for row in rows}
    assert len(cells) == 12
    for to, write in cells:
        names = {row["variant"] for row in rows if (row["to"], row["write"]) == (to, write)}
        absent = {name for name in OTHERS - names if f"{name} left out" in complaints}
        assert names == OURS | OTHERS - absent


def test_the_chart_has_a_bar_for_each_row_and_says_whose(writes):
    rows, _, svg = writes
    assert len(drawn(svg, "bar")) == len(rows)
    words = {element.text for element in ElementTree.parse(svg).iter(f"{SVG}text")}
    assert {row["variant"] for row in rows} <= words


def test_a_preload_that_is_not_installed_is_left_out_with_a_word(tmp_path):
    done = bench("--quick", "--only", "writes", "--json", "--svg", tmp_path / "svg", path=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "trickle left out: no program trickle" in done.stderr
    names = {row["variant"] for row in json.loads(done.stdout)["writes"]}
    assert OURS <= names and "trickle" not in names


@pytest.mark.parametrize("framing", variants.FRAMINGS)
def test_what_is_written_leaves_the_guard_on(framing):
    assert messages.is_guarded(variants.guarded(framing))


@pytest.mark.parametrize("framing", ["http2", "redis"])
def test_garbage_would_be_noticed(framing, monkeypatch):
    monkeypatch.setattr(messages, "frame_of", lambda _: frames.Frame(lambda n: b"\xff" * n))
    assert not messages.is_guarded(variants.guarded(framing))


def test_a_former_run_is_shown_and_drawn_again(tmp_path, writes):
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps({"machine": "a machine", "rounds": 3,
                                "sections": {"writes": writes[0], "programs": [PROGRAM]}}), encoding="utf-8")
    svg = tmp_path / "again.svg"
    done = bench("--from", kept, "--markdown", "--svg", svg)
    assert done.returncode == 0, done.stderr
    assert "| a server | redis | requests/s | 10.00 [9.00…11.00] | 10.50 [9.50…11.50] | 1.010 [0.980…1.040] |" in done.stdout
    assert "a machine; 3 interleaved rounds" in done.stdout
    assert len(drawn(svg, "bar")) == len(writes[0]) + 1


def test_the_plots_have_a_point_for_each_row(tmp_path):
    svg = tmp_path / "scale.svg"
    done = bench("--quick", "--json", "--svg", svg, name="bench-scale")
    assert done.returncode == 0, done.stderr
    sections = json.loads(done.stdout)
    footprint = sections.pop("footprint")
    assert sections.keys() == {"fds", "threads", "length", "frames"}
    assert len(drawn(svg, "point")) == sum(map(len, sections.values())) == 4 * 2 * 3 + 2
    assert footprint.keys() == {"memory", "forked", "started", "transferred", "threads", "layout"}


@pytest.mark.parametrize("name", ["bench", "bench-scale"])
def test_wrong_use_is_told(name):
    done = bench("--rounds", "none", name=name)
    assert (done.returncode, done.stdout) == (2, "")
    assert 'found "none", expected a positive number' in done.stderr
    assert bench("--version", name=name).stdout.startswith(f"{name} ")
