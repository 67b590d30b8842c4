const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Text as UTF-8 can hold it, in what is stored and in what is looked for: half of a surrogate pair becomes U+FFFD. */
export function cleanText(text: string): string {
  return text.replace(LONE_SURROGATE, '\uFFFD');
}
