/**
 * The message of the error in a response's body: Nest's `message` (a text, or several from a validation pipe), `error` as a
 * text or an object with a message, or the errors of GraphQL. `undefined`: the body is no JSON object, or has none.
 */
export function answerMessage(body: string | undefined): string | undefined {
  if (!body?.startsWith('{')) return undefined;
  try {
    const { message, error, errors } = JSON.parse(body) as Record<string, unknown>;
    return textsOf(message) ?? textsOf(error) ?? textsOf(errors);
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (Array.isArray(value)) return value.map(textsOf).filter(Boolean).join('; ') || undefined;
  return typeof value === 'object' && value !== null ? textsOf((value as { message?: unknown }).message) : undefined;
}
