/**
 * Where what is below the page lies, as a relative URL with a slash at the end: what stands in front of the application
 * may put more before it. A page at `/debug/` is a level deeper than one at `/debug`.
 */
export function baseOf(path: string): string {
  const last = path.split('/').at(-1) ?? '';
  return last === '' ? './' : `./${last}/`;
}
