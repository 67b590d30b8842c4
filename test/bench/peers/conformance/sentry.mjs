import * as Sentry from '@sentry/nestjs';

export const packages = ['@sentry/nestjs'];

/**
 * `@SentryTraced()`, with Sentry set up as in its guide, except that nothing is sent.
 */
export function adapter() {
  let started = [];
  const ended = new WeakMap();
  const client = Sentry.init({
    dsn: 'https://public@localhost/1',
    tracesSampleRate: 1,
    // Their spans of HTTP and fetch would be mixed with the decorator's.
    defaultIntegrations: false,
    transport: () => ({ send: async () => ({}), flush: async () => true }),
  });
  client.on('spanStart', (span) => void started.push(span));
  client.on('spanEnd', (span) => void ended.set(span, true));
  return {
    cancels: false,
    decorate: () => Sentry.SentryTraced(),
    reset: () => void (started = []),
    spans: () => started.map((span) => asSpan(span, ended.has(span))),
  };
}

function asSpan(span, ended) {
  const { span_id, parent_span_id, description, start_timestamp, timestamp, status } = Sentry.spanToJSON(span);
  const failed = status !== undefined && status !== 'ok';
  return {
    name: description ?? '',
    id: span_id,
    parent: parent_span_id,
    outcome: ended ? (failed ? 'error' : 'ok') : 'open',
    ms: ended ? (timestamp - start_timestamp) * 1000 : undefined,
  };
}
