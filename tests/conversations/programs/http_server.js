// http_server.js: an HTTP/1.1 server that prints its port. It answers /N with N bytes, /chunked/N in chunks, /end/N up to
// the end of the connection, a request with a body with its length, and wants no body of more than a byte for /unwanted.
const http = require("http");

const piece = Buffer.alloc(10007, "x");

function inPieces(response, length) {
	for (let left = length; left > 0; left -= piece.length)
		response.write(piece.subarray(0, Math.min(left, piece.length)));
	response.end();
}

function answer(request, response) {
	const [, kind, length] = request.url.split("/");
	if (kind === "chunked") {
		inPieces(response, Number(length));
	} else if (kind === "end") {
		response.useChunkedEncodingByDefault = false;
		response.setHeader("connection", "close");
		inPieces(response, Number(length));
	} else {
		response.setHeader("content-length", kind);
		response.end(Buffer.alloc(Number(kind), "y"));
	}
}

function takeBody(request, response) {
	let length = 0;
	request.on("data", (data) => { length += data.length; });
	request.on("end", () => response.end(`${length} bytes\n`));
}

const server = http.createServer((request, response) =>
	(["POST", "PUT"].includes(request.method) ? takeBody : answer)(request, response));
server.on("checkContinue", (request, response) => {
	if (request.url === "/unwanted") {
		response.writeHead(413, { "content-length": 0 });
		response.end();
		return;
	}
	response.writeContinue();
	server.emit("request", request, response);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.on("SIGTERM", () => process.exit(0));
