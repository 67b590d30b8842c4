import { openLocalJournal } from '../../../dist/libs/trace/src/store/embedded/embedded-store.js';

/** The journal of a directory and the store that reads it, as one object; `close` closes both. */
export function openStore(options) {
  const { writer, store } = openLocalJournal(options);
  const closeStore = store.close.bind(store);
  const close = () => {
    writer.close();
    return closeStore();
  };
  return Object.assign(store, { sink: writer, close });
}
