import type { Dialect, WebhookMessage, WebhookRequest } from './dialect.js';

export interface Identification {
  /** The first dialect that matched; `undefined` when none did. */
  dialect: string | undefined;
  messages: WebhookMessage[];
}

/**
 * Asks the dialects in order; the first that matches answers. Never throws: a dialect that does is skipped and told
 * through `onError`.
 */
export function identify(
  request: WebhookRequest,
  dialects: readonly Dialect[],
  onError?: (dialect: string, error: unknown) => void,
): Identification {
  for (const dialect of dialects) {
    try {
      if (!dialect.match(request)) continue;
      return { dialect: dialect.name, messages: [...dialect.extract(request)] };
    } catch (error) {
      tell(onError, dialect, error);
    }
  }
  return { dialect: undefined, messages: [] };
}

function tell(
  onError: ((dialect: string, error: unknown) => void) | undefined,
  dialect: Dialect,
  error: unknown,
): void {
  try {
    onError?.(String(dialect?.name), error);
  } catch {
    // Whoever listens must not break the request either.
  }
}
