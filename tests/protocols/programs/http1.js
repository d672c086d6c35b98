// An HTTP server and a client of its: server PORT | client PORT

const http = require("http");

const [mode, port] = process.argv.slice(2);

const pages = {
  "/length": (response) => response.end("a page of a known length"),
  "/chunks": (response) => {
    response.writeHead(200, { Trailer: "X-Sum" });
    response.write("one chunk, ");
    response.write("x".repeat(300));
    response.addTrailers({ "X-Sum": "12" });
    response.end("and the last");
  },
  "/empty": (response) => response.writeHead(204).end(),
  "/same": (response) => response.writeHead(304, { "Content-Length": "77" }).end(),
  "/nothing": (response) => response.writeHead(404, { "Content-Length": "0" }).end(),
};

function serve() {
  const server = http.createServer((request, response) => {
    response.sendDate = false;
    request.resume();
    request.on("end", () => pages[request.url](response));
  });
  server.listen(Number(port), "127.0.0.1");
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function ask(method, path, headers, write) {
  return new Promise((done) => {
    const request = http.request({ host: "127.0.0.1", port: Number(port), agent, method, path, headers });
    request.on("response", (response) => {
      response.resume();
      response.on("end", () => setImmediate(done));
    });
    write(request);
  });
}

async function talk() {
  const end = (request) => request.end();
  await ask("GET", "/length", {}, end);
  await ask("POST", "/chunks", { "Content-Type": "text/plain" }, (request) => request.end("a form"));
  await ask("PUT", "/empty", { Trailer: "X-Sum" }, (request) => {
    request.write("first");
    request.write("y".repeat(20));
    request.addTrailers({ "X-Sum": "34" });
    request.end();
  });
  await ask("PUT", "/length", { Expect: "100-continue", "Content-Length": "30" }, (request) => {
    request.flushHeaders();
    request.on("continue", () => request.end("z".repeat(30)));
  });
  await ask("DELETE", "/same", {}, end);
  await ask("M-SEARCH", "/nothing", {}, end);
  await ask("GET", "/length", { Last: "yes" }, end);
  agent.destroy();
}

if (mode === "server") serve();
else talk();
