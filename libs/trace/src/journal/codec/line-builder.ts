import { JsonBytes } from '../../model/json-bytes.js';
import { JsonPiece } from '../../model/json-pieces.js';
import type { Payload } from '../../model/record.js';

/** A name and its colon, behind a comma. */
export type Member = JsonPiece;

export function member(name: string): Member {
  return JsonPiece.of(`,"${name}":`);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Up to this length a loop over the characters is faster than a call into the runtime. */
const SHORT = 128;
/** For a name and whatever is short. */
const MIN_ROOM = 512;

/** Builds a line of JSON, member by member. */
export class LineBuilder extends JsonBytes {
  /** A member with a string; none when there is no value. */
  string(name: Member, value: string | undefined): void {
    if (value === undefined || value === null) return;
    if (typeof value !== 'string') throw new TypeError('a member that is text has a value of another type');
    this.room(MIN_ROOM);
    this.write(name);
    if (value.length > SHORT || !this.short(value)) this.writeString(value);
  }

  /** A member with a number, 0 for one that JSON has not; none when there is no value. */
  number(name: Member, value: number | undefined): void {
    if (value === undefined || value === null) return;
    this.room(MIN_ROOM);
    this.write(name);
    // A sum with 0 has no sign of zero.
    this.writeNumber(Number.isFinite(value) ? value + 0 : 0);
  }

  /** A member with JSON; none when there is no value. A raw newline, which can only be white space, would end the line. */
  json(name: Member, json: Payload | undefined): void {
    if (!json) return;
    this.room(MIN_ROOM);
    this.write(name);
    if (typeof json !== 'string') this.writeJson(json);
    else this.writeText(json.includes('\n') ? json.replaceAll('\n', ' ') : json);
  }

  /** `false`: it holds something that is not plain ASCII, and nothing was written. */
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
