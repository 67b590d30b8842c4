import { IsBoolean, IsInt, IsOptional, Max, MaxLength, Min } from 'class-validator';
import { IsContact } from './contact.js';
import { asBoolean, asInteger, asText } from './query-reader.js';
import type { Convert } from './query-reader.js';

const LIMIT_HELP = 'a whole number from 1 to 500';
const TURNS_HELP = 'a whole number from 1 to 100';

/** The query of routes that take no parameter: a misspelt one is refused, not ignored. */
export class NoQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = {};
}

/** The query of `GET /debug/quick-debug/:contact` and `DELETE /debug/contacts/:contact`. */
export class OnlyContactQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = { contact_id: asText };

  /** The contact, where the path cannot carry its id: `.`, `..`, a slash, more than 100 characters. */
  @IsOptional()
  @IsContact()
  contact_id?: string;
}

/** The query of `GET /debug/contacts/:contact`. */
export class ContactQuery extends OnlyContactQuery {
  static override readonly parameters: Readonly<Record<string, Convert>> = { limit: asInteger, contact_id: asText };

  /** How many of the contact's newest traces; the query's own default when left out. */
  @IsOptional()
  @IsInt({ message: LIMIT_HELP })
  @Min(1, { message: LIMIT_HELP })
  @Max(500, { message: LIMIT_HELP })
  limit?: number;
}

/** The query of `GET /debug/contacts/:contact/conversation`. */
export class ConversationQuery extends OnlyContactQuery {
  static override readonly parameters: Readonly<Record<string, Convert>> = {
    limit: asInteger,
    before: asText,
    contact_id: asText,
  };

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
