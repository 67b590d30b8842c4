import type { Sql } from '../connection/database.js';

/** Types of the parameters of all statements of this folder. */
const TYPES = {
  since: 'bigint',
  until: 'bigint',
  beforeUs: 'bigint',
  beforeKey: 'text',
  now: 'bigint',
  contact: 'text',
  contactTags: 'text[]',
  walkedContact: 'text',
  walkedTags: 'text[]',
  statuses: 'text[]',
  failed: 'text[]',
  messages: 'text[]',
  sent: 'text[]',
  links: 'text[]',
  tags: 'text[]',
  idPattern: 'text',
  pattern: 'text',
  needle: 'text',
  sources: 'int[]',
  withErrors: 'boolean',
  minUs: 'bigint',
  maxUs: 'bigint',
  minNano: 'bigint',
  maxNano: 'bigint',
  minTokens: 'bigint',
  maxTokens: 'bigint',
  notContacts: 'text[]',
  notTags: 'text[]',
  notPatterns: 'text[]',
  limit: 'int',
  rows: 'int',
  value: 'bigint',
  placeUs: 'bigint',
  placeKey: 'text',
  ids: 'text[]',
  oldTags: 'text[]',
  keys: 'text[]',
} as const;

export type ParamName = keyof typeof TYPES;
export type Params = Partial<Record<ParamName, unknown>>;

/** `:name`, and not the second colon of a cast. */
const NAMED = /(?<!:):([a-z][A-Za-z]*)/g;

/**
 * A statement whose parameters have names: `:since`. A parameter that is not given is NULL. The planner sees the values
 * of an unnamed statement, so a condition such as `:since IS NULL OR …` costs nothing where it does not apply.
 */
export class Statement {
  readonly text: string;
  private readonly names: ParamName[] = [];

  constructor(text: string) {
    this.text = text.replace(NAMED, (_all, name: ParamName) => {
      if (!this.names.includes(name)) this.names.push(name);
      return `$${this.names.indexOf(name) + 1}::${TYPES[name]}`;
    });
  }

  rows<T>(sql: Sql, params: Params): Promise<T[]> {
    return sql.rows<T>(
      this.text,
      this.names.map((name) => params[name] ?? null),
    );
  }
}
