import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  /** Asks again and keeps what is shown until the answer is there. */
  reload: () => void;
}

/**
 * What a page asks the server for. When `key` changes it is another question: what was shown goes, and an answer that
 * comes late is dropped.
 */
export function useLoad<T>(key: string, ask: (abort: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: unknown }>({ key });
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const abort = new AbortController();
    latest.current(abort.signal).then(
      (value) => !abort.signal.aborted && setState({ key, value }),
      (error: unknown) =>
        !abort.signal.aborted &&
        // A page that was shown stays readable while the application restarts.
        setState((before) => ({ key, value: before.key === key ? before.value : undefined, error })),
    );
    return () => abort.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const current = state.key === key ? state : { value: undefined, error: undefined };
  return { value: current.value, error: current.error, reload };
}
