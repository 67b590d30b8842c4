import { duration } from '../format/time.js';
import type { TimePart, TimeScale } from '../model/time-scale.js';

interface TimeAxisProps {
  scale: TimeScale;
  /** The part that is shown large. */
  part: TimePart | undefined;
  onPart: (part: TimePart | undefined) => void;
}

/** The common time axis above the bars; it stays on the screen while the steps scroll. */
export function TimeAxis({ scale: { from, to }, part, onPart }: TimeAxisProps) {
  return (
    <div class="step-axis">
      <span>
        {part && (
          <button type="button" class="quiet" onClick={() => onPart(undefined)}>
            Show all of the time
          </button>
        )}
      </span>
      <span class="step-ticks" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{duration(from + (to - from) * share)}</span>
        ))}
      </span>
      <span />
    </div>
  );
}
