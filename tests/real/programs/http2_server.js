// http2_server.js FILE: prints its port and answers every request with the file, over HTTP/2 cleartext.
const fs = require("fs");
const http2 = require("http2");

const data = fs.readFileSync(process.argv[2]);

const server = http2.createServer((request, response) => response.end(data));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.on("SIGTERM", () => process.exit(0));
