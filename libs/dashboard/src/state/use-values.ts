import { useEffect, useRef, useState } from 'preact/hooks';
import type { ValueKind } from '../../../trace/src/contract/insights.response.js';
import { ask } from '../api/client.js';

const WAIT_MS = 150;

/**
 * Values of the server that begin with a text, most frequent first. The values of the text before stay until the new ones
 * arrive. Empty where the store has none, or does not answer: the values of the rows are offered then.
 */
export function useValues(of: ValueKind | undefined, prefix: string): readonly string[] {
  const [found, setFound] = useState<{ of: ValueKind; values: string[] }>();
  const asked = useRef<Map<string, string[]>>(new Map());
  useEffect(() => {
    if (of === undefined) {
      // The next visit of the box asks again: new names may have come.
      asked.current.clear();
      return;
    }
    const key = `${of} ${prefix}`;
    const known = asked.current.get(key);
    if (known) return setFound({ of, values: known });
    const load = async (kind: ValueKind, signal: AbortSignal) => {
      try {
        const values = (await ask('values', { of: kind, prefix }, signal)).values.map(({ value }) => value);
        asked.current.set(key, values);
        setFound({ of: kind, values });
      } catch {
        // The values of the rows are offered.
      }
    };
    const abort = new AbortController();
    const timer = setTimeout(() => {
      void load(of, abort.signal);
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [of, prefix]);
  return found?.of === of ? (found?.values ?? []) : [];
}
