import { IsBoolean, IsInt, IsOptional, Max, MaxLength, Min } from 'class-validator';
import { asBoolean, asInteger, asText } from './query-reader.js';
import type { Convert } from './query-reader.js';

const LIMIT_HELP = 'a whole number from 1 to 500';
const TURNS_HELP = 'a whole number from 1 to 100';

/** Of routes that take no parameter: a misspelt one is told, not ignored. */
export class NoQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = {};
}

/** The query of `GET /debug/contacts/:contact`. */
export class ContactQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = { limit: asInteger };

  /** How many of the contact's newest traces; the query's own default when left out. */
  @IsOptional()
  @IsInt({ message: LIMIT_HELP })
  @Min(1, { message: LIMIT_HELP })
  @Max(500, { message: LIMIT_HELP })
  limit?: number;
}

/** The query of `GET /debug/contacts/:contact/conversation`. */
export class ConversationQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = { limit: asInteger, before: asText };

  @IsInt({ message: TURNS_HELP })
  @Min(1, { message: TURNS_HELP })
  @Max(100, { message: TURNS_HELP })
  limit = 20;

  @IsOptional()
  @MaxLength(1000, { message: 'the `next` of the answer before' })
  before?: string;
}

/** The query of `POST /debug/clear`. */
export class ClearQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = { keep_errors: asBoolean };

  @IsBoolean({ message: 'true or false' })
  keep_errors = false;
}
