import { NudgeGate } from './nudge-gate.js';

test('one nudge is on its way at a time, seen from both threads', () => {
  const sender = new NudgeGate();
  const worker = new NudgeGate(sender.shared);
  expect(sender.close()).toBe(true);
  expect(sender.close()).toBe(false);
  worker.open();
  expect(sender.close()).toBe(true);
});
