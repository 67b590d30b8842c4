import { JsonPiece } from '../../model/json-pieces.js';
import type { JsonText, RecordDraft } from '../../model/record.js';
import { member, type LineBuilder } from './line-builder.js';

/** The beginning of each line of a kind, up to the value of `seq`. */
export const BEGINNINGS = Object.fromEntries(
  (
    [
      'segment',
      'open',
      'identify',
      'handler',
      'contact',
      'event',
      'span',
      'span_end',
      'error',
      'response',
      'end',
      'gap',
      'seal',
    ] satisfies RecordDraft['kind'][]
  ).map((kind) => [kind, JsonPiece.of(`{"crc":"00000000","kind":"${kind}","seq":`)]),
) as Record<RecordDraft['kind'], JsonPiece>;

const TRUE = 'true' as JsonText;
const M = {
  aborted: member('aborted'),
  after_response: member('after_response'),
  again: member('again'),
  alias: member('alias'),
  attributes: member('attributes'),
  baggage: member('baggage'),
  before: member('before'),
  body: member('body'),
  by: member('by'),
  cause: member('cause'),
  contact: member('contact'),
  contacts: member('contacts'),
  context: member('context'),
  data: member('data'),
  detail: member('detail'),
  dialect: member('dialect'),
  direction: member('direction'),
  dropped: member('dropped'),
  edited: member('edited'),
  error: member('error'),
  facts: member('facts'),
  fingerprint: member('fingerprint'),
  format: member('format'),
  guard: member('guard'),
  handler: member('handler'),
  host: member('host'),
  id: member('id'),
  input: member('input'),
  late: member('late'),
  link: member('link'),
  location: member('location'),
  lossy: member('lossy'),
  media: member('media'),
  message: member('message'),
  message_id: member('message_id'),
  messages: member('messages'),
  method: member('method'),
  ms: member('ms'),
  name: member('name'),
  notices: member('notices'),
  outcome: member('outcome'),
  output: member('output'),
  parent: member('parent'),
  path: member('path'),
  pid: member('pid'),
  placeholders: member('placeholders'),
  process: member('process'),
  route: member('route'),
  sampled: member('sampled'),
  shape: member('shape'),
  span: member('span'),
  stack: member('stack'),
  status: member('status'),
  trace: member('trace'),
  traceparent: member('traceparent'),
  tracestate: member('tracestate'),
  type: member('type'),
  unparsed: member('unparsed'),
  usage: member('usage'),
  version: member('version'),
  writer: member('writer'),
  writer_id: member('writer_id'),
};

/**
 * Writes all members of a record after `kind`, `seq` and `ts`. Payloads are JSON already and come last, so that an indexer
 * can stop before them.
 */
export function writeMembers(line: LineBuilder, draft: RecordDraft): void {
  if ('trace' in draft) line.string(M.trace, draft.trace);
  switch (draft.kind) {
    case 'event':
      line.string(M.type, draft.type);
      line.string(M.span, draft.span);
      line.number(M.ms, draft.ms);
      if (draft.late) line.json(M.late, TRUE);
      if (draft.facts) line.json(M.facts, JSON.stringify(draft.facts) as JsonText);
      line.json(M.data, draft.data);
      return;
    case 'span':
      line.string(M.span, draft.span);
      line.string(M.parent, draft.parent);
      line.string(M.name, draft.name);
      line.string(M.type, draft.type);
      if (draft.late) line.json(M.late, TRUE);
      if (draft.attributes) line.json(M.attributes, JSON.stringify(draft.attributes) as JsonText);
      line.json(M.input, draft.input);
      return;
    case 'span_end':
      line.string(M.span, draft.span);
      line.number(M.ms, draft.ms);
      line.string(M.outcome, draft.outcome);
      line.string(M.shape, draft.shape);
      if (draft.lossy) line.json(M.lossy, TRUE);
      if (draft.late) line.json(M.late, TRUE);
      if (draft.attributes) line.json(M.attributes, JSON.stringify(draft.attributes) as JsonText);
      if (draft.usage) line.json(M.usage, JSON.stringify(draft.usage) as JsonText);
      line.json(M.input, draft.input);
      line.json(M.output, draft.output);
      return;
    case 'open':
      line.string(M.id, draft.id);
      line.string(M.traceparent, draft.traceparent);
      line.string(M.link, draft.link);
      line.string(M.parent, draft.parent);
      if (draft.sampled) line.json(M.sampled, TRUE);
      line.string(M.tracestate, draft.tracestate);
      line.string(M.baggage, draft.baggage);
      line.string(M.method, draft.method);
      line.string(M.path, draft.path);
      line.string(M.route, draft.route);
      return;
    case 'identify':
      line.string(M.id, draft.id);
      line.string(M.contact, draft.contact);
      line.string(M.message, draft.message);
      line.string(M.type, draft.type);
      line.string(M.direction, draft.direction);
      line.string(M.message_id, draft.message_id);
      line.string(M.alias, draft.alias);
      if (draft.contacts) line.json(M.contacts, JSON.stringify(draft.contacts) as JsonText);
      if (draft.messages) line.json(M.messages, JSON.stringify(draft.messages) as JsonText);
      line.string(M.dialect, draft.dialect);
      line.string(M.media, draft.media);
      if (draft.edited) line.json(M.edited, TRUE);
      if (draft.notices) line.json(M.notices, JSON.stringify(draft.notices) as JsonText);
      if (draft.placeholders) line.json(M.placeholders, JSON.stringify(draft.placeholders) as JsonText);
      line.number(M.unparsed, draft.unparsed);
      if (draft.again) line.json(M.again, TRUE);
      line.string(M.handler, draft.handler);
      line.json(M.body, draft.body);
      return;
    case 'handler':
      line.string(M.handler, draft.handler);
      line.string(M.route, draft.route);
      return;
    case 'contact':
      line.string(M.contact, draft.contact);
      line.string(M.before, draft.before);
      return;
    case 'error':
      line.string(M.span, draft.span);
      line.string(M.location, draft.location);
      line.string(M.type, draft.type);
      line.string(M.message, draft.message);
      line.string(M.fingerprint, draft.fingerprint);
      line.string(M.guard, draft.guard);
      if (draft.after_response) line.json(M.after_response, TRUE);
      if (draft.late) line.json(M.late, TRUE);
      line.string(M.stack, draft.stack);
      line.json(M.cause, draft.cause);
      line.json(M.detail, draft.detail);
      line.json(M.context, draft.context);
      return;
    case 'response':
      line.number(M.status, draft.status);
      line.number(M.ms, draft.ms);
      if (draft.aborted) line.json(M.aborted, TRUE);
      line.string(M.error, draft.error);
      return;
    case 'end':
      line.string(M.status, draft.status);
      line.number(M.dropped, draft.dropped);
      line.number(M.by, draft.by);
      return;
    case 'segment':
      line.number(M.format, draft.format);
      line.number(M.writer, draft.writer);
      line.string(M.writer_id, draft.writer_id);
      line.string(M.process, draft.process);
      line.number(M.pid, draft.pid);
      line.string(M.host, draft.host);
      line.string(M.version, draft.version);
      return;
    case 'gap':
      line.json(M.dropped, JSON.stringify(draft.dropped) as JsonText);
      return;
    case 'seal':
  }
}
