/**
 * Writes a directory of traces as fast as the disk allows: the journal that an application would have written, with the
 * codec's own lines, but many per write.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { RecordEncoder } from '../../../dist/libs/trace/src/journal/codec/codec.js';
import { segmentFile } from '../../../dist/libs/trace/src/journal/codec/format.js';

const WRITER_ID = '00000000-0000-4000-8000-000000000001';
const SEGMENT_BYTES = 64 * 1024 * 1024;
const BUFFER_BYTES = 4 * 1024 * 1024;
const WORDS =
  'quiero agendar una cita para mañana por la tarde con el doctor cuánto cuesta la consulta tienen horario hoy gracias buenos días necesito cambiar mi reserva el precio del tratamiento'.split(
    ' ',
  );

const TEXT = longText(1024 * 1024);

/** A generator of numbers below 1 that is the same in every run. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * @param options.traces how many, evenly over `options.days` that end now; ten events each, with `options.bytes` of
 *   payload in each of four of them
 * @param options.segmentBytes size at which the next segment begins. Default: 64 MB
 * @param options.rareWord is in the payload of one trace of the last day
 */
export function writeJournal(dir, { traces, days, bytes, rareWord, segmentBytes = SEGMENT_BYTES }) {
  const random = randomFrom(42);
  const journal = join(dir, 'journal');
  mkdirSync(journal, { recursive: true });
  const out = new Segments(journal, segmentBytes);
  const endUs = Date.now() * 1000 - 60_000_000;
  const stepUs = (days * 86_400_000_000) / traces;
  const contacts = Math.max(10, Math.floor(traces / 20));
  const ids = [];
  let written = 0;
  for (let n = 1; n <= traces; n++) {
    const at = Math.floor(endUs - (traces - n) * stepUs);
    const contact = contactName(Math.floor(random() * contacts));
    const id = `${contact}_${stamp(at)}`;
    const rare = rareWord && n === traces - Math.floor(traces / days / 2);
    written += writeTrace(out, { key: `1-${n}`, at, contact, id, random, bytes, rare: rare ? rareWord : '' });
    if (n % Math.max(1, Math.floor(traces / 1_000)) === 0) ids.push({ id, contact });
  }
  out.close();
  return { events: written, bytes: out.total, ids };
}

/** Ten events, 11 to 12 records. */
function writeTrace(out, { key: trace, at, contact, id, random, bytes, rare }) {
  const score = Math.floor(random() * 10) + 1;
  const agent = score > 7 ? 'sofia' : score > 4 ? 'carlos' : 'maria';
  const failed = random() < 0.02;
  const data = (more = '') => JSON.stringify({ text: words(random, bytes) + more, score });
  const agentSpan = hex(random);
  const toolSpan = hex(random);
  const took = Math.floor(200_000 + random() * random() * 4_000_000);
  let ts = at;
  const put = (draft) => out.put({ trace, ts: (ts += Math.floor(took / 10)), ...draft });
  out.put({
    kind: 'open',
    trace,
    ts: at,
    id: `unknown_${id.slice(contact.length + 1)}`,
    traceparent: `00-${hex(random)}${hex(random)}-${agentSpan}-01`,
    method: 'POST',
    path: '/webhook',
  });
  put({
    kind: 'identify',
    id,
    contact,
    message: words(random, 40),
    type: 'generic',
    direction: 'inbound',
    message_id: `m${hex(random)}`,
    body: data(),
  });
  put({
    kind: 'event',
    type: 'intelligence_analysis',
    data: JSON.stringify({ lead_score: score, suggested_agent: agent }),
  });
  const facts = { from: 'supervisor', to: agent };
  put({ kind: 'event', type: 'agent_routing', facts, data: JSON.stringify(facts) });
  put({ kind: 'response', status: 200, ms: 12 });
  put({ kind: 'span', span: agentSpan, name: agent, type: 'agent', input: data(rare) });
  put({
    kind: 'span',
    span: toolSpan,
    parent: agentSpan,
    name: 'check_calendar_availability',
    type: 'tool',
    input: data(),
  });
  put({ kind: 'span_end', span: toolSpan, ms: took / 10_000, output: data(), ...(failed ? { outcome: 'error' } : {}) });
  if (failed)
    put({
      kind: 'error',
      location: 'CalendarTool.check',
      type: 'TimeoutError',
      message: 'no answer',
      fingerprint: 'f1',
    });
  put({ kind: 'span_end', span: agentSpan, ms: took / 5_000 });
  put({ kind: 'event', type: 'message_sent', data: JSON.stringify({ message: words(random, 60) }) });
  put({ kind: 'event', type: 'crm_updated', data: JSON.stringify({ ok: true }) });
  put({ kind: 'end', status: 'completed' });
  return 10;
}

class Segments {
  total = 0;
  #journal;
  #segmentBytes;
  #encoder = new RecordEncoder();
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #filled = 0;
  #fd = -1;
  #number = 0;
  #bytes = 0;
  #seq = 0;

  constructor(journal, segmentBytes) {
    this.#journal = journal;
    this.#segmentBytes = segmentBytes;
    this.#next();
  }

  put(draft) {
    const length = this.#encoder.encode(draft, ++this.#seq);
    if (this.#filled + length > BUFFER_BYTES) this.#flush();
    this.#encoder.buffer.copy(this.#buffer, this.#filled, 0, length);
    this.#filled += length;
    this.#bytes += length;
    if (this.#bytes >= this.#segmentBytes && draft.kind === 'end') this.#next();
  }

  close() {
    this.#encode({ kind: 'seal', ts: Date.now() * 1000 });
    this.#flush();
    closeSync(this.#fd);
  }

  #next() {
    if (this.#fd !== -1) this.close();
    this.#number += 1;
    this.#bytes = 0;
    this.#fd = openSync(join(this.#journal, segmentFile(this.#number)), 'wx', 0o600);
    const header = {
      kind: 'segment',
      format: 2,
      writer: 1,
      writer_id: WRITER_ID,
      process: '1-0-0',
      pid: 1,
      host: 'bench',
      version: '0.0.0',
    };
    this.#encode({ ...header, ts: Date.now() * 1000 });
  }

  #encode(draft) {
    const length = this.#encoder.encode(draft, ++this.#seq);
    if (this.#filled + length > BUFFER_BYTES) this.#flush();
    this.#encoder.buffer.copy(this.#buffer, this.#filled, 0, length);
    this.#filled += length;
  }

  #flush() {
    for (let done = 0; done < this.#filled;) done += writeSync(this.#fd, this.#buffer, done, this.#filled - done);
    this.total += this.#filled;
    this.#filled = 0;
  }
}

function contactName(n) {
  const random = randomFrom(n + 1);
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: 20 }, () => letters[Math.floor(random() * 62)]).join('');
}

/** A piece of a long text: generating each word would take longer than all the rest. */
function words(random, length) {
  const start = Math.floor(random() * (TEXT.length - length));
  return TEXT.slice(start, start + length);
}

function longText(length) {
  const random = randomFrom(5);
  let text = '';
  while (text.length < length) text += `${WORDS[Math.floor(random() * WORDS.length)]} `;
  return text;
}

function hex(random) {
  return (
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0') +
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  );
}

function stamp(us) {
  const iso = new Date(Math.floor(us / 1000)).toISOString();
  const micros = String(us % 1_000_000).padStart(6, '0');
  return `${iso.slice(0, 10).replaceAll('-', '')}_${iso.slice(11, 19).replaceAll(':', '')}_${micros}`;
}
