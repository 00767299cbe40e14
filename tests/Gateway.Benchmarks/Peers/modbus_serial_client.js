// modbus-serial as a client: reads of 125 registers, one connection. modbus_serial_client.js PORT
const ModbusRTU = require("modbus-serial");
const readline = require("readline");

const cpuNs = () => { const u = process.cpuUsage(); return (u.user + u.system) * 1000; };

async function main() {
  const client = new ModbusRTU();
  await client.connectTCP("127.0.0.1", { port: Number(process.argv[2]) });
  client.setID(1);
  console.log("ready");
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const count = Number(line.split(" ")[1]);
    const cpu = cpuNs();
    const wall = process.hrtime.bigint();
    for (let i = 0; i < count; i++) {
      if ((await client.readHoldingRegisters(0, 125)).data.length !== 125) process.exit(3);
    }
    console.log(`${count} ${cpuNs() - cpu} ${process.hrtime.bigint() - wall} 0`);
  }
  process.exit(0);
}
main();
