import type { RecordDraft } from '../../model/record.js';
import { errorIn, idOf, same, SECOND, T0, type Rule } from './subject.js';

const GROUPS = ['f1', 'group-2', 'grøup_3%'] as const;

export const ERROR_RULES: Rule[] = [
  {
    name: 'traces are found by the fingerprint of any of their errors',
    needs: ['errors'],
    check: async (subject) => {
      const { store } = subject;
      const failed = async (n: number, ...fingerprints: string[]): Promise<void> => {
        const trace = await subject.write(n, { contact: n % 2 === 0 ? 'ana' : 'beto', end: false });
        const at = T0 + n * SECOND;
        const errors = fingerprints.map(
          (fingerprint): RecordDraft => ({ ...errorIn(trace, 'x', at), fingerprint }) as RecordDraft,
        );
        await subject.append(...errors, { kind: 'end', trace, status: 'completed', ts: at });
      };
      await failed(1, GROUPS[0]);
      await failed(2, GROUPS[1], GROUPS[0], GROUPS[0]);
      await failed(3, GROUPS[2]);
      await failed(4);
      await failed(5, GROUPS[0]);
      same(await subject.found({ fingerprint: GROUPS[0] }), [5, 2, 1]);
      same(await subject.found({ fingerprint: GROUPS[0], contactId: 'ana' }), [2]);
      same(await subject.found({ fingerprint: GROUPS[1] }), [2]);
      same(await subject.found({ fingerprint: GROUPS[2], status: 'error' }), [3]);
      same(await subject.found({ fingerprint: GROUPS[2], status: 'silent' }), []);
      same(await subject.found({ fingerprint: 'none' }), []);
      const { next } = await store.list({ fingerprint: GROUPS[0], limit: 2 });
      const { heads } = await store.list({ fingerprint: GROUPS[0], limit: 2, before: next! });
      same(
        heads.map(({ traceId }) => traceId),
        [idOf('beto', 1)],
      );
    },
  },
  {
    name: 'the state of an error group is kept until it is set again',
    needs: ['errors'],
    check: async ({ store }) => {
      const { errors } = store;
      if (!errors?.mark) return;
      const marks = async (): Promise<unknown[]> =>
        (await errors.marks())
          .sort((a, b) => a.at - b.at)
          .map(({ fingerprint, state, at }) => [fingerprint, state, at]);
      same(await marks(), []);
      await errors.mark(GROUPS[0], 'resolved', T0);
      await errors.mark(GROUPS[2], 'ignored', T0 + 1);
      same(await marks(), [
        [GROUPS[0], 'resolved', T0],
        [GROUPS[2], 'ignored', T0 + 1],
      ]);
      await errors.mark(GROUPS[0], 'ignored', T0 + 2);
      await errors.mark(GROUPS[2], 'open', T0 + 3);
      same(await marks(), [[GROUPS[0], 'ignored', T0 + 2]]);
    },
  },
];
