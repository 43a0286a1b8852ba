/** The limit: no queue, no disk. Takes the POST, answers 202, forwards it with a keep-alive agent. */
import http from 'node:http';

const [agencyPort] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 50 });
const server = http.createServer((req, res) => {
  const parts: Buffer[] = [];
  req.on('data', (part: Buffer) => parts.push(part));
  req.on('end', () => {
    const body = JSON.stringify(JSON.parse(Buffer.concat(parts).toString()));
    res.statusCode = 202;
    res.end('{}');
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const out = http.request(
      { host: '127.0.0.1', port: agencyPort, path: '/a', method: 'POST', agent, headers },
      (answer) => answer.resume(),
    );
    out.on('error', () => undefined);
    out.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  process.stdout.write(`listening ${port}\n`);
});
