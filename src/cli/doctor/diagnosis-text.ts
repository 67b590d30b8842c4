import { wrapCells } from '../../../libs/trace/src/views/render/human/cell-width.js';
import { terminalSafe } from '../../../libs/trace/src/views/text/visible-text.js';
import type { Diagnosis } from './diagnose.js';
import type { Finding } from './checks.js';

// `doctor` loads one part of the program, not two: each part is a file of the package.
export { diagnose } from './diagnose.js';

/** A diagnosis as people read it. */
export function diagnosisText({ configuration, checks, reads }: Diagnosis, width = Infinity): string {
  const shown = [...lines(configuration, width), '', 'Checks', ...lines(checks, width)];
  return ['Configuration', ...shown, '', ...wrapCells(terminalSafe(reads), width)].join('\n');
}

function lines(findings: Record<string, Finding>, screen: number): string[] {
  const names = Object.keys(findings);
  const width = Math.max(...names.map((name) => name.length));
  return Object.entries(findings).flatMap(([name, { value, from, ok }]) => {
    const mark = ok === undefined ? ' ' : ok ? '✅' : '❌';
    const line = `${mark === ' ' ? '   ' : `${mark} `}${name.padEnd(width)}  ${terminalSafe(value)}${from ? `  (${terminalSafe(from)})` : ''}`;
    return wrapCells(line, screen, width + 5);
  });
}
