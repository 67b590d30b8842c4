import { headOf, wellFormed } from '../values/text.js';

/** Bytes kept back for each open bracket: its end and the note of what was left out. */
export const CLOSING = 48;
/** Room that must be left before a value is begun: the longest marker that cannot be cut shorter. */
const LEAST = 24;

/**
 * The bytes and nodes that one payload may still take. Every piece of JSON is paid for here before it is written, so
 * the sum can never exceed the limit, wherever the writer stops.
 */
export class JsonBudget {
  private nodes = 0;
  private bytes = 0;

  reset(nodes: number, bytes: number): void {
    this.nodes = nodes;
    this.bytes = bytes;
  }

  /** Takes one node and `size` bytes for its key and comma; `false`: nothing more may be begun. */
  begin(size: number): boolean {
    if (this.nodes <= 0 || this.bytes - size < LEAST + CLOSING) return false;
    this.nodes--;
    this.bytes -= size + 1;
    return true;
  }

  /** Takes a node for something that is looked at and not written. */
  skip(): boolean {
    return this.nodes > 0 && this.nodes-- > 0;
  }

  /** Keeps the closing of a bracket back; `false`: there is no room to open one. */
  open(): boolean {
    if (this.bytes < 2 * CLOSING) return false;
    this.bytes -= CLOSING;
    return true;
  }

  /** Gives back what a closing did not need. */
  close(bytes: number): void {
    this.bytes += CLOSING - bytes;
  }

  /** JSON that is ASCII and short. */
  ascii(json: string): string {
    this.bytes -= json.length;
    return json;
  }

  /** `text` as a JSON string, cut where the bytes end. */
  string(text: string): string {
    const whole = wellFormed(text);
    // A text that cannot fit is not escaped as a whole first.
    if (whole.length > this.bytes) return this.cut(whole);
    const json = JSON.stringify(whole);
    const bytes = Buffer.byteLength(json);
    if (bytes > this.bytes) return this.cut(whole);
    this.bytes -= bytes;
    return json;
  }

  /** No UTF-16 unit takes more than six bytes as JSON. */
  private cut(text: string): string {
    const keep = Math.floor((this.bytes - CLOSING) / 6);
    const json = JSON.stringify(keep < 1 ? '…' : `${headOf(text, keep)}…[+${text.length - keep} chars]`);
    this.bytes -= Buffer.byteLength(json);
    return json;
  }
}
