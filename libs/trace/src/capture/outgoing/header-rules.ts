const KEPT = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'retry-after',
  'x-request-id',
  'request-id',
  'x-fb-trace-id',
  'x-fb-request-id',
  'x-amzn-requestid',
  'location',
]);
const KEPT_PREFIXES = ['openai-', 'anthropic-ratelimit-', 'x-ratelimit-'];

/** The headers that are recorded: type and size, request ids and limits. None of them is a credential. */
export function recordedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> | undefined {
  let kept: Record<string, string> | undefined;
  for (const name in headers) if (isRecordedHeader(name)) (kept ??= {})[name] = headers[name]!;
  return kept;
}

/** @param name in lower case */
export function isRecordedHeader(name: string): boolean {
  return KEPT.has(name) || KEPT_PREFIXES.some((prefix) => name.startsWith(prefix));
}
