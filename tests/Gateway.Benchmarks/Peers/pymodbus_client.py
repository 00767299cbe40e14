"""pymodbus as a client: synchronous reads of 125 registers, one connection. pymodbus_client.py PORT"""
import resource
import sys
import time

from pymodbus.client import ModbusTcpClient


def cpu_ns():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return int((usage.ru_utime + usage.ru_stime) * 1e9)


client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[1]))
client.connect()
print("ready", flush=True)
for line in sys.stdin:
    count = int(line.split()[1])
    cpu, wall = cpu_ns(), time.monotonic_ns()
    for _ in range(count):
        if len(client.read_holding_registers(0, 125, 1).registers) != 125:
            sys.exit(3)
    print(count, cpu_ns() - cpu, time.monotonic_ns() - wall, 0, flush=True)
