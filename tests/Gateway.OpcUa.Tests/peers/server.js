// A node-opcua server for the tests. Usage: node server.js FOLDER. FOLDER holds server.pem and server.key; certificates
// that clients present are accepted. Prints "listening PORT" and ends when its standard input ends.
const path = require("path");
const {
  DataType, MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy, StatusCodes, UserTokenType, Variant, VariantArrayType
} = require("node-opcua");

const folder = process.argv[2];

async function main() {
  const certificates = new OPCUACertificateManager({ rootFolder: path.join(folder, "pki"), automaticallyAcceptUnknownCertificate: true });
  const users = new OPCUACertificateManager({ rootFolder: path.join(folder, "userpki"), automaticallyAcceptUnknownCertificate: true });
  await certificates.initialize();
  await users.initialize();
  const server = new OPCUAServer({
    port: 0,
    host: "127.0.0.1",
    hostname: "127.0.0.1",
    certificateFile: path.join(folder, "server.pem"),
    privateKeyFile: path.join(folder, "server.key"),
    serverCertificateManager: certificates,
    userCertificateManager: users,
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep, SecurityPolicy.Aes256_Sha256_RsaPss],
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: true,
    userManager: { isValidUser: (name, password) => name === "operator" && password === "pässword" },
    serverInfo: { applicationUri: "urn:127.0.0.1:test:server", productUri: "urn:test", applicationName: { text: "Test server" } },
    defaultSecureTokenLifetime: 3600000
  });
  await server.initialize();
  build(server.engine.addressSpace.getOwnNamespace());
  await server.start();
  const endpoint = server.endpoints[0];
  console.log("listening " + endpoint.port);
  process.stdin.resume();
  process.stdin.on("end", async () => { await server.shutdown(0); process.exit(0); });
}

function build(space) {
  const plant = space.addFolder("ObjectsFolder", { browseName: "Plant", nodeId: "s=Plant" });
  for (let i = 0; i < 1000; i++) {
    space.addVariable({
      componentOf: plant, browseName: "d" + i, nodeId: "s=d" + i, dataType: DataType.Double, minimumSamplingInterval: 0,
      value: new Variant({ dataType: DataType.Double, value: i * 0.5 })
    });
  }
  const add = (name, dataType, value, more = {}) => space.addVariable({
    componentOf: plant, browseName: name, nodeId: "s=" + name, dataType, value: new Variant({ dataType, value, ...more }), minimumSamplingInterval: 0,
    ...(more.arrayType === VariantArrayType.Array ? { valueRank: 1 } : {}),
    ...(more.arrayType === VariantArrayType.Matrix ? { valueRank: 2, arrayDimensions: more.dimensions } : {})
  });
  add("Text", DataType.String, "水 water");
  add("Flag", DataType.Boolean, true);
  add("Small", DataType.Int16, -7);
  add("Long", DataType.UInt64, [0x12, 0x34567890], { arrayType: VariantArrayType.Scalar });
  add("Bytes", DataType.ByteString, Buffer.from([1, 2, 3]));
  add("When", DataType.DateTime, new Date("2024-02-29T12:34:56.789Z"));
  add("Row", DataType.Float, new Float32Array([1.5, 2.5, -3]), { arrayType: VariantArrayType.Array });
  add("Grid", DataType.Int32, new Int32Array([1, 2, 3, 4, 5, 6]), { arrayType: VariantArrayType.Matrix, dimensions: [2, 3] });
  add("Name", DataType.LocalizedText, { locale: "en", text: "Basin" });
  add("Setpoint", DataType.Double, 2.0);

  const counter = space.addVariable({ componentOf: plant, browseName: "Counter", nodeId: "s=Counter", dataType: DataType.UInt32, minimumSamplingInterval: 0 });
  let count = 0;
  counter.setValueFromSource({ dataType: DataType.UInt32, value: 0 });
  // Writing to "Pulse" counts up, so that the test decides when something changes.
  space.addVariable({
    componentOf: plant, browseName: "Pulse", nodeId: "s=Pulse", dataType: DataType.UInt32, minimumSamplingInterval: 1000,
    value: {
      get: () => new Variant({ dataType: DataType.UInt32, value: count }),
      set: (variant) => {
        // Slower than node-opcua's fastest sampling of 50 ms, so that every change is seen.
        const end = count + variant.value;
        const step = () => {
          counter.setValueFromSource({ dataType: DataType.UInt32, value: ++count });
          if (count < end) setTimeout(step, 120);
        };
        step();
        return StatusCodes.Good;
      }
    }
  });

  const multiply = space.addMethod(plant, {
    browseName: "Multiply", nodeId: "s=Multiply",
    inputArguments: [{ name: "a", dataType: DataType.Double }, { name: "b", dataType: DataType.Double }],
    outputArguments: [{ name: "product", dataType: DataType.Double }]
  });
  multiply.bindMethod((inputs, context, callback) => callback(null, {
    statusCode: StatusCodes.Good,
    outputArguments: [{ dataType: DataType.Double, value: inputs[0].value * inputs[1].value }]
  }));
}

main().catch(error => { console.error(error); process.exit(1); });
