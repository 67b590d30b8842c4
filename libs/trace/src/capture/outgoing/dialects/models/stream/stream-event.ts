/** One event of a streamed response. */
export interface StreamEvent {
  /** Parsed JSON. */
  data: unknown;
  /** Name that the stream gives to the event; the empty text where it gives none. */
  name: string;
  /** Offset of the event's last character in the text. */
  end: number;
}

/** JSON of a part of a stream; `undefined`: it is none, or was cut. */
export function tryJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
