"""Unit tests of framing, against its static code."""
