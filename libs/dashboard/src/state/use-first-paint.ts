import { useEffect, useState } from 'preact/hooks';

/** Whether the component was painted once after `ready`. Parts below the first screen wait for that. */
export function useFirstPaint(ready = true): boolean {
  const [drawn, setDrawn] = useState(false);
  // Runs after the frame.
  useEffect(() => {
    if (ready) setDrawn(true);
  }, [ready]);
  return drawn;
}
