import type { SourceLineDto } from '../../contract/responses.js';

/** Frames as they are shown: what a source map is known for, as the place in the source and the line there. */
export class SourceFrames {
  private readonly lines: ReadonlyMap<string, SourceLineDto>;

  constructor(lines: readonly SourceLineDto[] = []) {
    this.lines = new Map(lines.map((line) => [line.frame, line]));
  }

  /** `at Tool.book (src/tool.ts:12:5)`; a frame that nothing is known of, as it stands. */
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

  /** The place and the line itself, on one line. */
  line(frame: string): string {
    const code = this.code(frame);
    return code === undefined ? frame : `${this.place(frame)}: ${code}`;
  }

  /** The place, and the line itself on a line below. */
  placeAndCode(frame: string): string[] {
    const code = this.code(frame);
    return code === undefined ? [frame] : [this.place(frame), `    ${code}`];
  }
}
