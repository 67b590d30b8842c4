import type { Fields } from '../../../../model/chat/values.js';
import type { OutgoingRequest, OutgoingResponse, OutgoingTarget } from '../../outgoing-dialect.js';

/** Puts the events of a stream together. */
export interface Assembly {
  /** The response as far as it was put together, in the form of one that was not streamed. */
  readonly body: Fields;
  /** An event had the whole response. */
  readonly complete?: boolean;
  /** Adds one event; returns whether it has content: text, reasoning, or arguments of a tool. */
  add(event: Fields, name: string): boolean;
}

/** One kind of model API. Members are data, or functions of one line. */
export interface ModelApi {
  name: string;
  provider(target: OutgoingTarget): string;
  /** Asked for each outgoing call: the path first, because comparing the host with all known ones takes 5 µs. */
  match(target: OutgoingTarget): boolean;
  /** Whether a body asks a model. Default: every one does. */
  accepts?(body: Fields, request: OutgoingRequest): boolean;
  /** Model in the path. */
  modelAt?(target: OutgoingTarget): string | undefined;
  /** A new assembly of a stream. Absent: the API does not stream. */
  assembly?(): Assembly;
  /** Usage in a response. */
  usage(body: Fields, response: OutgoingResponse): unknown;
  /** Names of objects with usage, for the tail of a body that was too long. */
  usageNames: readonly string[];
  /** Member with the model that answered. Default: `model`. */
  answered?: string;
  /** Output of a response that is no chat. Default: the canonical chat. */
  output?(body: Fields, whole: boolean): object | undefined;
}
