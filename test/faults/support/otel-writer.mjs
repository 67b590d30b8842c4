/**
 * OpenTelemetry's batch processor with its own defaults, and an exporter that appends each span to a file. Ends spans
 * at a steady rate until it is killed; each span whose `end()` has returned is recorded in the file `acks`.
 */
import { openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../bench/peers/package.json', import.meta.url));
const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const [spans, acks] = process.argv.slice(2).map((path) => openSync(path, 'a'));
const PER_TICK = 5;

const exporter = {
  export(batch, done) {
    for (const { name, attributes } of batch) writeSync(spans, `${JSON.stringify({ id: name, attributes })}\n`);
    done({ code: 0 });
  },
  shutdown: async () => undefined,
};
const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
const tracer = provider.getTracer('faults');
let count = 0;

setInterval(() => {
  for (let n = 0; n < PER_TICK; n += 1) {
    count += 1;
    const id = `${process.pid}-${count}`;
    const span = tracer.startSpan(id);
    span.setAttribute('pad', 'x'.repeat(300));
    span.end();
    writeSync(acks, `${id}\n`);
  }
}, 5);
console.log('ready');
