// tls_server.js CERTIFICATE FILE: prints its port and sends a file to every TLS client.
const fs = require("fs");
const tls = require("tls");

const [certificate, path] = process.argv.slice(2);
const pem = fs.readFileSync(certificate);

const server = tls.createServer({ key: pem, cert: pem }, (socket) => fs.createReadStream(path).pipe(socket));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.on("SIGTERM", () => process.exit(0));
