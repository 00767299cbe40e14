"""A pymodbus 3.0 client that checks a server.

Usage: pymodbus_client.py tcp PORT | rtu|ascii DEVICE. Exit code 0 when every check held.
"""
import sys

from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.mei_message import ReadDeviceInformationRequest
from pymodbus.transaction import ModbusAsciiFramer, ModbusRtuFramer


def main(kind, where):
    if kind == "tcp":
        client = ModbusTcpClient("127.0.0.1", port=int(where))
    else:
        framer = ModbusRtuFramer if kind == "rtu" else ModbusAsciiFramer
        client = ModbusSerialClient(where, framer=framer, baudrate=115200, timeout=3)
    assert client.connect()
    assert not client.write_coil(5, True, slave=1).isError()
    assert client.read_coils(4, 3, slave=1).bits[:3] == [False, True, False]
    pattern = [i % 3 == 0 for i in range(77)]
    assert not client.write_coils(100, pattern, slave=1).isError()
    assert client.read_coils(100, 77, slave=1).bits[:77] == pattern
    assert client.read_discrete_inputs(0, 22, slave=1).bits[:22] == [i % 5 == 0 for i in range(22)]
    assert not client.write_register(7, 0xABCD, slave=1).isError()
    values = [i * 500 for i in range(100)]
    assert not client.write_registers(200, values, slave=1).isError()
    assert client.read_holding_registers(200, 100, slave=1).registers == values
    assert client.read_input_registers(65000, 100, slave=1).registers == list(range(65000, 65100))
    masked = client.mask_write_register(7, 0x00F2, 0x0025, unit=1)
    assert not masked.isError(), masked
    assert client.read_holding_registers(7, 1, slave=1).registers == [(0xABCD & 0xF2) | (0x25 & ~0xF2)]
    both = client.readwrite_registers(
        read_address=299, read_count=5, write_address=300, write_registers=[1, 2, 3], unit=1)
    assert both.registers[1:4] == [1, 2, 3]
    refused = client.read_holding_registers(65535, 2, slave=1)
    assert refused.isError() and refused.exception_code == 2
    information = client.execute(ReadDeviceInformationRequest(read_code=1, object_id=0, unit=1))
    assert information.information[0] == b"Vendor", information
    client.close()
    print("0 failures")


main(sys.argv[1], sys.argv[2])
