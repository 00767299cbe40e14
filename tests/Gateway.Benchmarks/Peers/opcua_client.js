// node-opcua as a client. opcua_client.js FOLDER URL SECURE ITEMS: with 0 items "run N" reads N values, 1,000 at a time;
// else it subscribes to that many and "run N" counts what comes in N milliseconds. "connect N" opens and closes N sessions beside.
// The library warns on standard output, where figures are expected.
const say = text => process.stdout.write(text + "\n");
console.log = console.warn = console.error;
const path = require("path");
const readline = require("readline");
const {
  AttributeIds, ClientMonitoredItemGroup, MessageSecurityMode, OPCUACertificateManager, OPCUAClient, SecurityPolicy, TimestampsToReturn
} = require("node-opcua");

const [folder, url, secure, itemText] = process.argv.slice(2);
const items = Number(itemText);
const cpuNs = () => { const u = process.cpuUsage(); return (u.user + u.system) * 1000; };
const node = i => `ns=2;s=d${i}`;

async function main() {
  const clientCertificateManager = new OPCUACertificateManager({ rootFolder: path.join(folder, "nodepki"), automaticallyAcceptUnknownCertificate: true });
  await clientCertificateManager.initialize();
  const open = async () => {
    const client = OPCUAClient.create({
      applicationName: "node", applicationUri: "urn:benchmark:client", clientCertificateManager,
      certificateFile: path.join(folder, "client.pem"), privateKeyFile: path.join(folder, "client.key"),
      securityPolicy: secure === "1" ? SecurityPolicy.Basic256Sha256 : SecurityPolicy.None,
      securityMode: secure === "1" ? MessageSecurityMode.SignAndEncrypt : MessageSecurityMode.None,
      endpointMustExist: false, connectionStrategy: { maxRetry: 0 }, requestedSessionTimeout: 600000
    });
    await client.connect(url);
    return [client, await client.createSession()];
  };
  const started = process.hrtime.bigint();
  const [, session] = await open();
  let count = 0, reached = () => {};
  if (items > 0) await subscribe(session, () => { if (++count >= items) reached(); }, () => count, r => { reached = r; });
  say(`ready ${(process.hrtime.bigint() - started) / 1000000n}`);
  const nodes = [...Array(1000).keys()].map(i => ({ nodeId: node(i), attributeId: AttributeIds.Value }));
  let consumed = count;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [command, text] = line.split(" ");
    let todo = Number(text);
    const cpu = cpuNs(), wall = process.hrtime.bigint();
    let connecting = 0n;
    if (command === "connect") {
      for (let i = 0; i < todo; i++) {
        const opening = process.hrtime.bigint();
        const [client, session] = await open();
        connecting += process.hrtime.bigint() - opening;
        await session.close();
        await client.disconnect();
      }
    } else if (items === 0) {
      const reads = Math.max(1, Math.floor(todo / 1000));
      for (let i = 0; i < reads; i++) {
        const values = await session.read(nodes);
        if (values.length !== 1000 || values[999].statusCode.value !== 0) process.exit(3);
      }
      todo = reads * 1000;
    } else {
      await new Promise(resolve => setTimeout(resolve, todo));
      todo = count - consumed;
      consumed = count;
    }
    say(`${todo} ${cpuNs() - cpu} ${connecting || process.hrtime.bigint() - wall} 0`);
  }
  process.exit(0);
}

async function subscribe(session, onChange, countNow, setReached) {
  const subscription = await session.createSubscription2({ requestedPublishingInterval: 100, requestedMaxKeepAliveCount: 20, requestedLifetimeCount: 100, maxNotificationsPerPublish: 0, publishingEnabled: true, priority: 1 });
  const first = new Promise(resolve => setReached(resolve));
  const group = ClientMonitoredItemGroup.create(subscription, [...Array(items).keys()].map(i => ({ nodeId: node(i), attributeId: AttributeIds.Value })), { samplingInterval: 50, queueSize: 10, discardOldest: true }, TimestampsToReturn.Both);
  group.on("changed", onChange);
  if (countNow() < items) await first;
}

main().catch(error => { console.error(error); process.exit(1); });
