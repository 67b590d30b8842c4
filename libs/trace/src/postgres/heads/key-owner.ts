import { keyPrefix } from '../../model/trace-key.js';
import { uniqueKey } from '../../shared/ship/unique-key.js';

/** Whether a trace with this key was opened by the process. */
export function isKeyOf(writer: string, key: string): boolean {
  const dash = key.indexOf('-');
  const number = Number.parseInt(key, 10);
  // Keys of format 1 have got bits of the writer's identity by `uniqueKey`, which is no UUID there.
  return (
    key.slice(0, dash) === keyPrefix({ id: writer, number }) || key === uniqueKey(`${number}${key.slice(dash)}`, writer)
  );
}
