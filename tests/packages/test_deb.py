"""The Debian package: built, checked by lintian, installed into an empty root, used from there and removed."""

import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
VERSION = re.search(r'VERSION "(.*)"', (TOP / "shim/version.h").read_text())[1]
PATIENCE = 240


def run(*argv, status=0, **options):
    done = subprocess.run([*map(str, argv)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
                          check=False, **options)
    assert done.returncode == status, f"{argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session", name="package")
def build(tmp_path_factory):
    """Built once, whichever worker of pytest comes first."""
    directory = tmp_path_factory.getbasetemp().parent / "package"
    with open(f"{directory}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.exists():
            run(TOP / "scripts/deb", env=os.environ | {"BUILD": str(directory)})
    [package] = directory.glob("deb/poisonshim_*.deb")
    return package


@pytest.fixture(name="root")
def install(package, tmp_path):
    """An empty root with a dpkg database of its own. libc6 is not in it."""
    root = tmp_path / "root"
    for name in ("info", "updates"):
        (root / "var/lib/dpkg" / name).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    dpkg(root, "--force-depends", "--install", package)
    return root


def dpkg(root, *arguments):
    log = root.with_name("dpkg.log")
    return run("dpkg", f"--root={root}", f"--log={log}", "--force-not-root", "--force-bad-path", *arguments)


def ours(root):
    return [path for path in root.rglob("*") if not path.is_dir() and root / "var" not in path.parents]


def test_lintian_finds_no_error_and_no_warning(package):
    [changes] = package.parent.glob("*.changes")
    run("lintian", "--fail-on", "error,warning", changes)


def test_each_override_of_lintian_has_its_reason_above():
    previous = ""
    for line in (TOP / "scripts/debian/lintian-overrides").read_text().splitlines():
        assert line.startswith("#") or previous
        previous = line


def test_its_version_is_that_of_the_library(package):
    assert run("dpkg-deb", "-f", package, "Version").stdout.strip() == VERSION
    entry = run("dpkg-parsechangelog", "-l", next(package.parent.glob("*/debian/changelog")), "-S", "Version").stdout
    assert entry.strip() == VERSION


def test_the_installed_library_guards_a_program(root):
    [library] = root.rglob("libpoisonshim.so")
    assert library.parent.parent == root / "usr/lib", "in the directory of its machine, so that another's fits beside it"
    demo = run(sys.executable, TOP / "scripts/demo", env=os.environ | {"SHIM_LIBRARY": str(library)})
    assert str(library) in demo.stdout


def test_the_installed_commands_run(root):
    commands = list((root / "usr/bin").iterdir())
    assert {path.stem for path in (TOP / "scripts").glob("*.1")} == {command.name for command in commands}
    elsewhere = {name: value for name, value in os.environ.items() if name != "SHIM_BUILD"}
    for command in commands:
        assert run(command, "--version", env=elsewhere).stdout == f"{command.name} {VERSION}\n"
    environment = run(root / "usr/bin/poisonrun", "env", env=elsewhere).stdout
    assert f"\nLD_PRELOAD={root}/usr/lib/" in f"\n{environment}"


def test_every_manual_is_in_it(root):
    pages = {path.name for directory in ("scripts", "shim") for path in (TOP / directory).glob("*.[1-8]")}
    assert pages == {path.stem for path in (root / "usr/share/man").rglob("*.gz")}


def test_nothing_is_left_when_it_is_removed(root):
    assert ours(root)
    dpkg(root, "--purge", "poisonshim")
    assert not ours(root)


def changelog(text, status=0):
    argv = [TOP / "scripts/debian/make-changelog", "1.2", "N <n@n.example>", "Thu, 01 Jan 2026 00:00:00 +0000"]
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == status, done.stderr
    return done.stderr if status else done.stdout


def parsed(text, *arguments):
    done = subprocess.run(["dpkg-parsechangelog", "-l-", *arguments], input=changelog(text), capture_output=True,
                          text=True, timeout=PATIENCE, check=True)
    assert not done.stderr
    return done.stdout


def test_the_changelog_has_every_version_and_when_it_was_released():
    text = "# C\n\n## Unreleased\n\nNew.\n\n- a\n- b\n  c\n\n## 1.1, 2025-12-31\n\n- d\n"
    assert parsed(text, "-S", "Version") == "1.2\n"
    assert parsed(text, "-S", "Distribution") == "UNRELEASED\n"
    assert [line for line in changelog(text).splitlines() if line.startswith("  *")] == [
        "  * New.", "  * a", "  * b c", "  * d"]
    before = ("--offset", "1", "--count", "1")
    assert parsed(text, *before, "-S", "Version") == "1.1\n"
    assert parsed(text, *before, "-S", "Distribution") == "unstable\n"
    assert parsed(text, *before, "-S", "Date") == "Wed, 31 Dec 2025 00:00:00 +0000\n"


def test_a_heading_that_is_no_version_is_an_error():
    assert 'make-changelog: "## Soon": expected "## Unreleased" or' in changelog("## Soon\n\n- a\n", status=1)
    assert "found no version" in changelog("- a\n", status=1)


def test_without_the_packages_it_needs_it_says_which(tmp_path):
    for name in ("readlink", "dirname", "sed", "sh"):
        (tmp_path / name).symlink_to(run("which", name).stdout.strip())
    done = run(TOP / "scripts/deb", status=1, env={"PATH": str(tmp_path), "BUILD": str(tmp_path)})
    assert done.stderr == "deb: dpkg-buildpackage is missing: scripts/install-deps debhelper installs it\n"


def test_it_takes_no_arguments(tmp_path):
    environment = os.environ | {"BUILD": str(tmp_path)}
    assert run(TOP / "scripts/deb", "--help", env=environment).stdout.startswith("usage: scripts/deb\n")
    assert "expected no arguments" in run(TOP / "scripts/deb", "amd64", env=environment, status=2).stderr
    assert not list(tmp_path.iterdir())
