"""Modbus/TCP."""

import scapy.contrib.modbus as modbus

from ..tshark import pdu_ends
from . import Stream

SERIALIZER = "python3-scapy"
PARSER = "tshark"
PORT = 502


def numbered(adu, pdus):
    return [bytes(adu(transId=n, unitId=17) / pdu) for n, pdu in enumerate(pdus, 1)]


def streams():
    return [
        Stream("client", numbered(modbus.ModbusADURequest, [
            modbus.ModbusPDU03ReadHoldingRegistersRequest(startAddr=7, quantity=3),
            modbus.ModbusPDU07ReadExceptionStatusRequest(),
            modbus.ModbusPDU10WriteMultipleRegistersRequest(startAddr=1, outputsValue=list(range(20))),
            modbus.ModbusPDU06WriteSingleRegisterRequest(registerAddr=9, registerValue=8)])),
        Stream("server", numbered(modbus.ModbusADUResponse, [
            modbus.ModbusPDU03ReadHoldingRegistersResponse(registerVal=[1, 2, 3]),
            modbus.ModbusPDU07ReadExceptionStatusResponse(),
            modbus.ModbusPDU10WriteMultipleRegistersError(),
            modbus.ModbusPDU06WriteSingleRegisterResponse(registerAddr=9, registerValue=8)]))]


def ends(stream):
    return pdu_ends(stream.data, PORT, "mbtcp", stream.role == "server")


WRONG = {
    "another protocol identifier": ("client", b"\0\1\0\1\0\6\1\3\0\0\0\1"),
    "an ADU without a function": ("client", b"\0\1\0\0\0\1\1"),
    "an ADU of more than 2 KiB": ("server", b"\0\1\0\0\7\xfb\1\3"),
}
