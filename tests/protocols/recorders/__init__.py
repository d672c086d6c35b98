"""One module a preset, named as the preset with _ for -. Each says

    SERIALIZER, PARSER   in a few words for the manual, who made the bytes and who else says where messages end
    streams()            a list of Stream: what one side wrote, made by a serializer that we did not write
    ends(stream)         offsets behind the whole messages in b"".join(stream.writes), by a parser that shares nothing
                         with the shim and that we did not write, or the serializer's own word for it
    WRONG                {what is wrong: (role, bytes)}: bytes that cannot be the protocol

and maybe FRAMING, if that is not the module's name, and proves(sent, offered): True if `offered` proves that the message
of which `sent` went out (whole frames of it) was given up (client_proves, server_proves: in that role only); and
frame_ends(stream), offsets behind all frames, where frames of other messages may stand between those of one.

The last whole message of a stream is the one that a program sends instead of the rest of a cut one."""

from dataclasses import dataclass, field


@dataclass
class Stream:
    role: str  # client or server
    writes: list = field(default_factory=list)  # call by call
    name: str = ""  # where there are several of a role
    framing: str = ""  # as configured; default: the recorder's
    in_matrix: bool = True  # short enough to cut at every byte
    recognised: str = ""  # what the bytes are parsed as in the end, where that is not the preset

    @property
    def data(self):
        return b"".join(self.writes)
