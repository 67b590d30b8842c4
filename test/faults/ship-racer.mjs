/**
 * Ships a directory until it is killed, in transactions of a size of its own. The settings are one JSON argument.
 */
import { shipDirectory } from '../../dist/libs/trace/src/ship-worker/ship-directory.js';

const { dir, target, maxBatchBytes } = JSON.parse(process.argv[2]);
for (;;) {
  // A database that is down at the start is an error; here it comes back.
  await shipDirectory({ dir, target, maxBatchBytes, follow: true }).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
