import type { ChatOutput } from '../../../../../model/chat.js';
import { readResponse } from '../../../../../model/chat/response.js';
import { compact, fieldsOf, textAt, type Fields } from '../../../../../model/chat/values.js';
import type { ModelResponse, OutgoingResponse } from '../../../outgoing-dialect.js';
import type { Assembly, ModelApi } from '../model-api.js';
import { awsEvents } from '../stream/aws-frames.js';
import { offsetOf, streamReader } from '../stream/read-stream.js';
import { errorOf, failureOf, readError } from './failure.js';
import { valueOf } from './partial-json.js';
import { objectIn, wordIn } from './tail.js';

/** A body as it was read. */
interface Whole {
  body: Fields;
  /** The same where it is no object, for errors. */
  raw: unknown;
  firstTokenAt?: number;
  /** Last events of a stream that was too long: usage, and why it stopped. */
  last?: Fields;
  /** The text ends before the answer does. */
  cut: boolean;
}

/** Reads a response, plain or streamed, whole or cut. */
export function readAnswer(api: ModelApi, response: OutgoingResponse): ModelResponse {
  const { tail } = response.body;
  const { answered = 'model' } = api;
  const whole = readStream(api, response) ?? readBody(response);
  const { body, last = {}, cut } = whole;
  const error = readError(whole.raw, response.status, response.headers) ?? errorOf(last.error);
  const output: ChatOutput = {
    ...(api.output?.(body, response.body.whole) ?? readResponse(body)),
    ...(error && { error }),
  };
  if (last !== body) output.finish_reason = readResponse(last)?.finish_reason ?? output.finish_reason;
  if (tail !== '' && !error) output.finish_reason ??= finishIn(tail);
  if (cut && output.text !== undefined && !output.text.endsWith('…')) output.text += '…';
  const kept = compact(output);
  return compact<ModelResponse>({
    output: Object.keys(kept).length > 0 ? kept : undefined,
    model: textAt(body, answered) ?? textAt(last, answered) ?? wordIn(tail, answered),
    usage: usageOf(api, body, last, response),
    finish: kept.finish_reason,
    firstTokenAt: whole.firstTokenAt,
    failure: error && failureOf(error),
  });
}

function readBody({ body }: OutgoingResponse): Whole {
  const raw = valueOf(body);
  return { body: fieldsOf(raw) ?? {}, raw, cut: false };
}

function readStream(api: ModelApi, response: OutgoingResponse): Whole | undefined {
  const { body: copy, headers } = response;
  const read = streamReader(headers['content-type'] ?? '', copy.text);
  if (!read || !api.assembly) return undefined;
  const assembly = api.assembly();
  let firstTokenAt: number | undefined;
  for (const { data, name, end } of read(copy.text)) {
    const event = fieldsOf(data);
    const hasContent = event !== undefined && assembly.add(event, name);
    // Frames of Amazon count their bytes themselves.
    if (hasContent) firstTokenAt ??= (read === awsEvents ? end : offsetOf(copy, end)) - 1;
  }
  const { body } = assembly;
  if (copy.tail === '') return { body, raw: body, firstTokenAt, cut: false };
  // Deltas of the tail would be added behind a gap, so they have an assembly of their own.
  const last = readTail(api.assembly(), read(copy.tail, 'tail'));
  const whole = last.complete === true ? last.body : body;
  return { body: whole, raw: whole, firstTokenAt, last: last.body, cut: last.complete !== true };
}

function readTail(assembly: Assembly, events: Iterable<{ data: unknown; name: string }>): Assembly {
  for (const { data, name } of events) {
    const event = fieldsOf(data);
    if (event) assembly.add(event, name);
  }
  return assembly;
}

/** Anthropic reports the input's tokens at the start of a stream, and the output's at its end. */
function usageOf(api: ModelApi, body: Fields, last: Fields, response: OutgoingResponse): unknown {
  const found = api.usage(body, response);
  const late = api.usage(last, response);
  const usage = fieldsOf(found) && fieldsOf(late) ? { ...fieldsOf(found), ...fieldsOf(late) } : (late ?? found);
  if (response.body.tail === '') return usage;
  for (const name of api.usageNames) {
    if (late !== undefined) break;
    const object = objectIn(response.body.tail, name);
    if (object) return { ...fieldsOf(found), ...object };
  }
  return usage;
}

const FINISH = ['finish_reason', 'stop_reason', 'finishReason', 'stopReason', 'done_reason'] as const;

function finishIn(tail: string): string | undefined {
  for (const name of FINISH) {
    const word = wordIn(tail, name);
    if (word !== undefined) return word;
  }
  return undefined;
}
