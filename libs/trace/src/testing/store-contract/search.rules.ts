import type { TraceConditions } from '../../model/trace-search.js';
import { writeFour } from './list.rules.js';
import { same, type Rule } from './subject.js';

const SEARCHES: [TraceConditions, number[]][] = [
  [{ q: 'cita' }, [3, 1]],
  [{ q: 'café' }, [3]],
  [{ q: 'CAÍDA' }, [3]],
  [{ q: '%' }, [4]],
  [{ q: 'BETO_2' }, [4, 3]],
  [{ q: 'prec', tool: 'prices', contactId: 'ana' }, [2]],
  [{ not: { texts: ['CITA'] } }, [4, 2]],
  [{ not: { texts: ['zona CAÍDA', 'precio'] } }, [4, 1]],
  [{ q: 'cita', not: { texts: ['café'], contacts: ['nobody'] } }, [1]],
];

export const SEARCH_RULES: Rule[] = [
  {
    name: 'a search finds texts in the message, the contact, the id and errors, in either case',
    needs: ['search'],
    check: async (subject) => {
      await writeFour(subject);
      for (const [search, numbers] of SEARCHES) same([search, await subject.found(search)], [search, numbers]);
    },
  },
];
