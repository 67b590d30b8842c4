import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { asInteger, asText } from './query-reader.js';
import type { Convert } from './query-reader.js';

const TOKENS_HELP = 'a whole number from 100 to 1000000';

/** The query of `GET /debug/trace/:id/export`. */
export class ExportQuery {
  static readonly parameters: Readonly<Record<string, Convert>> = { format: asText, max_tokens: asInteger };

  @IsIn(['json', 'md', 'html'], { message: 'json, md or html' })
  format: 'json' | 'md' | 'html' = 'json';

  @IsOptional()
  @IsInt({ message: TOKENS_HELP })
  @Min(100, { message: TOKENS_HELP })
  @Max(1_000_000, { message: TOKENS_HELP })
  max_tokens?: number;
}
