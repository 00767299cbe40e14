"""Writes the coagulant set-point of the simulated works with pymodbus and prints what it reads back."""
import struct
import sys

from pymodbus.client import ModbusTcpClient

client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]), timeout=10)
unit, address = int(sys.argv[2]), int(sys.argv[3])
assert client.connect()
client.write_registers(address, list(struct.unpack(">HH", struct.pack(">f", 700.0))), slave=unit)
print("written", client.read_holding_registers(address, 2, slave=unit).registers)
refused = client.write_registers(address, list(struct.unpack(">HH", struct.pack(">f", 2001.0))), slave=unit)
print("exception", refused.exception_code)
client.close()
