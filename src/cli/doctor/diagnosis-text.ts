import { terminalSafe } from '../../../libs/trace/src/views/text/visible-text.js';
import type { Diagnosis } from './diagnose.js';
import type { Finding } from './checks.js';

// `doctor` loads one part of the program, not two: each part is a file of the package.
export { diagnose } from './diagnose.js';

/** A diagnosis as people read it. */
export function diagnosisText({ configuration, checks, reads }: Diagnosis): string {
  return ['Configuration', ...lines(configuration), '', 'Checks', ...lines(checks), '', terminalSafe(reads)].join('\n');
}

function lines(findings: Record<string, Finding>): string[] {
  const names = Object.keys(findings);
  const width = Math.max(...names.map((name) => name.length));
  return Object.entries(findings).map(([name, { value, from, ok }]) => {
    const mark = ok === undefined ? ' ' : ok ? '✅' : '❌';
    return `${mark === ' ' ? '  ' : `${mark} `}${name.padEnd(width)}  ${terminalSafe(value)}${from ? `  (${terminalSafe(from)})` : ''}`;
  });
}
