// Writes WebSocket frames to a port of 127.0.0.1: PORT client|server

const net = require("net");
const { Sender } = require("ws");

const [port, role] = process.argv.slice(2);
const mask = role === "client";
const socket = net.connect(Number(port), "127.0.0.1");
const sender = new Sender(socket);
const send = (data, fin = true, binary = false) =>
  new Promise((done) => sender.send(data, { fin, binary, mask, compress: false }, done));

(async () => {
  await send("one");
  await send("");
  await send("first,", false);
  await send("second,", false);
  sender.ping("between", mask);
  sender.pong("", mask);
  await send("", false);
  await send("last");
  sender.ping("p".repeat(125), mask);
  await send(Buffer.alloc(125, "a"), true, true);
  await send(Buffer.alloc(126, "b"), true, true);
  await send("in two ", false, true);
  await send("parts", true, true);
  await send("the last one");
  socket.end();
})();
