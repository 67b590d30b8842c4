import { useRef } from 'preact/hooks';
import type { Loaded } from './use-load.js';

/** An answer, and whether it is the one to the question before: it stays until the new one arrives. */
export interface Kept<T> extends Loaded<T> {
  stale: boolean;
}

export function useKept<T>(loaded: Loaded<T>): Kept<T> {
  const last = useRef<T | undefined>(undefined);
  if (loaded.value !== undefined) last.current = loaded.value;
  return { ...loaded, value: last.current, stale: loaded.value === undefined && last.current !== undefined };
}
