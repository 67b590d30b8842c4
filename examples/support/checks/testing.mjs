/** No program runs: the example is two tests. */
export const programs = [];

export async function run({ step, cwd, mustExec }) {
  await step('the test passes in Jest', () => mustExec('npm', ['run', 'test:jest'], { cwd }));
  await step('the test passes in Vitest', () => mustExec('npm', ['run', 'test:vitest'], { cwd }));
}
