// http2_server.js [CERTIFICATE]: an HTTP/2 server, in cleartext without a certificate, that prints its port. It answers a
// GET of /N with N bytes and long header fields, and an upload with its length.
const fs = require("fs");
const http2 = require("http2");

const [certificate] = process.argv.slice(2);
const key = certificate && fs.readFileSync(certificate);
const server = key ? http2.createSecureServer({ key, cert: key, allowHTTP1: true }) : http2.createServer();

server.on("request", (request, response) => {
	if (request.method === "GET") {
		response.setHeader("x-long", "long".repeat(Number(request.url.slice(1)) % 10000));
		response.end(Buffer.alloc(Number(request.url.slice(1)), "x"));
		return;
	}
	let length = 0;
	request.on("data", (data) => { length += data.length; });
	request.on("end", () => response.end(`${length} bytes\n`));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.on("SIGTERM", () => process.exit(0));
