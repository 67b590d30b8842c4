import { JsonBytes } from '../../model/json-bytes.js';
import { JsonPiece } from '../../model/json-pieces.js';
import type { Payload } from '../../model/record.js';

/** A comma, a member's name and a colon. */
export type Member = JsonPiece;

export function member(name: string): Member {
  return JsonPiece.of(`,"${name}":`);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Longest string, in characters, for which a loop over the characters is faster than a call into the runtime. */
const SHORT = 128;
/** Room for a name and a short value, in bytes. */
const MIN_ROOM = 512;

/** Builds a line of JSON, member by member. */
export class LineBuilder extends JsonBytes {
  /** Writes a member with a string, or nothing where the value is missing. */
  string(name: Member, value: string | undefined): void {
    if (value === undefined || value === null) return;
    if (typeof value !== 'string') throw new TypeError('a member that is text has a value of another type');
    this.room(MIN_ROOM);
    this.write(name);
    if (value.length > SHORT || !this.short(value)) this.writeString(value);
  }

  /** Writes a member with a number (0 for one that JSON lacks), or nothing where the value is missing. */
  number(name: Member, value: number | undefined): void {
    if (value === undefined || value === null) return;
    this.room(MIN_ROOM);
    this.write(name);
    // Adding 0 turns -0 into 0.
    this.writeNumber(Number.isFinite(value) ? value + 0 : 0);
  }

  /** Writes a member with JSON, or nothing where it is missing. A raw newline, which can only be white space, becomes a blank. */
  json(name: Member, json: Payload | undefined): void {
    if (!json) return;
    this.room(MIN_ROOM);
    this.write(name);
    if (typeof json !== 'string') this.writeJson(json);
    else this.writeText(json.includes('\n') ? json.replaceAll('\n', ' ') : json);
  }

  /** Writes a string of printable ASCII without quotes and backslashes. `false`: it is another one, and nothing was written. */
  private short(value: string): boolean {
    const { buffer } = this;
    let { at } = this;
    buffer[at++] = QUOTE;
    for (let i = 0; i < value.length; i += 1) {
      const code = value.charCodeAt(i);
      if (code < 0x20 || code > 0x7e || code === QUOTE || code === BACKSLASH) return false;
      buffer[at++] = code;
    }
    buffer[at++] = QUOTE;
    this.at = at;
    return true;
  }
}
