/** Accepts everything that is sent to it, as a collector on the same machine would, and responds at once. */
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const proto = request.headers['content-type']?.includes('protobuf');
    response.writeHead(200, { 'content-type': proto ? 'application/x-protobuf' : 'application/json' });
    response.end(proto ? '' : '{}');
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit(0));
