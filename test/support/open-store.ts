import type { JournalWriter } from '../../libs/trace/src/journal/write/writer.js';
import {
  openLocalJournal,
  type EmbeddedStore,
  type LocalJournalOptions,
} from '../../libs/trace/src/store/embedded/embedded-store.js';

export type OpenStore = EmbeddedStore & { readonly sink: JournalWriter };

/** The journal of a directory and the store that reads it, as one object; `close` closes both. */
export function openStore(options: LocalJournalOptions): OpenStore {
  const { writer, store } = openLocalJournal(options);
  const closeStore = store.close.bind(store);
  const close = (): Promise<void> => {
    writer.close();
    return closeStore();
  };
  return Object.assign(store, { sink: writer, close });
}
