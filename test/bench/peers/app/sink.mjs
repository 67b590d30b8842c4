/**
 * Accepts everything that is sent to it, as a collector on the same machine would, and responds at once. With `keep` it
 * also collects the marks of the values that arrived, until they are asked for.
 */
import { createServer } from 'node:http';
import { gunzipSync, inflateSync } from 'node:zlib';
import { marksIn } from './marks.mjs';

const keep = process.argv[2] === 'keep';
let marks = new Set();

const server = createServer((request, response) => {
  const chunks = [];
  if (keep) request.on('data', (chunk) => chunks.push(chunk));
  else request.resume();
  request.on('end', () => {
    if (keep)
      for (const mark of marksIn(decoded(Buffer.concat(chunks), request.headers['content-encoding']))) marks.add(mark);
    const proto = request.headers['content-type']?.includes('protobuf');
    response.writeHead(200, { 'content-type': proto ? 'application/x-protobuf' : 'application/json' });
    response.end(proto ? '' : '{}');
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => {
  process.send({ marks: [...marks] });
  marks = new Set();
});
process.on('disconnect', () => process.exit(0));

function decoded(body, encoding) {
  if (encoding === 'gzip') return gunzipSync(body).toString('latin1');
  if (encoding === 'deflate') return inflateSync(body).toString('latin1');
  return body.toString('latin1');
}
