const CODES: readonly unknown[] = ['context_length_exceeded', 'string_above_max_length', 'request_too_large'];
/** Anthropic, Gemini, Mistral, Cohere and Bedrock have no code for it, but say so. */
const WORDS =
  /prompt is too long|context (?:length|window)|maximum context|exceeds the maximum number of tokens|too many (?:input )?tokens|input is too long/i;

/** Whether a model refused its input because it is too long, by a code of the error or by its words. */
export function isTooLong(codes: readonly unknown[], words = ''): boolean {
  return codes.some((code) => CODES.includes(code)) || WORDS.test(words);
}
