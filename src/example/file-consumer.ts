import { appendFile } from 'node:fs/promises';
import type { RecordConsumer } from 'nestjs-trace-collector';

/** Appends each line of the journal to one file, as it is in the journal. */
export function fileConsumer(path: string): RecordConsumer {
  return {
    name: 'file',
    consume: (batch) => appendFile(path, batch.read()),
  };
}
