/** Changes of a directory that a user asks for. Arguments and results are plain data, so that a worker can make them. */
export interface MaintenanceCalls {
  /** Deletes ended traces, except pinned ones and, if asked for, those with errors. */
  clear(options: { keepErrors: boolean }): { removed: number };
  /** Protects a trace from retention and clear, or ends that. Returns whether there is such a trace. */
  pin(traceId: string, pinned: boolean): boolean;
  /** Erases all traces of a contact, and its id in other traces. */
  eraseContact(contactId: string): { removed: number };
}

/** They may read and rewrite the whole journal, which takes minutes. */
export const MAINTENANCE_CALLS: ReadonlySet<string> = new Set<keyof MaintenanceCalls>(['clear', 'pin', 'eraseContact']);
