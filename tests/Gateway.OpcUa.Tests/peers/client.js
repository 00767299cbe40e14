// A node-opcua client for the tests. Usage: node client.js FOLDER URL. FOLDER holds client.pem and client.key. Tries every
// policy, mode and user token on the server and prints one line each: "result POLICY MODE TOKEN OUTCOME"; then browses,
// reads, writes and subscribes; ends with "done".
const path = require("path");
const {
  AttributeIds, ClientMonitoredItem, DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAClient, SecurityPolicy, TimestampsToReturn, UserTokenType, Variant
} = require("node-opcua");

const [folder, url] = process.argv.slice(2);
const anonymous = { type: UserTokenType.Anonymous };
const operator = { type: UserTokenType.UserName, userName: "operator", password: "pässword" };
const stranger = { type: UserTokenType.UserName, userName: "operator", password: "wrong" };

async function main() {
  const certificates = new OPCUACertificateManager({ rootFolder: path.join(folder, "nodepki"), automaticallyAcceptUnknownCertificate: true });
  await certificates.initialize();
  const options = (securityPolicy, securityMode) => ({
    applicationName: "node", applicationUri: "urn:test:client", clientCertificateManager: certificates,
    certificateFile: path.join(folder, "client.pem"), privateKeyFile: path.join(folder, "client.key"),
    securityPolicy, securityMode, endpointMustExist: true, requestedSessionTimeout: 60000, connectionStrategy: { maxRetry: 0 }
  });
  const policies = [SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep, SecurityPolicy.Aes256_Sha256_RsaPss];
  for (const policy of policies) {
    const modes = policy === SecurityPolicy.None ? [MessageSecurityMode.None] : [MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt];
    for (const mode of modes) {
      for (const [name, user] of [["anonymous", anonymous], ["operator", operator], ["stranger", stranger]]) {
        const outcome = await attempt(options(policy, mode), user);
        console.log(`result ${policy.split("#")[1]} ${MessageSecurityMode[mode]} ${name} ${outcome}`);
      }
    }
  }
  await explore(options(SecurityPolicy.Basic256Sha256, MessageSecurityMode.SignAndEncrypt));
  console.log("done");
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(0));
}

async function attempt(options, user) {
  const client = OPCUAClient.create(options);
  try {
    await client.connect(url);
    const session = await client.createSession(user);
    const nodes = [...Array(1000).keys()].map(i => ({ nodeId: `ns=2;s=T${i}`, attributeId: AttributeIds.Value }));
    const values = await session.read(nodes);
    const wrong = values.findIndex((v, i) => v.value.value !== i * 0.5 || v.statusCode.value !== 0);
    await session.close();
    return wrong < 0 ? "ok" : `value ${wrong} is ${values[wrong].toString().replace(/\s+/g, " ")}`;
  } catch (error) {
    const name = /Bad[A-Za-z]+/.exec(error.message);
    return name ? name[0] : error.message.replace(/\s+/g, " ");
  } finally {
    await client.disconnect();
  }
}

async function explore(options) {
  const client = OPCUAClient.create(options);
  await client.connect(url);
  const session = await client.createSession(operator);
  const found = await session.browse({ nodeId: "ns=2;s=Plant", browseDirection: 0, includeSubtypes: true, nodeClassMask: 0, resultMask: 63, referenceTypeId: "HierarchicalReferences" });
  let count = found.references.length, point = found.continuationPoint;
  while (point && point.length > 0) {
    const next = await session.browseNext(point, false);
    count += next.references.length;
    point = next.continuationPoint;
  }
  console.log(`browsed ${count}`);
  const analog = await session.translateBrowsePath({ startingNode: "ns=2;s=T0", relativePath: { elements: [{ referenceTypeId: "ns=0;i=46", isInverse: false, includeSubtypes: true, targetName: { namespaceIndex: 0, name: "EURange" } }] } });
  const range = (await session.read({ nodeId: analog.targets[0].targetId, attributeId: AttributeIds.Value })).value.value;
  console.log(`range ${range.low} ${range.high}`);
  const status = (await session.read({ nodeId: "ns=0;i=2256", attributeId: AttributeIds.Value })).value.value;
  console.log(`state ${status.state} ${status.buildInfo.productName}`);
  const written = await session.write({ nodeId: "ns=2;s=Setpoint", attributeId: AttributeIds.Value, value: { value: new Variant({ dataType: DataType.Double, value: 4.5 }) } });
  console.log(`written ${written.name}`);
  const subscription = await session.createSubscription2({ requestedPublishingInterval: 100, requestedMaxKeepAliveCount: 5, requestedLifetimeCount: 50, maxNotificationsPerPublish: 0, publishingEnabled: true, priority: 1 });
  const item = ClientMonitoredItem.create(subscription, { nodeId: "ns=2;s=Setpoint", attributeId: AttributeIds.Value }, { samplingInterval: 50, queueSize: 10, discardOldest: true }, TimestampsToReturn.Both);
  const seen = [];
  await new Promise((resolve, reject) => {
    item.on("changed", async (value) => {
      seen.push(value.value.value);
      if (seen.length === 3) resolve();
      else await session.write({ nodeId: "ns=2;s=Setpoint", attributeId: AttributeIds.Value, value: { value: new Variant({ dataType: DataType.Double, value: 4.5 + seen.length }) } });
    });
    item.on("err", reject);
    setTimeout(() => reject(new Error("no notifications")), 20000);
  });
  console.log(`changes ${seen.join(" ")}`);
  await subscription.terminate();
  await session.close();
  await client.disconnect();
}

main().catch(error => { console.log("failed " + error.stack.replace(/\s+/g, " ")); process.exit(1); });
