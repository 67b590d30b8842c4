import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  /** Asks again; the shown value stays until the response arrives. */
  reload: () => void;
}

/**
 * The response to a page's question. A new `key` is another question: the shown value is removed, and a late response to
 * the old question is dropped.
 */
export function useLoad<T>(
  key: string,
  ask: (abort: AbortSignal) => Promise<T>,
  /** Whether a response is final: a reload that was requested before it is not needed. */
  final: (value: T) => boolean = () => false,
): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: unknown }>({ key });
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  const running = useRef(false);
  const again = useRef(false);
  useEffect(() => {
    const abort = new AbortController();
    running.current = true;
    again.current = false;
    const settle = (change: (before: typeof state) => typeof state, isFinal = false) => {
      if (abort.signal.aborted) return;
      running.current = false;
      setState(change);
      if (again.current && !isFinal) setRound((before) => before + 1);
    };
    latest.current(abort.signal).then(
      (value) => settle(() => ({ key, value }), final(value)),
      // The shown value stays readable while the application restarts.
      (error: unknown) => settle((before) => ({ key, value: before.key === key ? before.value : undefined, error })),
    );
    return () => abort.abort();
  }, [key, round]);
  // A running request is never aborted for the same question: a large response would never arrive.
  const reload = useCallback(() => {
    if (running.current) again.current = true;
    else setRound((before) => before + 1);
  }, []);
  const current = state.key === key ? state : { value: undefined, error: undefined };
  return { value: current.value, error: current.error, reload };
}
