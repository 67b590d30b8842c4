import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sleep, startApp, startLoad, until } from '../support/app.mjs';
import { withDir } from '../support/place.mjs';

const CONTACT = 'Zz9hFQnErased0DxOX5s';
const MESSAGE = 'nobody may find these words again';

export const cases = [{ name: 'a contact erased while it writes', each: true, run: () => withDir(erase) }];

/**
 * Erases a contact whose traces are finished, running, and mentioned by others, while all processes write. Afterwards
 * no file of the directory may contain its id or its words.
 */
async function erase(root) {
  const dir = join(root, 'traces');
  const app = await startApp({ dir, events: 40, store: { maxSegmentBytes: 300_000 } });
  const load = startLoad(app, { connections: 2, pauseMs: 3 });
  const speak = () => app.post('/webhook', { contactId: CONTACT, body: MESSAGE });
  for (let n = 0; n < 10; n += 1) await speak();
  await app.post('/webhook', { contactId: 'friend', body: `tell ${CONTACT} that I said hello` });
  await sleep(300);
  const before = found(dir);
  // Its steps continue after the answer: they are being written while they are erased.
  await Promise.all([speak(), speak(), speak()]);
  const { status, body } = await app.remove(`/debug/contacts/${CONTACT}`);
  await sleep(300);
  const again = await app.remove(`/debug/contacts/${CONTACT}`);
  await load.stop();
  await until(
    () => app.get('/debug/health'),
    ({ body: health }) => health.journal.lag === 0 && health.active_traces === 0,
  );
  const list = await app.get(`/debug/traces?contact_id=${CONTACT}`);
  const { body: health } = await app.get('/debug/health');
  const running = found(dir);
  await app.end('SIGTERM');
  const after = found(dir);
  return {
    ok: before > 0 && running + after === 0 && list.body.count === 0 && status === 200 && health.corrupt_records === 0,
    status,
    removed: body.removed,
    removed_again: again.body.removed,
    times_found_before: before,
    times_found_after: after,
    times_found_while_open: running,
    corrupt: health.corrupt_records,
    others_kept: health.total_traces,
  };
}

/** Number of occurrences of the contact or its words in the directory's files. */
function found(dir) {
  let times = 0;
  for (const name of readdirSync(dir, { recursive: true })) {
    const path = join(dir, name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path).toString('latin1').toLowerCase();
    for (const text of [CONTACT, MESSAGE]) times += bytes.split(text.toLowerCase()).length - 1;
  }
  return times;
}
