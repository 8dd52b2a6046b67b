// Drives a Socket.IO server with the client that browsers use: node socketio.mjs <url> <scenario> <transport,transport>
// Prints what it saw as one JSON value; whoever started it decides whether that is right.
import { io } from "socket.io-client";

const [url, scenario, transportList] = process.argv.slice(2);
const transports = transportList.split(",");
const sockets = [];

function open(auth = { token: "secret", name: "ada" }, more = {}) {
  const socket = io(url, { transports, auth, forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, ...more });
  sockets.push(socket);
  return socket;
}

const next = (emitter, event) => new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ask = (socket, event, ...args) => socket.timeout(5000).emitWithAck(event, ...args);

async function connected(name = "ada") {
  const socket = open({ token: "secret", name });
  await next(socket, "connect");
  return socket;
}

const scenarios = {
  async connects() {
    const socket = await connected();
    if (transports.length > 1 && socket.io.engine.transport.name === "polling") await next(socket.io.engine, "upgrade");
    const whoami = await ask(socket, "whoami");
    return { whoami, transport: socket.io.engine.transport.name, secretIdShown: socket.id === socket.io.engine.id };
  },

  async refused() {
    const socket = open({ token: "wrong", name: "eve" });
    const [error] = await next(socket, "connect_error");
    return { message: error.message, data: error.data, connected: socket.connected };
  },

  async namespace() {
    const socket = io(`${url}/admin`, { transports, forceNew: true });
    sockets.push(socket);
    const [error] = await next(socket, "connect_error");
    return { message: error.message };
  },

  async acks() {
    const socket = await connected();
    const text = "“quotes” <é> 日本 \u{1f600} \u2028 \\ \" \n";
    const echo = await ask(socket, "echo", { text, number: 1.5, none: null, list: [1, [2]] });
    return { echo, text, empty: (await ask(socket, "nothing")) === undefined };
  },

  async relays() {
    const [ada, bob, eve] = [await connected("ada"), await connected("bob"), await connected("eve")];
    const joins = [await ask(ada, "join", "lab"), await ask(bob, "join", "lab")];
    const heard = { ada: 0, eve: 0 };
    ada.on("say", () => heard.ada++);
    eve.on("say", () => heard.eve++);
    const hearing = next(bob, "say");
    ada.emit("say", "lab", { text: "hello", "key with space": [1, 2] }, 3);
    const args = await hearing;
    await ask(bob, "leave", "lab");
    bob.on("say", () => heard.bob = true);
    await ask(ada, "say", "lab", "again");
    await sleep(100);
    return { joins, args, heard };
  },

  async binary() {
    const [ada, bob] = [await connected("ada"), await connected("bob")];
    await ask(ada, "join", "lab");
    await ask(bob, "join", "lab");
    const hearing = next(bob, "say");
    ada.emit("say", "lab", { image: Buffer.from([0, 1, 2, 30, 255]), more: [Buffer.from("second")] }, "text");
    const [, { image, more }, text] = await hearing;
    const echo = await ask(ada, "count", Buffer.alloc(3));
    return { isBuffer: Buffer.isBuffer(image), image: [...image], second: more[0].toString(), text, echo };
  },

  async order() {
    const socket = open();
    const heard = [];
    socket.on("said", (number) => heard.push(number));
    await next(socket, "connect");
    for (let number = 0; number < 300; number++) {
      socket.emit("repeat", number);
      if (number % 10 === 0) await sleep(2);
    }
    await ask(socket, "nothing");
    for (let wait = 0; heard.length < 300 && wait < 50; wait++) await sleep(20);
    return { count: heard.length, sorted: heard.every((number, index) => number === index), transport: socket.io.engine.transport.name };
  },

  async returns() {
    const socket = await connected();
    const first = socket.id;
    const leaving = next(socket, "disconnect");
    socket.emit("revoke", "ada");
    const [reason] = await leaving;
    await sleep(100);
    const stayedAway = !socket.connected;
    socket.connect();
    await next(socket, "connect");
    return { reason, stayedAway, whoami: await ask(socket, "whoami"), other: first !== socket.id };
  },

  async restart() {
    const socket = await connected();
    const leaving = next(socket, "disconnect");
    socket.emit("restart");
    const [reason] = await leaving;
    await next(socket, "connect");
    return { reason, whoami: await ask(socket, "whoami") };
  },

  async large() {
    const socket = await connected();
    const fits = await ask(socket, "count", "x".repeat(900_000));
    const leaving = next(socket, "disconnect");
    socket.emit("count", "x".repeat(1_100_000));
    const [reason] = await leaving;
    await next(socket, "connect");
    return { fits, reason };
  },

  async flood() {
    const socket = await connected();
    let heard = 0;
    socket.on("said", () => heard++);
    await ask(socket, "flood", 200);
    for (let wait = 0; heard < 200 && wait < 100; wait++) await sleep(20);
    return { heard };
  },

  // Long enough for several pings.
  async stays() {
    const socket = await connected();
    let left = false;
    socket.on("disconnect", () => (left = true));
    await sleep(1500);
    return { left, whoami: await ask(socket, "whoami") };
  },
};

const result = await scenarios[scenario]();
console.log(JSON.stringify(result));
for (const socket of sockets) socket.disconnect();
