"""The examples hold together, and what they say of systemd and of the kernel is so."""

import ctypes
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from guard.process import LIBRARY, bare_environment

TOP = Path(__file__).resolve().parents[2]
EXAMPLES = TOP / "scripts/examples"
DROP_IN = (EXAMPLES / "poisonshim.conf").read_text()
DOCKERFILE = (EXAMPLES / "Dockerfile").read_text().replace("\\\n", " ")
ABANDON = [sys.executable, "-IS", TOP / "tests/outside/abandon.py"]
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
PATIENCE = 120


def run(*argv, status=0, **options):
    done = subprocess.run([*map(str, argv)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
                          check=False, **options)
    assert done.returncode == status, f"{argv}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def guarded(**variables):
    return bare_environment() | {"LD_PRELOAD": str(LIBRARY)} | variables


def assert_library_takes(variables, **specifiers):
    """It starts with them, and looks only."""
    assert variables["LD_PRELOAD"].endswith("libpoisonshim.so")
    ours = {name: value for name, value in variables.items() if name.startswith("POISONSHIM_")}
    for specifier, text in specifiers.items():
        ours = {name: value.replace(f"%{specifier}", text) for name, value in ours.items()}
    assert ours["POISONSHIM_MODE"] == "audit"
    run("/bin/true", env=guarded(**ours))


def of_drop_in(name):
    return [value for key, value in re.findall(r"^(\w+)=(.*)$", DROP_IN, flags=re.MULTILINE) if key == name]


def of_dockerfile(name):
    return [shlex.split(rest) for key, rest in re.findall(r"^(\w+) (.*)$", DOCKERFILE, flags=re.MULTILINE) if key == name]


def test_systemd_takes_the_drop_in(tmp_path):
    (tmp_path / "app.service.d").mkdir()
    (tmp_path / "app.service.d/poisonshim.conf").write_text(DROP_IN)
    (tmp_path / "app.service").write_text("[Service]\nExecStart=/bin/true\n")
    done = run("systemd-analyze", "verify", "--man=no", tmp_path / "app.service")
    assert "poisonshim" not in done.stdout + done.stderr
    (tmp_path / "app.service.d/poisonshim.conf").write_text(DROP_IN.replace("LogsDirectory=", "LogDirectory="))
    assert "poisonshim.conf" in run("systemd-analyze", "verify", "--man=no", tmp_path / "app.service").stderr


def test_the_library_takes_the_drop_ins_variables(tmp_path):
    variables = dict(shlex.split(value)[0].split("=", 1) for value in of_drop_in("Environment"))
    [directory] = of_drop_in("LogsDirectory")
    assert variables["POISONSHIM_LOG"].startswith(f"/var/log/{directory}/")
    variables["POISONSHIM_LOG"] = variables["POISONSHIM_LOG"].replace("/var/log", str(tmp_path))
    assert_library_takes(variables, p="app")


def calls(directory, environment):
    trace = directory / "trace"
    run("strace", "-f", "-qq", "-e", "signal=none", "-o", trace, *ABANDON, env=environment, cwd=directory)
    return set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(), flags=re.MULTILINE))


def members(group):
    """The calls of a group of systemd's, with those of the groups in it."""
    words = run("systemd-analyze", "syscall-filter", group).stdout.split("\n", 2)[2].split()
    return {call for word in words for call in (members(word) if word.startswith("@") else {word})}


@pytest.mark.parametrize("variables", (
    {}, {"LOG": "syslog,debug"}, {"LOG": "./log,debug"}, {"ACTION": "shutdown"}, {"ACTION": "reset", "SIGPIPE": "1"},
    {"DEADLINE": "5s", "POLICY": "strict"}, {"RULES": "port:1=line;unix:x=line;*=call"}), ids=str)
def test_the_service_filter_has_every_call_of_the_library(tmp_path, variables):
    variables = {f"POISONSHIM_{name}": value for name, value in variables.items()}
    ours = calls(tmp_path, guarded(**variables)) - calls(tmp_path, bare_environment())
    assert ours and ours <= members("@system-service")


def test_memory_that_must_not_become_executable_changes_nothing():
    def refuse():
        assert ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) == 0
    try:
        done = run(*ABANDON, env=guarded(), preexec_fn=refuse)
    except subprocess.SubprocessError:
        pytest.skip("the kernel is older than 6.3")
    assert done.stdout == "EPIPE\n"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give capabilities away")
def test_ambient_capabilities_keep_the_guard():
    done = run("setpriv", "--reuid=65534", "--clear-groups", "--no-new-privs", "--inh-caps=+net_bind_service",
               "--ambient-caps=+net_bind_service", *ABANDON, env=guarded())
    assert done.stdout == "EPIPE\n"


def test_what_the_image_copies_is_what_the_stage_before_installs(tmp_path):
    [install] = [words for words in of_dockerfile("RUN") if words[0] == "make"]
    [[stage, source, target]] = [words for words in of_dockerfile("COPY") if words[0].startswith("--from")]
    assert stage == "--from=poisonshim" and ["debian:bookworm-slim", "AS", "poisonshim"] in of_dockerfile("FROM")
    assert "BUILD=/build" in install, "what COPY brings along must not be taken for built"
    argv = [word.replace("/src", str(TOP)).replace("=/stage", f"={tmp_path}") for word in install]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    run(*argv, f"BUILD={LIBRARY.parent}", env=plain)
    assert Path(source.replace("/stage", str(tmp_path))).is_file()
    [variables] = of_dockerfile("ENV")
    variables = dict(word.split("=", 1) for word in variables)
    assert variables["LD_PRELOAD"] == target
    assert_library_takes(variables)


def test_the_init_container_lays_the_library_where_the_application_preloads_it():
    spec = yaml.safe_load((EXAMPLES / "kubernetes.yaml").read_text())["spec"]["template"]["spec"]
    [volume], [before], [app] = spec["volumes"], spec["initContainers"], spec["containers"]
    [writes], [reads] = before["volumeMounts"], app["volumeMounts"]
    assert volume["name"] == writes["name"] == reads["name"] and "emptyDir" in volume
    assert reads["readOnly"] and "readOnly" not in writes

    program, source, target = before["command"]
    assert program == "cp" and target.startswith(writes["mountPath"])
    assert [source] == [words[1] for words in of_dockerfile("COPY") if words[0].startswith("--from")]
    variables = {variable["name"]: variable["value"] for variable in app["env"]}
    assert variables["LD_PRELOAD"] == f"{reads['mountPath']}/{Path(source).name}"
    assert_library_takes(variables)


def test_no_example_names_a_registry():
    images = [words[0] for words in of_dockerfile("FROM")]
    images += re.findall(r"image: (.*)", (EXAMPLES / "kubernetes.yaml").read_text())
    assert images and not any("/" in image for image in images)
