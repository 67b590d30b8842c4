export function registerWithLangChain(): () => void {
  return () => undefined;
}
