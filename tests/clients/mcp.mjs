// Drives an MCP server with the client that agents use: node mcp.mjs <url> <headers> <steps> [protocol version]
// Headers and steps are JSON; a step is {"tool": name, "arguments": {…}}, {"resource": uri}, "list" or "resources". Prints what came back as one JSON value; whoever started it
// decides whether that is right.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, headers, steps, version] = process.argv.slice(2);

class Transport extends StreamableHTTPClientTransport {
  // The client always asks for the newest version it knows; an older client is played by changing that one word.
  send(message, options) {
    if (version && message.method === "initialize")
      message = { ...message, params: { ...message.params, protocolVersion: version } };
    return super.send(message, options);
  }

  setProtocolVersion(negotiated) {
    this.negotiated = negotiated;
    super.setProtocolVersion(negotiated);
  }
}

const transport = new Transport(new URL(url), { requestInit: { headers: JSON.parse(headers) } });
const client = new Client({ name: "ouro-tests", version: "1" });

// What went wrong is an answer too: {"failed": {"code": …, "message": …}}
const tried = async (what) => {
  try {
    return await what();
  } catch (error) {
    return { failed: { name: error.constructor.name, code: error.code ?? null, message: error.message } };
  }
};

const take = async (step) => {
  if (step === "list") return client.listTools();
  if (step === "resources") return { ...(await client.listResources()), ...(await client.listResourceTemplates()) };
  return step.resource ? client.readResource({ uri: step.resource }) : client.callTool({ name: step.tool, arguments: step.arguments });
};

const seen = { answers: [] };
const connected = await tried(() => client.connect(transport));
if (connected?.failed) seen.failed = connected.failed;
else {
  seen.server = client.getServerVersion();
  seen.instructions = client.getInstructions();
  seen.version = transport.negotiated;
  for (const step of JSON.parse(steps))
    seen.answers.push(await tried(() => take(step)));
}
console.log(JSON.stringify(seen));
await client.close();
