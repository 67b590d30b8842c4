import { erasedText } from './forget.command.js';

describe('what forget says', () => {
  it.each([
    [{ removed: 1 }, 'Erased ana: 1 trace.'],
    [
      { removed: 3, pending: 3 },
      'Erased ana: 3 traces.\nThey can no longer be read, but are in the files of the database until it rewrites them at night. ' +
        'Give --scrub to have that done now.',
    ],
    [{ removed: 3, instances: { done: 4, pending: 0 } }, 'Erased ana: 3 traces.\nAll 4 instances erased it.'],
    [{ removed: 3, instances: { done: 1, pending: 0 } }, 'Erased ana: 3 traces.\nThe instance erased it.'],
    [
      { removed: 0, instances: { done: 3, pending: 1 } },
      'Erased ana: 0 traces.\n3 of 4 instances erased it. The other one does so as soon as it reaches the database.',
    ],
    [
      { removed: 0, instances: { done: 1, pending: 2 } },
      'Erased ana: 0 traces.\n1 of 3 instances erased it. The others do so as soon as they reach the database.',
    ],
  ])('%j', (answer, text) => expect(erasedText('ana', answer)).toBe(text));
});
