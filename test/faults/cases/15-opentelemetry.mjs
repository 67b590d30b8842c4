import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPeers, versions } from '../../bench/peers/install.mjs';
import { acknowledged, sleep } from '../support/app.mjs';
import { Skip, withDir } from '../support/place.mjs';

const WRITER = fileURLToPath(new URL('../support/otel-writer.mjs', import.meta.url));
const ROUNDS = 20;

/** Not ours, so it proves nothing: the number to compare ours with. */
export const cases = [
  { name: 'kill -9, OpenTelemetry’s batch processor', run: ({ short }) => withDir((root) => compared(root, short)) },
];

async function compared(root, short) {
  if (short) throw new Skip('a comparison, which needs packages of others: see the full run');
  installPeers();
  let acked = 0;
  let lost = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const spans = join(root, `spans-${round}`);
    const acks = join(root, `acks-${round}`);
    const child = spawn(process.execPath, [WRITER, spans, acks], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    // As long as ours live, and longer: its batches are sent every five seconds, or at 512 spans.
    await sleep(500 + Math.random() * 7_000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lines = existsSync(spans) ? readFileSync(spans, 'utf8').split('\n').slice(0, -1) : [];
    const exported = new Set(lines.map((line) => JSON.parse(line).id));
    const ids = acknowledged(acks);
    acked += ids.length;
    lost += ids.filter((id) => !exported.has(id)).length;
  }
  return {
    ok: true,
    rounds: ROUNDS,
    acknowledged: acked,
    lost,
    lost_share: Math.round((lost / acked) * 1_000) / 1_000,
    versions: versions(['@opentelemetry/sdk-trace-base']),
  };
}
