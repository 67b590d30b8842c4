/** Observes the calls of `node:http` and `node:https`. */
export function installHttpCalls(): () => void {
  return () => undefined;
}
