import { membersOf, withoutBlanks } from './header-blanks.js';

const MAX_MEMBERS = 64;
/** Bytes of the whole header, which is ASCII. */
const MAX_LENGTH = 8_192;
/** Characters that are read: blanks and members that are not valid included. */
const MAX_READ = 2 * MAX_LENGTH;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[!#-+\--:<-[\]-~]*$/;

/** A key of baggage with its value: a member, or a property of one. A property may have no value. */
export interface BaggageEntry {
  key: string;
  /** Percent-decoded. */
  value: string;
}

/**
 * Reads the header `baggage`. Members that are not valid are left out, and those beyond 64 members or 8,192 bytes.
 *
 * @param allowed whether an entry may be kept and sent on. A member goes as a whole, with its properties
 * @returns the members as received, without blanks; `undefined`: none is left
 * @see https://www.w3.org/TR/baggage/#header-content
 */
export function readBaggage(header: unknown, allowed: (entry: BaggageEntry) => boolean): string | undefined {
  if (typeof header !== 'string') return undefined;
  let baggage = '';
  let count = 0;
  const members = membersOf(header.slice(0, MAX_READ));
  // Of the last one a part may be missing.
  if (header.length > MAX_READ) members.pop();
  for (const text of members) {
    const parts = text.split(';').map(withoutBlanks);
    const entries = parts.map(entryOf);
    if (!isValid(entries, parts[0]!)) continue;
    const member = parts.map(withoutInnerBlanks).join(';');
    if (baggage.length + 1 + member.length > MAX_LENGTH || !entries.every(allowed)) continue;
    baggage += baggage === '' ? member : `,${member}`;
    if ((count += 1) === MAX_MEMBERS) break;
  }
  return baggage === '' ? undefined : baggage;
}

function isValid(entries: (BaggageEntry | undefined)[], first: string): entries is BaggageEntry[] {
  return first.includes('=') && !entries.includes(undefined);
}

function entryOf(part: string): BaggageEntry | undefined {
  const at = part.indexOf('=');
  const key = at === -1 ? part : withoutBlanks(part.slice(0, at));
  const value = at === -1 ? '' : withoutBlanks(part.slice(at + 1));
  return TOKEN.test(key) && VALUE.test(value) ? { key, value: decoded(value) } : undefined;
}

function withoutInnerBlanks(part: string): string {
  const at = part.indexOf('=');
  return at === -1 ? part : `${withoutBlanks(part.slice(0, at))}=${withoutBlanks(part.slice(at + 1))}`;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
