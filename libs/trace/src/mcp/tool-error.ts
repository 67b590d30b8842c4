import { TraceCollectorError } from '../model/errors.js';
import type { TraceListItem } from '../contract/responses.js';

const MESSAGE_CHARACTERS = 1_000;

/** What an error names beside its code and its message. */
export interface ErrorParts {
  /** The allowed values, or a sentence about them. */
  allowed?: readonly string[] | string;
  /** Allowed values that are like the given one. */
  did_you_mean?: readonly string[];
  /** Names in the traces that are like the given one. They are captured text. */
  untrusted?: { did_you_mean: readonly string[] };
}

/** An error of a tool, with what a model needs to correct its call. */
export class ToolError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly parts: ErrorParts = {},
  ) {
    super(message);
    this.name = 'ToolError';
  }
}

/**
 * The one form of every error: `{ error: { code, message, allowed?, did_you_mean? } }`. `undefined` for an error that says
 * nothing to a caller.
 */
export function errorAnswer(error: unknown): { error: object } | undefined {
  if (error instanceof ToolError) {
    return { error: { code: error.code, message: error.message.slice(0, MESSAGE_CHARACTERS), ...error.parts } };
  }
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (!(error instanceof Error) || typeof code !== 'string' || !/^[A-Z][A-Z_]+$/.test(code)) return undefined;
  const { candidates } = error as Partial<TraceCollectorError>;
  const ids = (candidates as TraceListItem[] | undefined)?.map(({ trace_id }) => trace_id);
  return { error: { code, message: String(message).slice(0, MESSAGE_CHARACTERS), ...(ids && { did_you_mean: ids }) } };
}
