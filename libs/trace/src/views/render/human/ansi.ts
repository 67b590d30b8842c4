import type { TraceStatus } from '../../../model/status.js';

export type Paint = (text: string) => string;

/** Colours of the human format. Without colour each function returns the text unchanged. */
export interface Ansi {
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
  status: (status: TraceStatus, text: string) => string;
}

const sgr =
  (code: number, reset: number): Paint =>
  (text) =>
    `\u001b[${code}m${text}\u001b[${reset}m`;

const plain: Paint = (text) => text;

/** Text that leads to an address (OSC 8). Characters that could end the sequence are left out of the address. */
export function hyperlink(url: string, text: string): string {
  return `\u001b]8;;${url.replace(/[^\x21-\x7e]/g, '')}\u001b\\${text}\u001b]8;;\u001b\\`;
}

/** Moves to the beginning of the line that is `lines` above, and erases from there to the end of the screen. */
export function eraseLines(lines: number): string {
  return lines === 0 ? '' : `\u001b[${lines}A\r\u001b[J`;
}

/** This file is the only place that makes escape sequences. */
export function ansi(color: boolean): Ansi {
  const paint = (code: number, reset: number): Paint => (color ? sgr(code, reset) : plain);
  const [red, green, yellow, cyan] = [paint(31, 39), paint(32, 39), paint(33, 39), paint(36, 39)];
  const byStatus: Record<TraceStatus, Paint> = {
    active: cyan,
    completed: green,
    error: red,
    silent: yellow,
    timeout: red,
    interrupted: red,
    cancelled: yellow,
  };
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red,
    green,
    yellow,
    cyan,
    status: (status, text) => (byStatus[status] ?? plain)(text),
  };
}
