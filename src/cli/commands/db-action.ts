/** What `get-trace db` does. */
export const DB_ACTIONS = ['init', 'status', 'migrate'] as const;

export type DbAction = (typeof DB_ACTIONS)[number];

export interface DbOptions {
  print?: boolean;
}
