import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';
import type { Diagnosis, Finding } from '../doctor/diagnose.js';
import { terminalSafe } from '../../../libs/trace/src/views/render/terminal-safe.js';

@Command({
  name: 'doctor',
  description: 'Show the configuration, where each value came from, and what can be reached with it',
  examples: [['get-trace doctor', 'why does it not find my traces?']],
})
export class DoctorCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run(): Promise<void> {
    const { diagnose } = await import('../doctor/diagnose.js');
    const diagnosis = await diagnose(this.cli);
    await this.cli.printAs(diagnosis, () => text(diagnosis));
  }
}

function text({ configuration, checks, reads }: Diagnosis): string {
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
