"""A pymodbus 3.0 server.

Usage: pymodbus_server.py tcp|rtuovertcp PORT | rtu|ascii DEVICE.
Every fifth discrete input is set, input registers hold their
own address. Prints "ready" before it serves; ends when its standard input ends.
"""
import asyncio
import os
import sys
import threading

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server import StartAsyncSerialServer, StartAsyncTcpServer
from pymodbus.transaction import ModbusAsciiFramer, ModbusRtuFramer, ModbusSocketFramer


def leave_with_parent():
    sys.stdin.read()
    os._exit(0)


async def main(kind, where):
    slave = ModbusSlaveContext(
        di=ModbusSequentialDataBlock(0, [i % 5 == 0 for i in range(65536)]),
        co=ModbusSequentialDataBlock(0, [False] * 65536),
        hr=ModbusSequentialDataBlock(0, [0] * 65536),
        ir=ModbusSequentialDataBlock(0, list(range(65536))),
        zero_mode=True,
    )
    identity = ModbusDeviceIdentification()
    identity.VendorName = "Vendor of the peer"
    identity.ProductCode = "PC"
    identity.MajorMinorRevision = "3.0"
    options = {"context": ModbusServerContext(slaves=slave, single=True), "identity": identity}
    print("ready", flush=True)
    if kind in ("tcp", "rtuovertcp"):
        framer = ModbusSocketFramer if kind == "tcp" else ModbusRtuFramer
        await StartAsyncTcpServer(framer=framer, address=("127.0.0.1", int(where)), **options)
    else:
        framer = ModbusRtuFramer if kind == "rtu" else ModbusAsciiFramer
        await StartAsyncSerialServer(framer=framer, port=where, baudrate=115200, **options)


threading.Thread(target=leave_with_parent, daemon=True).start()
asyncio.run(main(sys.argv[1], sys.argv[2]))
