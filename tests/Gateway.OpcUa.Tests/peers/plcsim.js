// A node-opcua client before the simulated plant. Usage: node plcsim.js FOLDER URL PASSWORD. FOLDER holds client.pem and
// client.key. Prints what it finds, one fact a line, and ends with "done".
const path = require("path");
const {
  AttributeIds, ClientMonitoredItem, DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAClient, SecurityPolicy, TimestampsToReturn, UserTokenType, Variant
} = require("node-opcua");

const [folder, url, password] = process.argv.slice(2);

async function connect(user, securityPolicy = SecurityPolicy.Aes256_Sha256_RsaPss, securityMode = MessageSecurityMode.SignAndEncrypt) {
  const certificates = new OPCUACertificateManager({ rootFolder: path.join(folder, "nodepki"), automaticallyAcceptUnknownCertificate: true });
  await certificates.initialize();
  const client = OPCUAClient.create({
    applicationName: "node", applicationUri: "urn:test:client", clientCertificateManager: certificates,
    certificateFile: path.join(folder, "client.pem"), privateKeyFile: path.join(folder, "client.key"),
    securityPolicy, securityMode, endpointMustExist: true, connectionStrategy: { maxRetry: 0 }
  });
  await client.connect(url);
  return { client, session: await client.createSession(user) };
}

async function main() {
  const reader = await connect({ type: UserTokenType.Anonymous });
  const uris = (await reader.session.read({ nodeId: "ns=0;i=2255", attributeId: AttributeIds.Value })).value.value;
  const index = uris.indexOf("urn:plcsim:tangjiatuo");
  const id = tag => `ns=${index};s=${tag}`;
  const value = (session, nodeId, attributeId = AttributeIds.Value) => session.read({ nodeId, attributeId });
  const browse = async nodeId => (await reader.session.browse({ nodeId, browseDirection: 0, includeSubtypes: true, nodeClassMask: 0, resultMask: 63, referenceTypeId: "HierarchicalReferences" })).references;

  const plant = (await browse("ns=0;i=85")).find(r => r.browseName.namespaceIndex === index);
  const areas = await browse(plant.nodeId);
  console.log(`areas ${areas.map(r => r.browseName.name).sort().join(", ")}`);
  const effluent = await browse(areas.find(r => r.browseName.name === "effluent").nodeId);
  console.log(`effluent ${effluent.map(r => r.browseName.name).sort().join(" ")}`);

  const ammonium = await value(reader.session, id("EFF_AIT_603"));
  console.log(`value ${DataType[ammonium.value.dataType]} ${ammonium.statusCode.name} ${Math.abs(Date.now() - ammonium.sourceTimestamp.getTime()) < 10000 ? "now" : ammonium.sourceTimestamp}`);
  for (const tag of ["EFF_AIT_603", "BL_FIT_300", "BL_PIT_300"]) {
    const unit = (await value(reader.session, id(tag + "/EngineeringUnits"))).value.value;
    const range = (await value(reader.session, id(tag + "/EURange"))).value.value;
    console.log(`${tag} ${unit.displayName.text} ${unit.unitId} ${range.low}..${range.high}`);
  }
  const type = await reader.session.browse({ nodeId: id("EFF_AIT_603"), browseDirection: 0, referenceTypeId: "HasTypeDefinition", includeSubtypes: true, nodeClassMask: 0, resultMask: 63 });
  console.log(`type ${type.references[0].browseName.name}`);
  const bit = await value(reader.session, id("EFF_AN_FAULT"));
  console.log(`bit ${DataType[bit.value.dataType]} ${bit.value.value}`);

  const write = async (session, tag, number) => (await session.write({ nodeId: id(tag), attributeId: AttributeIds.Value, value: { value: new Variant({ dataType: DataType.Float, value: number }) } })).name;
  console.log(`anonymous ${await write(reader.session, "CHM_SP_502", 700)}`);
  const writer = await connect({ type: UserTokenType.UserName, userName: "operator", password });
  console.log(`operator ${await write(writer.session, "CHM_SP_502", 700)} ${(await value(writer.session, id("CHM_SP_502"))).value.value}`);
  console.log(`too much ${await write(writer.session, "CHM_SP_502", 2001)}`);
  console.log(`measured ${await write(writer.session, "EFF_AIT_603", 1)}`);

  const subscription = await reader.session.createSubscription2({ requestedPublishingInterval: 200, requestedMaxKeepAliveCount: 5, requestedLifetimeCount: 50, maxNotificationsPerPublish: 0, publishingEnabled: true, priority: 1 });
  const item = ClientMonitoredItem.create(subscription, { nodeId: id("SYS_PLC_HB"), attributeId: AttributeIds.Value }, { samplingInterval: 100, queueSize: 10, discardOldest: true }, TimestampsToReturn.Both);
  const beats = [];
  await new Promise((resolve, reject) => {
    item.on("changed", data => {
      beats.push(data.value.value);
      if (beats.length === 3) resolve();
    });
    item.on("err", reject);
    setTimeout(() => reject(new Error("the heart does not beat")), 20000);
  });
  console.log(`beats ${beats[1] - beats[0]} ${beats[2] - beats[1]}`);
  await subscription.terminate();
  for (const { client, session } of [reader, writer]) {
    await session.close();
    await client.disconnect();
  }
  const insecure = await connect({ type: UserTokenType.Anonymous }, SecurityPolicy.None, MessageSecurityMode.None).then(() => "open", error => "closed");
  console.log(`without security ${insecure}`);
  console.log("done");
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(0));
}

main().catch(error => { console.log("failed " + error.stack.replace(/\s+/g, " ")); process.exit(1); });
