// ws_peer.js COMPRESS [PORT]: with a port a client, which sends messages of all kinds and prints the lengths of the answers;
// without one a server, which prints its port and sends back what it gets. Control frames between the fragments of a
// compressed message are too much for the parser that counts.
const { WebSocket, WebSocketServer } = require("ws");

const [compress, port] = process.argv.slice(2);
const options = { perMessageDeflate: compress === "compress" && { threshold: 0 } };

function serve() {
	const server = new WebSocketServer({ ...options, host: "127.0.0.1", port: 0 });
	server.on("listening", () => console.log(server.address().port));
	server.on("connection", (socket) => {
		socket.ping();
		socket.on("message", (data, binary) => socket.send(data, { binary }));
	});
	process.on("SIGTERM", () => process.exit(0));
}

function talk(socket) {
	for (const size of [0, 1, 125, 126, 65535, 65536])
		socket.send("x".repeat(size));
	socket.send("one, ", { fin: false });
	if (compress === "plain")
		socket.ping("between");
	socket.send("two, ", { fin: false });
	if (compress === "plain")
		socket.pong();
	socket.send("three", { fin: true });
	socket.send(Buffer.alloc(2000003, (n) => n), { compress: false });
	socket.send("the last");
}

function connect() {
	const socket = new WebSocket(`ws://127.0.0.1:${port}/path`, options);
	let left = 9;
	socket.on("open", () => talk(socket));
	socket.on("message", (data, binary) => {
		console.log(data.length, binary);
		if (--left === 0)
			socket.close(1000, "done");
	});
}

if (port)
	connect();
else
	serve();
