import { isBuiltin } from 'node:module';

/** Node's own modules. */
export const builtin = (id) => isBuiltin(id);

/** All but our own files: what the package depends on, and its peers. */
export function installed(manifest) {
  const names = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return (id) => isBuiltin(id) || names.some((name) => id === name || id.startsWith(`${name}/`));
}
