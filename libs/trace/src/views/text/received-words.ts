import type { ReceivedHealth } from '../../model/health.js';

/** The spans that other processes sent, in one line: "560 recorded, orphans: 3". */
export function receivedWords({ recorded, ...others }: ReceivedHealth): string {
  const more = Object.entries(others).filter(([, count]) => count > 0);
  return [`${recorded} recorded`, ...more.map(([name, count]) => `${name.replaceAll('_', ' ')}: ${count}`)].join(', ');
}
