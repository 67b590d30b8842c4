/**
 * Records traces until it is killed: some events of 1 KB each few milliseconds. The settings are one JSON argument.
 */
import { JournalWriter } from '../../dist/libs/trace/src/journal/write/writer.js';
import { keyPrefix } from '../../dist/libs/trace/src/model/trace-key.js';

const { dir, durability, everyMs, maxSegmentBytes } = JSON.parse(process.argv[2]);
const writer = new JournalWriter({ dir, durability, maxSegmentBytes });
const prefix = keyPrefix(writer.writer);
const pad = 'x'.repeat(1_000);
let traces = 0;

setInterval(() => {
  traces += 1;
  const trace = `${prefix}-${traces}`;
  const ts = Date.now() * 1_000;
  writer.append({ kind: 'open', trace, id: `unknown_${trace}`, traceparent: '', ts });
  writer.append({ kind: 'identify', trace, id: `c_${trace}`, contact: `c${traces % 50}`, message: 'hola', ts });
  for (let n = 0; n < 6; n += 1) {
    // The end of the one before comes between: lines of several traces mix.
    if (n === 3 && traces > 1)
      writer.append({ kind: 'end', trace: `${prefix}-${traces - 1}`, status: 'completed', ts: ts + n });
    writer.append({ kind: 'event', trace, type: 'step', data: JSON.stringify({ n, pad }), ts: ts + n });
  }
}, everyMs);
