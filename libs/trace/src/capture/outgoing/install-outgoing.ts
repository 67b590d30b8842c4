import { installHttpCalls } from './wire/http-calls.js';
import { installUndiciCalls } from './wire/undici-calls.js';

/**
 * Subscribes to the outgoing calls of this process, once for all applications and copies of the package in it. The
 * returned function ends the caller's part.
 */
export function installOutgoing(): () => void {
  const stops = [installUndiciCalls(), installHttpCalls()];
  return () => {
    for (const stop of stops) stop();
  };
}
