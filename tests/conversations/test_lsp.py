"""nvim, as a client of the Language Server Protocol, with clangd. nvim writes to a Unix socket, clangd to a pipe."""

import sys

from . import counts
from .stage import PROGRAMS

NVIM = ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-S", PROGRAMS / "lsp_client.lua"]
RULES = "type:unix=content-length;fd:0-2=content-length"  # nvim duplicates Unix sockets onto those of its child
CLANGD = "clangd --log=error -j=1 --background-index=0"
SOURCE = "int main(int argc, char **argv) { return argc; }\n"


def talk(stage, directory, rules):
    directory.mkdir()
    (directory / "main.c").write_text(SOURCE)
    keep = f"{sys.executable} {PROGRAMS / 'keep.py'} {directory / 'asked'} {directory / 'answered'}"
    return stage.play(*NVIM, rules=rules, COMMAND=f"{keep} {CLANGD}", SOURCE=str(directory / "main.c"),
                      CLOSE_STDOUT_AT_EXIT="1")


def counted(actor, program, kind):
    """Of the only stream of that kind to which the program wrote something."""
    [event] = [event for event in actor.guard.events("ended")
               if (event["comm"], event["type"]) == (program, kind) and event["message"]]
    return event["message"], event["framing"]


def test_nvim_and_clangd(stage, tmp_path):
    bare = talk(stage, tmp_path / "bare", None)
    actor = talk(stage, tmp_path / "guarded", RULES)
    assert actor.outcome() == bare.outcome()
    assert actor.outcome()[0::2] == (0, b"")
    actor.assert_undisturbed(cut=True)
    assert counted(actor, "nvim", "unix") == counts.content_length("client", (tmp_path / "guarded/asked").read_bytes())
    assert counted(actor, "clangd", "pipe") == counts.content_length("server", (tmp_path / "guarded/answered").read_bytes())
