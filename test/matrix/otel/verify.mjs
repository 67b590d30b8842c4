import assert from 'node:assert/strict';

/** Checks that the trace has each operation once, in its place, with its tokens. Returns a note. */
export function verify({ trace, health }, cell) {
  const spans = trace.events.filter(
    ({ span_id: id, duration_ms: ms, attributes }) => id !== null && ms !== null && attributes,
  );
  const shown = spans.map(({ type, name, attributes }) => `${type} ${name} (${attributes['trace.source']})`);
  const about = `\n${shown.join('\n')}`;
  const of = (test) => spans.filter(test);
  const source = (span) => span.attributes['trace.source'];

  const llms = of(({ type }) => type === 'llm');
  assert.equal(llms.length, 3, `model calls${about}`);
  const { calls, input_tokens: input, output_tokens: output } = trace.summary.llm;
  assert.deepEqual({ calls, input, output }, { calls: 3, input: 40, output: 12 });
  assert.equal(of(({ name, type }) => type === 'agent' && name === 'supervisor').length, 1, `agents${about}`);
  const tools = of(({ type }) => type === 'tool');
  assert.deepEqual(
    tools.map(({ name }) => name),
    ['lookup'],
    `tools${about}`,
  );

  const gets = of(({ type }) => type === 'http');
  assert.equal(gets.length, 2, `HTTP calls${about}`);
  for (const get of gets) assert.equal(source(get), cell.outgoing === false ? 'otel' : 'http');

  const queries = of(
    ({ attributes }) => attributes['db.system.name'] === 'postgresql' || attributes['db.system'] === 'postgresql',
  ).filter(({ data }) => /SELECT/.test(JSON.stringify(data)));
  assert.equal(queries.length, 2, `queries${about}`);
  const inside = queries.filter(({ data }) => /inside/.test(JSON.stringify(data)));
  assert.deepEqual(
    inside.map(({ parent_span_id: id }) => id),
    [tools[0].span_id],
    `the query inside the tool${about}`,
  );
  assert.equal(queries.find((each) => each !== inside[0]).parent_span_id, null);
  if (cell.redis) {
    const sets = of(({ attributes }) => (attributes['db.system.name'] ?? attributes['db.system']) === 'redis').filter(
      ({ name }) => /set/i.test(name),
    );
    assert.equal(sets.length, 1, `Redis${about}`);
  }

  const ai = new Set(llms.map(source));
  if (cell.ai === false) assert.deepEqual([...ai], ['otel'], about);
  else if (cell.telemetry === 'own') assert.deepEqual([...ai].sort(), ['langchain', 'otel'], about);
  else assert.deepEqual([...ai].sort(), ['ai', 'langchain'], about);
  const ids = spans.map(({ span_id: id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { parent_span_id: parent, name } of spans)
    if (parent !== null) assert.ok(ids.includes(parent), `the parent of ${name} is not in the trace${about}`);
  assert.deepEqual(trace.errors, [], `errors${about}`);
  assert.equal(health.self_errors, 0, JSON.stringify(health));
  return `${spans.length} spans, tokens 40/12${cell.redis ? '' : '; no redis-server here'}`;
}
