// Where llhttp, node's parser of HTTP/1, finds ends of messages in standard input, byte by byte: request|response [lenient]
//
// The header of a request that expects 100-continue is a message of its own here. Stops behind an upgrade.

const { readFileSync } = require("fs");
const { HTTPParser } = require("_http_common");

const kind = process.argv[2] === "request" ? HTTPParser.REQUEST : HTTPParser.RESPONSE;
const parser = new HTTPParser();
const ends = [];
let at = 0;
let upgraded = false;

parser.initialize(kind, {}, 0, process.argv[3] ? HTTPParser.kLenientAll : HTTPParser.kLenientKeepAlive);
parser[HTTPParser.kOnHeadersComplete] = (major, minor, headers, method, url, status, reason, upgrade) => {
  const expects = (headers || []).some((word, i) => i % 2 === 0 && /^expect$/i.test(word));
  upgraded = upgrade;
  if (expects || upgrade) ends.push(at);
  return upgrade ? 2 : 0;
};
parser[HTTPParser.kOnMessageComplete] = () => {
  if (!upgraded) ends.push(at);
};
for (const byte of readFileSync(0)) {
  at += 1;
  const result = parser.execute(Buffer.from([byte]));
  if (result instanceof Error) throw result;
  if (upgraded) break;
}
console.log(JSON.stringify(ends));
