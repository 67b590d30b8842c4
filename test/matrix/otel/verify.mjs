import assert from 'node:assert/strict';

/** The step, its source, and after `<` the step around it; `webhook`: none. In any order, each as often as it stands here. */
const QUERIES = [
  'db pg.connect (otel) < webhook',
  'db pg.query:SELECT postgres (otel) < webhook',
  'db pg.query:SELECT postgres (otel) < tool lookup',
  'db pg.query:SELECT postgres (otel) < webhook',
];
/** What ioredis sends by itself when it connects, and the one command. A Redis below 7.2 refuses the two of `client`. */
const REDIS = ['connect', 'client', 'client', 'info', 'set'].map((command) => `db ${command} (otel) < webhook`);
const calls = (source) => [1, 2, 3].map(() => `http GET (${source}) < webhook`);
const AI_CAPTURED = [
  'agent supervisor (ai) < webhook',
  'llm m-1 (ai) < agent supervisor',
  'tool lookup (ai) < agent supervisor',
  'llm m-1 (ai) < agent supervisor',
];
const AI_SPANS = [
  'agent supervisor (otel) < webhook',
  'step step 1 (otel) < agent supervisor',
  'llm m-1 (otel) < step step 1',
  'tool lookup (otel) < step step 1',
  'step step 2 (otel) < agent supervisor',
  'llm m-1 (otel) < step step 2',
];
const GRAPH_CAPTURED = [
  'step LangGraph (langchain) < webhook',
  'agent answer (langchain) < step LangGraph',
  'llm fake-1 (langchain) < agent answer',
  'agent approval (langchain) < webhook',
  'agent approve (langchain) < agent approval',
];
const GRAPH_SPANS = [
  'step LangGraph (otel) < webhook',
  'step __start__ (otel) < step LangGraph',
  'step answer (otel) < step LangGraph',
  'llm Fake (otel) < step answer',
  'step approval (otel) < webhook',
  'step __start__ (otel) < step approval',
  'step approve (otel) < step approval',
];

/** Checks that the trace has each operation once, in its place, with its tokens, and no error. Returns a note. */
export function verify({ trace, health }, cell) {
  const spans = trace.events.filter(({ span_id: id, duration_ms: ms }) => id !== null && ms !== null);
  const titles = new Map(spans.map((span) => [span.span_id, `${span.type} ${span.name.replace(/^GET .*/, 'GET')}`]));
  assert.equal(titles.size, spans.length, 'a step has the id of another');
  const shown = spans.map(
    ({ span_id: id, parent_span_id: parent, attributes }) =>
      `${titles.get(id)} (${attributes?.['trace.source']}) < ${parent === null ? 'webhook' : titles.get(parent)}`,
  );
  const expected = [
    ...QUERIES,
    ...(cell.redis ? REDIS : []),
    ...calls(cell.outgoing === false ? 'otel' : 'http'),
    ...(cell.ai === false || cell.telemetry === 'own' ? AI_SPANS : AI_CAPTURED),
    ...(cell.ai === false ? GRAPH_SPANS : GRAPH_CAPTURED),
  ];
  assert.deepEqual(shown.toSorted(), expected.toSorted());

  const { calls: models, input_tokens: input, output_tokens: output } = trace.summary.llm;
  assert.deepEqual({ models, input, output }, { models: 3, input: 40, output: 12 });
  const texts = spans.filter(({ name }) => name.startsWith('pg.query')).map(({ data }) => data.input);
  assert.deepEqual(texts.toSorted(), ['SELECT 1 AS plain', 'SELECT 2 AS inside', 'SELECT refused']);

  const ended = (how) => spans.filter(({ data }) => data.outcome === how).map((span) => titles.get(span.span_id));
  const refused = ended('error').filter((title) => title !== 'db client');
  assert.deepEqual(refused.toSorted(), ['db pg.query:SELECT postgres', 'http GET'], 'steps that failed');
  assert.deepEqual(ended('cancelled'), [cell.ai === false ? 'step approve' : 'agent approve'], 'control flow');
  assert.deepEqual(
    trace.errors.map(({ type, message, location }) => `${location}: ${type}: ${message}`),
    [],
  );
  assert.equal(trace.status, 'completed');
  assert.equal(health.self_errors, 0, `health: ${JSON.stringify(health)}`);
  return `${spans.length} steps, tokens 40/12${cell.redis ? '' : '; no redis-server here'}`;
}
