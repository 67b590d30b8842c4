/** Counts cells and prints one line for each. The error of a failed cell is printed to stderr, below its line. */
export class Report {
  passed = 0;
  failed = 0;
  /** Title and error of each failed cell. */
  faults = [];

  ok(title, seconds, note) {
    this.passed += 1;
    const notes = [note, timeOf(seconds)].filter(Boolean).join(', ');
    console.log(`ok     ${title}${notes && ` (${notes})`}`);
  }

  fault(title, seconds, error) {
    this.failed += 1;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.faults.push(`${title}\n${text}`);
    console.log(`FAULT  ${title} (${seconds.toFixed(1)} s)`);
    console.error(indent(text));
  }

  skip(title, reason) {
    console.log(`skip   ${title}: ${reason.split('\n', 1)[0].slice(0, 200)}`);
  }

  log(text) {
    console.error(indent(text));
  }

  /** What `--output` writes: the counts under the names of Jest's report, which CI adds up. */
  toJSON() {
    return { numPassedTests: this.passed, numFailedTests: this.failed, faults: this.faults };
  }
}

/** A cell whose program did the work before it reported takes no time. */
function timeOf(seconds) {
  return seconds < 0.05 ? '' : `${seconds.toFixed(1)} s`;
}

/** Lines of a failure that are printed: enough for a compiler's or a test runner's report. */
const SHOWN_LINES = 40;

/** Lines of a stack that are the runner's own. */
const RUNNER = /^ +at .*(?:test\/matrix\/(?:frame\/|main\.mjs)|node:internal|Promise\.all)/;

function indent(text) {
  const lines = text
    .trimEnd()
    .split('\n')
    .filter((line) => !RUNNER.test(line));
  const cut = lines.length - SHOWN_LINES;
  const shown = cut > 0 ? [...lines.slice(0, 25), `… ${cut} lines left out …`, ...lines.slice(25 + cut)] : lines;
  return shown.map((line) => `       ${line}`).join('\n');
}
