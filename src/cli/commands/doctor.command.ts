import type { Cli } from '../cli.js';
import { Command, type CommandRunner } from '../framework/command.decorator.js';

@Command({
  name: 'doctor',
  description: 'Show the configuration, where each value came from, and what can be reached with it',
  examples: [['doctor', 'why does it not find my traces?']],
})
export class DoctorCommand implements CommandRunner {
  constructor(private readonly cli: Cli) {}

  async run(): Promise<void> {
    const { diagnose, diagnosisText } = await import('../doctor/diagnosis-text.js');
    const diagnosis = await diagnose(this.cli);
    await this.cli.printAs(diagnosis, () => diagnosisText(diagnosis));
  }
}
