/** Posts a file to the endpoint of `bench -- otlp-in` when its parent says so, and sends the status of the answer. */
import { readFileSync } from 'node:fs';

const [file, media, url] = process.argv.slice(2);
const body = readFileSync(file);
process.send('ready');
process.once('message', async () => {
  const { status } = await fetch(url, { method: 'POST', headers: { 'content-type': media }, body });
  process.send({ status });
});
