import assert from 'node:assert/strict';
import { LONG_TEXT, PAUSE_MS, SENTENCE, TEXT, WORDS } from './fake-apis.mjs';
import { TOKENS } from './shapes.mjs';

/** How a call goes. */
export const WAYS = ['plain', 'streamed', 'left', 'aborted', 'busy', 'down', 'malformed', 'gzip', 'br', 'long'];

/** Compares the trace of a cell with what the API saw and what the application got. */
export function verifyWay(cell, requests) {
  const { way, trace } = cell;
  const calls = trace.events.filter(({ type, span_id }) => span_id && (type === 'llm' || type === 'http'));
  assert.equal(calls.length, requests.length, `spans of ${requests.length} calls`);
  assert.ok(
    calls.every(({ type }) => type === 'llm'),
    'each is a call to a model',
  );
  assert.deepEqual(trace.errors, [], 'a call that failed is not an error of the trace');
  const statuses = calls.map(({ attributes }) => attributes['http.response.status_code']);
  assert.deepEqual(
    statuses,
    requests.map(({ status }) => status),
    'the statuses are those of the API',
  );
  for (const call of calls) {
    assert.equal(call.attributes['gen_ai.request.model'], cell.model, 'the model');
    assert.equal(call.data.input.messages.at(-1).content, 'hola', 'the message');
  }
  VERDICTS[way](cell, calls, requests);
}

const VERDICTS = {
  plain: answered,
  gzip: answered,
  br: answered,
  streamed(cell, calls, requests) {
    answered(cell, calls);
    const [{ attributes }] = calls;
    const first = attributes['gen_ai.response.time_to_first_chunk'];
    cell.note = `first part after ${first} ms`;
    assert.ok(first >= PAUSE_MS - 2, `time to first token ${first} is not before the API sent it`);
    assert.ok(first <= cell.firstPartMs + 5, `time to first token ${first} is not after the application had it`);
    assert.ok(requests[0].first > 0);
  },
  long(cell, [call]) {
    assert.equal(cell.text, LONG_TEXT, 'the application has the whole text');
    assert.equal(outcomeOf(call), 'ok');
    assert.ok(call.attributes['http.response.body.size'] > LONG_TEXT.length, 'the size');
    counted(call);
  },
  left(cell, [call], [request]) {
    assert.equal(outcomeOf(call), 'cancelled');
    assert.ok(request.left, 'the connection was closed');
    const { text } = call.data.output ?? {};
    assert.ok(text?.startsWith(WORDS[0]) && TEXT.startsWith(text), `the text that arrived, not ${text}`);
  },
  aborted(cell, [call]) {
    assert.ok(cell.error, 'the application has an error');
    assert.equal(outcomeOf(call), 'cancelled');
  },
  busy(cell, [first, second]) {
    refused(first, 429);
    answered(cell, [second]);
    assert.equal(second.attributes['http.request.resend_count'], 1, 'the second is the first retry');
  },
  down(cell, [call]) {
    assert.ok(cell.error, 'the application has an error');
    refused(call, 500);
  },
  malformed(cell, [call]) {
    assert.ok(cell.error, 'the application has an error');
    assert.equal(call.usage, undefined, 'no tokens');
    assert.equal(call.data.output?.text, undefined, 'no text');
  },
};

function answered(cell, [call]) {
  assert.equal(cell.error, undefined, 'the application has no error');
  assert.equal(cell.text, TEXT, 'the application has the text');
  assert.equal(outcomeOf(call), 'ok');
  assert.equal(call.data.output.text, TEXT, 'the text');
  assert.ok(call.data.output.finish_reason, 'why it stopped');
  counted(call);
}

function counted(call) {
  const { input, output, cache_read } = call.data.usage ?? {};
  assert.deepEqual({ input, output, cache_read }, TOKENS, 'the tokens');
}

function refused(call, status) {
  assert.equal(outcomeOf(call), 'error');
  assert.ok(call.attributes['error.type'], 'why it failed');
  const { error } = call.data.output;
  assert.equal(error.message, SENTENCE, 'the reason');
  assert.equal(call.attributes['http.response.status_code'], status);
}

function outcomeOf({ data }) {
  return data.outcome ?? 'ok';
}
