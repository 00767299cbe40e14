"""Reads and writes the test's register bank with pymodbus and prints what it sees."""
import sys

from pymodbus.client import ModbusTcpClient

client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]), timeout=10)
assert client.connect()
print("holding", client.read_holding_registers(0, 6, slave=1).registers)
print("input", client.read_input_registers(0, 1, slave=1).registers)
print("coils", client.read_coils(0, 8, slave=1).bits)
print("discrete", client.read_discrete_inputs(0, 2, slave=1).bits[:2])
client.write_registers(10, [11, 22, 33], slave=1)
print("written", client.read_holding_registers(10, 3, slave=1).registers)
client.write_coil(0, False, slave=1)
print("coil", client.read_coils(0, 1, slave=1).bits[0])
print("exception", client.read_holding_registers(50, 1, slave=1).exception_code)
print("exception", client.read_holding_registers(51, 1, slave=1).exception_code)
client.close()
