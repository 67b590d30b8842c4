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
export function useLoad<T>(
  key: string,
  ask: (abort: AbortSignal) => Promise<T>,
  /** Answers of which no other will come: a wish to ask again that came before them is met by them. */
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
      // A page that was shown stays readable while the application restarts.
      (error: unknown) => settle((before) => ({ key, value: before.key === key ? before.value : undefined, error })),
    );
    return () => abort.abort();
  }, [key, round]);
  // A question on its way is never given up for the same one: a large answer would never arrive.
  const reload = useCallback(() => {
    if (running.current) again.current = true;
    else setRound((before) => before + 1);
  }, []);
  const current = state.key === key ? state : { value: undefined, error: undefined };
  return { value: current.value, error: current.error, reload };
}
