import { useEffect, useState } from 'preact/hooks';

/** Whether what became `ready` has been on the screen once. What does not fit on it can wait for that. */
export function useFirstPaint(ready = true): boolean {
  const [drawn, setDrawn] = useState(false);
  // Runs after the frame.
  useEffect(() => {
    if (ready) setDrawn(true);
  }, [ready]);
  return drawn;
}
