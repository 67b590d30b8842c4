import { equal, ok } from 'node:assert/strict';
import { wallNow } from '../../model/timers.js';
import type { RecordDraft } from '../../model/record.js';
import { errorIn, idOf, idsOf, json, same, SECOND, T0, type Rule } from './subject.js';

export const ADMIN_RULES: Rule[] = [
  {
    name: 'clearing deletes ended traces, and keeps errors when asked to',
    needs: ['admin'],
    check: async (subject) => {
      const { store } = subject;
      const admin = store.admin!;
      await subject.write(1, { contact: 'a' });
      await subject.write(2, { contact: 'b', error: 'boom' });
      const active = await subject.write(3, { contact: 'c', end: false });
      same(await admin.clear({ keepErrors: true }), { removed: 1 });
      equal(await store.get(idOf('a', 1)), undefined);
      equal((await store.get(idOf('b', 2)))?.records.length, 4);
      await subject.append({ kind: 'end', trace: active, status: 'completed', ts: T0 + 9 * SECOND });
      same(
        (await store.get(idOf('c', 3)))?.records.map(({ kind }) => kind),
        ['open', 'identify', 'end'],
      );
      same(await admin.clear({ keepErrors: false }), { removed: 2 });
      same((await store.list({ limit: 10 })).heads, []);
      await subject.write(4, { contact: 'd' });
      equal((await store.list({ limit: 10 })).heads.length, 1);
    },
  },
  {
    name: 'a pinned trace is kept when the others are cleared, until it is unpinned',
    needs: ['admin'],
    check: async (subject) => {
      const { store } = subject;
      const admin = store.admin!;
      await subject.write(1, { contact: 'ana' });
      await subject.write(2, { contact: 'beto' });
      const id = idOf('ana', 1);
      same(await admin.pin(id, true), true);
      same(await admin.pin(id, true), true);
      same(await admin.pin(idOf('nobody', 9), true), false);
      same((await store.get(id))!.head.pinned, true);
      same(
        (await store.list({ limit: 10 })).heads.map(({ traceId, pinned }) => [traceId, pinned]),
        [
          [idOf('beto', 2), undefined],
          [id, true],
        ],
      );
      same(await admin.clear({ keepErrors: false }), { removed: 1 });
      same(idsOf((await store.list({ limit: 10 })).heads), [id]);
      same(await admin.pin(id, false), true);
      same((await store.get(id))!.head.pinned, undefined);
      same(await admin.clear({ keepErrors: false }), { removed: 1 });
    },
  },
  {
    name: 'an erased contact is deleted, pinned or not',
    needs: ['admin'],
    check: async (subject) => {
      const admin = subject.store.admin!;
      await subject.write(1, { contact: 'contact-77' });
      await admin.pin(idOf('contact-77', 1), true);
      const { removed, pending } = await admin.erase('contact-77');
      ok(removed === 1 && pending <= removed);
    },
  },
  {
    name: 'an erased contact is deleted, also from what its running trace still writes',
    needs: ['admin'],
    check: async (subject) => {
      const { store } = subject;
      await subject.write(1, { contact: 'contact-77', message: 'secret' });
      const active = await subject.write(2, { contact: 'contact-77', end: false });
      const other = await subject.write(3, { contact: 'beto', end: false });
      const data = json({ about: 'contact-77' });
      const note: RecordDraft = { kind: 'event', trace: other, type: 'note', data, ts: T0 + 3 * SECOND };
      await subject.append(note);
      await subject.append(errorIn(other, 'no such customer: contact-77', T0 + 3 * SECOND), {
        ...note,
        type: 'message_sent',
        data: json({ message: 'I asked contact-77' }),
      });
      equal((await store.admin!.erase('contact-77')).removed, 2);
      await subject.append(
        { kind: 'event', trace: active, type: 'late', ts: T0 + 4 * SECOND },
        { kind: 'end', trace: active, status: 'completed', ts: T0 + 4 * SECOND },
      );
      same((await store.list({ contactId: 'contact-77', limit: 10 })).heads, []);
      same(idsOf((await store.list({ limit: 10 })).heads), [idOf('beto', 3)]);
      const { head, records } = (await store.get(idOf('beto', 3)))!;
      same(head.firstError, { location: 'Tool.run', message: `no such customer: ${'*'.repeat(10)}` });
      same(head.reply, `I asked ${'*'.repeat(10)}`);
      ok(records.length === 5 && !JSON.stringify(records).includes('contact-77'));
      equal((await store.admin!.erase('contact-77')).removed, 0);
    },
  },
  {
    name: 'a trace that is cleared or erased is in no link',
    needs: ['admin'],
    check: async (subject) => {
      const { store } = subject;
      const admin = store.admin!;
      await subject.write(1, { contact: 'ana' });
      await subject.write(2, { contact: 'ana' });
      await subject.write(3, { contact: 'beto', link: idOf('ana', 1), error: 'boom' });
      await subject.write(4, { contact: 'ana', link: idOf('beto', 3) });
      equal((await admin.erase('ana')).removed, 3);
      same(await subject.found({ links: [idOf('beto', 3)] }), []);
      same(await subject.found({ links: [idOf('ana', 1)] }), []);
      const stored = (await store.get(idOf('beto', 3)))!;
      ok(!JSON.stringify(stored).includes(idOf('ana', 1)), 'the link still has the id of an erased trace');
      await subject.write(5, { contact: 'carla', link: idOf('beto', 3) });
      same(await admin.clear({ keepErrors: true }), { removed: 1 });
      same(await subject.found({ links: [idOf('beto', 3)] }), []);
    },
  },
  {
    name: 'pruning deletes ended traces by age: traces with errors later, pinned ones never',
    needs: ['admin'],
    check: async (subject) => {
      const { store } = subject;
      const admin = store.admin!;
      if (!admin.prune) return;
      await subject.write(1, { contact: 'a' });
      await subject.write(2, { contact: 'b', error: 'boom' });
      await subject.write(3, { contact: 'c' });
      await subject.write(4, { contact: 'd', end: false });
      await admin.pin(idOf('c', 3), true);
      const age = wallNow() - T0 / 1_000;
      const limits = { maxAgeMs: age * 2, errorMaxAgeMs: age * 2, maxBytes: 2 ** 40 };
      same(await admin.prune(limits), { removed: 0 });
      same(await admin.prune({ ...limits, maxAgeMs: age / 2 }), { removed: 1 });
      same(await subject.found({}), [4, 3, 2]);
      same(await admin.prune({ ...limits, maxAgeMs: age / 2, errorMaxAgeMs: age / 2 }), { removed: 1 });
      same(await subject.found({}), [4, 3]);
    },
  },
];
