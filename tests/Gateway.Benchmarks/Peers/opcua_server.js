// node-opcua as a server. opcua_server.js FOLDER VARIABLES: prints its port; "mark N" is answered with the processor time so
// far, "turn N" gives every variable a new value, N times, one turn every 100 ms.
// The library warns on standard output, where figures are expected.
const say = text => process.stdout.write(text + "\n");
console.log = console.warn = console.error;
const path = require("path");
const readline = require("readline");
const { DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy, Variant } = require("node-opcua");

const [folder, variableText] = process.argv.slice(2);
const cpuNs = () => { const u = process.cpuUsage(); return (u.user + u.system) * 1000; };

async function main() {
  const serverCertificateManager = new OPCUACertificateManager({ rootFolder: path.join(folder, "nodeserverpki"), automaticallyAcceptUnknownCertificate: true });
  await serverCertificateManager.initialize();
  const server = new OPCUAServer({
    port: 0, host: "127.0.0.1", hostname: "127.0.0.1", serverCertificateManager,
    certificateFile: path.join(folder, "server.pem"), privateKeyFile: path.join(folder, "server.key"),
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
    serverCapabilities: { maxMonitoredItemsPerCall: 100000, maxMonitoredItems: 100000, maxMonitoredItemsPerSubscription: 100000, operationLimits: { maxMonitoredItemsPerCall: 100000, maxNodesPerRead: 10000 } },
    serverInfo: { applicationUri: "urn:benchmark:server", productUri: "urn:benchmark", applicationName: { text: "node" } }
  });
  await server.initialize();
  const addressSpace = server.engine.addressSpace;
  addressSpace.getOwnNamespace();
  const space = addressSpace.registerNamespace("urn:benchmark:plant");
  const plant = space.addFolder("ObjectsFolder", { browseName: "Plant", nodeId: "s=Plant" });
  const variables = [...Array(Number(variableText)).keys()].map(i => space.addVariable({
    componentOf: plant, browseName: "d" + i, nodeId: "s=d" + i, dataType: DataType.Double, minimumSamplingInterval: 0,
    value: new Variant({ dataType: DataType.Double, value: i * 0.5 })
  }));
  await server.start();
  say("ready " + server.endpoints[0].port);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [command, text] = line.split(" ");
    if (command === "turn") {
      const started = process.hrtime.bigint();
      for (let turn = 1; turn <= Number(text); turn++) {
        const elapsed = Number((process.hrtime.bigint() - started) / 1000000n);
        await new Promise(resolve => setTimeout(resolve, Math.max(0, turn * 100 - elapsed)));
        variables.forEach((v, i) => v.setValueFromSource({ dataType: DataType.Double, value: i * 0.5 + turn }));
      }
    }
    say(`${text} ${cpuNs()} ${process.hrtime.bigint()} 0`);
  }
  await server.shutdown(0);
  process.exit(0);
}

main().catch(error => { console.error(error); process.exit(1); });
