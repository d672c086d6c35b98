// net_server.js MODE FILE: prints its port and sends a file to every client.
//   end    one big buffer
//   pipe   a file stream piped into the socket
//   writev many small buffers, corked
const fs = require("fs");
const net = require("net");

const [mode, path] = process.argv.slice(2);
const data = fs.readFileSync(path);

const ways = {
  end: (socket) => socket.end(data),
  pipe: (socket) => fs.createReadStream(path).pipe(socket),
  writev: (socket) => {
    socket.cork();
    for (let at = 0; at < data.length; at += 50000) socket.write(data.subarray(at, at + 50000));
    socket.uncork();
    socket.end();
  },
};

const server = net.createServer((socket) => {
  socket.on("error", (error) => console.log(error.code));
  ways[mode](socket);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.on("SIGTERM", () => process.exit(0));
