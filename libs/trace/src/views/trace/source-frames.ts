import type { SourceLineDto } from '../../contract/responses.js';

/** Stack frames for people: with the place and the line of the source where a source map was found. */
export class SourceFrames {
  private readonly lines: ReadonlyMap<string, SourceLineDto>;

  constructor(lines: readonly SourceLineDto[] = []) {
    this.lines = new Map(lines.map((line) => [line.frame, line]));
  }

  /** `at Tool.book (src/tool.ts:12:5)`; the frame itself where it has no source map. */
  place(frame: string): string {
    const found = this.lines.get(frame);
    if (!found) return frame;
    const place = `${found.file}:${found.line}:${found.column}`;
    const [, before] = /^(at .*)\([^()]*\)$/.exec(frame) ?? [];
    return before === undefined ? `at ${place}` : `${before}(${place})`;
  }

  code(frame: string): string | undefined {
    return this.lines.get(frame)?.code;
  }

  /** The place and the source line, on one line. */
  line(frame: string): string {
    const code = this.code(frame);
    return code === undefined ? frame : `${this.place(frame)}: ${code}`;
  }

  /** The place, and the source line on the next line. */
  placeAndCode(frame: string): string[] {
    const code = this.code(frame);
    return code === undefined ? [frame] : [this.place(frame), `    ${code}`];
  }
}
