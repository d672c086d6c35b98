// http_server.js FILE: prints its port; /end answers with a length, /pipe in chunks.
const fs = require("fs");
const http = require("http");

const path = process.argv[2];

const server = http.createServer((request, response) => {
  if (request.url === "/end") response.end(fs.readFileSync(path));
  else fs.createReadStream(path).pipe(response);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.on("SIGTERM", () => process.exit(0));
