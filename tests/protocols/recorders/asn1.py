"""BER and DER with definite lengths: anything from a NULL to tags of several bytes."""

from pyasn1.codec.ber import encoder as ber
from pyasn1.codec.der import encoder as der
from pyasn1.type import char, namedtype, tag, univ

from .. import erlang
from . import Stream

SERIALIZER = "python3-pyasn1"
PARSER = "erlang:decode_packet/3"


class Pair(univ.Sequence):
    componentType = namedtype.NamedTypes(namedtype.NamedType("number", univ.Integer()),
                                         namedtype.NamedType("text", univ.OctetString()))


def pair(number, text):
    value = Pair()
    value["number"], value["text"] = number, text
    return value


def tagged(number, text, tag_class=tag.tagClassContext):
    return univ.OctetString(text).subtype(implicitTag=tag.Tag(tag_class, tag.tagFormatSimple, number))


QUESTIONS = [pair(1, b"one"), univ.Null(""), univ.OctetString(b"x" * 127), univ.OctetString(b"y" * 128),
             char.IA5String("text"), tagged(31, b"a tag of 2 bytes"), tagged(300, b""), pair(-1, b"the last one")]
ANSWERS = [univ.ObjectIdentifier("1.3.6.1.4.1"), tagged(1 << 21, b"z" * 200, tag.tagClassPrivate),
           tagged(30, b"", tag.tagClassApplication), univ.Boolean(True), pair(2, b"0" * 100)]
LONG = [pair(3, b"l" * 300), univ.OctetString(b"L" * 70000), pair(4, b"short")]


def streams():
    return [Stream("client", list(map(der.encode, QUESTIONS))), Stream("server", list(map(ber.encode, ANSWERS))),
            Stream("client", list(map(der.encode, LONG)), "long", in_matrix=False)]


def ends(stream):
    return erlang.packet_ends("asn1", stream.data)


WRONG = {
    "an indefinite length": ("client", b"\x30\x80\2\1\1\0\0"),
    "a length of 9 bytes": ("client", b"\x30\x89\0\0\0\0\0\0\0\0\1a"),
    "a reserved length": ("server", b"\4\1a\4\xff"),
    "a length of 2^63": ("client", b"\4\x88\x80\0\0\0\0\0\0\0"),
    "a tag that does not end": ("server", b"\x1f" + b"\x81" * 20),
}
