import { awsChunk, awsFrame } from './aws-frame.js';

/** What the fake model says, in no provider's words. */
export interface FakeAnswer {
  text?: string;
  reasoning?: string;
  tools?: { id?: string; name: string; arguments: object }[];
  /** Tokens. `input` includes `cached`; `output` includes `reasoning`. */
  usage?: { input: number; output: number; cached?: number; reasoning?: number };
  /** The model that answers. Default: the one that was asked for. */
  model?: string;
  /** Refuses the call with this status, or breaks a stream after its text where it is 200. */
  error?: { status: number; code: string; message: string };
}

/** A call that the fake has to answer. */
export interface FakeQuestion {
  path: string;
  model: string;
  stream: boolean;
  body: Record<string, unknown>;
}

/** The body of a response: one value, or the events of a stream. */
export interface FakeReply {
  type: string;
  headers?: Record<string, string>;
  parts: (string | Buffer)[];
}

/** One kind of API: its paths, and how it says an answer. */
export interface FakeFormat {
  match(path: string): boolean;
  plain(answer: Said, question: FakeQuestion): unknown;
  stream?(answer: Said, question: FakeQuestion): (object | string)[];
  /** How events of a stream are written. */
  framing?: 'sse' | 'named' | 'lines' | 'frames' | 'chunks';
  error(error: { status: number; code: string; message: string }): unknown;
}

/** An answer with all its parts. */
export type Said = Required<Omit<FakeAnswer, 'error'>> & { words: string[] };

const JSON_TYPE = 'application/json';
const TYPES = {
  sse: 'text/event-stream; charset=utf-8',
  named: 'text/event-stream; charset=utf-8',
  lines: 'application/x-ndjson',
  frames: 'application/vnd.amazon.eventstream',
  chunks: 'application/vnd.amazon.eventstream',
} as const;

/** The bytes of an answer in one format, event by event. */
export function replyIn(format: FakeFormat, answer: FakeAnswer, question: FakeQuestion): FakeReply {
  const said = complete(answer, question);
  const { error } = answer;
  if (error && error.status !== 200) return { type: JSON_TYPE, parts: [JSON.stringify(format.error(error))] };
  if (!question.stream || !format.stream)
    return { type: JSON_TYPE, parts: [JSON.stringify(error ? format.error(error) : format.plain(said, question))] };
  const events = format.stream(said, question);
  const framing = format.framing ?? 'sse';
  const parts = (error ? events.slice(0, -2) : events).map((event) => frame(framing, event));
  if (error) parts.push(errorIn(format, framing, error));
  return { type: TYPES[framing], parts };
}

function errorIn(
  format: FakeFormat,
  framing: keyof typeof TYPES,
  error: NonNullable<FakeAnswer['error']>,
): string | Buffer {
  if (framing !== 'frames' && framing !== 'chunks') return frame(framing, format.error(error) as object);
  return awsFrame(error.code, { message: error.message }, 'exception');
}

function frame(framing: keyof typeof TYPES, event: object | string): string | Buffer {
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  if (framing === 'sse') return `data: ${text}\n\n`;
  if (framing === 'named') return `event: ${(event as { type: string }).type}\ndata: ${text}\n\n`;
  if (framing === 'lines') return `${text}\n`;
  if (framing === 'chunks') return awsChunk(event);
  const [name, payload] = Object.entries(event)[0] as [string, unknown];
  return awsFrame(name, payload);
}

function complete(answer: FakeAnswer, { model }: FakeQuestion): Said {
  const text = answer.text ?? (answer.tools ? '' : 'Hello from the fake model.');
  return {
    text,
    words: text.match(/\S+\s*|\s+/g) ?? [],
    reasoning: answer.reasoning ?? '',
    tools: answer.tools ?? [],
    usage: answer.usage ?? { input: 12, output: 7 },
    model: answer.model ?? model,
  };
}

/** Halves of a text, as arguments of a tool are streamed. */
export function halves(text: string): [string, string] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}
