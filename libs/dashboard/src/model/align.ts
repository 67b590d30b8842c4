import type { LogEntry } from './trace-log.js';

export interface AlignedStep {
  kind: 'same' | 'changed' | 'added' | 'removed';
  a: LogEntry | undefined;
  b: LogEntry | undefined;
}

/** Beyond this the table of the comparison would be too large; the rest is compared by position. */
const MAX_STEPS = 1_500;

/**
 * Two traces side by side: the longest run of steps that both have in the same order is matched, the rest was added or
 * removed. A matched step is changed when its data differ.
 */
export function align(a: readonly LogEntry[], b: readonly LogEntry[]): AlignedStep[] {
  const left = a.slice(0, MAX_STEPS);
  const right = b.slice(0, MAX_STEPS);
  const width = right.length + 1;
  const leftKeys = left.map(keyOf);
  const rightKeys = right.map(keyOf);
  // lengths[i * width + j]: the longest common run of what follows i in a and j in b.
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        leftKeys[i] === rightKeys[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const steps: AlignedStep[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const [one, other] = [left[i], right[j]];
    if (one && other && leftKeys[i] === rightKeys[j]) {
      const changed = outcomeOf(one) !== outcomeOf(other);
      steps.push({ kind: changed ? 'changed' : 'same', a: one, b: other });
      i += 1;
      j += 1;
    } else if (one && (!other || (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))) {
      steps.push({ kind: 'removed', a: one, b: undefined });
      i += 1;
    } else {
      steps.push({ kind: 'added', a: undefined, b: other });
      j += 1;
    }
  }
  return steps;
}

/** What makes two steps the same step. Texts differ from run to run, so only names and routes count. */
function keyOf({ event, kind, title }: LogEntry): string {
  const named = kind === 'route' || event.name !== null;
  return JSON.stringify([event.type, kind === 'error' ? event.name : named ? title : '']);
}

function outcomeOf({ event }: LogEntry): string {
  return JSON.stringify(event.data);
}
