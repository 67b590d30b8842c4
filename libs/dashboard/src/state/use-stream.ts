import { useEffect, useRef } from 'preact/hooks';
import type { StreamMessage } from '../api/responses.js';
import { stream } from '../api/shared-stream.js';
import type { StreamListener } from '../api/shared-stream.js';

/** Listens to the stream while the component is mounted. */
export function useStream(listener: StreamListener): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(
    () =>
      stream.listen({
        messages: (messages) => latest.current.messages(messages),
        resync: () => latest.current.resync(),
      }),
    [],
  );
}

/** Calls `refresh` for messages that concern the page, at most once in `everyMs`. */
export function useRefresh(concerns: (message: StreamMessage) => boolean, refresh: () => void, everyMs = 250): void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const last = useRef(0);
  const latest = useRef(refresh);
  latest.current = refresh;
  const soon = () => {
    if (timer.current !== undefined) return;
    const wait = Math.max(0, last.current + everyMs - performance.now());
    timer.current = setTimeout(() => {
      timer.current = undefined;
      last.current = performance.now();
      latest.current();
    }, wait);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useStream({
    messages: (messages) => {
      if (messages.some(concerns)) soon();
    },
    resync: soon,
  });
}
