import { membersOf } from './header-blanks.js';

/** Of a member with the key `tenant@vendor` both parts have a length of their own. */
const MEMBER =
  /^(?:[a-z0-9][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;
const MAX_MEMBERS = 32;
/** Characters that are kept and sent on: at least as many as W3C demands. */
const MAX_LENGTH = 512;
/** Members with more characters are the first to go. */
const LONG_MEMBER = 128;

/**
 * Reads the header `tracestate`. Several headers of the name are joined by commas, as Node joins them. A list that is not
 * valid is dropped whole; one that is too long loses whole members, from its end.
 *
 * @see https://www.w3.org/TR/trace-context-2/#tracestate-header
 */
export function readTraceState(header: unknown): string | undefined {
  if (typeof header !== 'string') return undefined;
  const members = membersOf(header);
  if (members.length === 0 || members.length > MAX_MEMBERS) return undefined;
  const keys = new Set(members.map((member) => member.slice(0, member.indexOf('='))));
  if (keys.size < members.length || !members.every((member) => MEMBER.test(member))) return undefined;
  return fitting(members) || undefined;
}

function fitting(members: string[]): string {
  let length = members.reduce((sum, member) => sum + member.length + 1, -1);
  while (length > MAX_LENGTH) {
    const long = members.findLastIndex((member) => member.length > LONG_MEMBER);
    const [cut] = members.splice(long === -1 ? members.length - 1 : long, 1);
    length -= cut!.length + 1;
  }
  return members.join(',');
}
