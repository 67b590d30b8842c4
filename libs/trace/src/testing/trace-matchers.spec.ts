import { expect as importedExpect } from '@jest/globals';
import type { FullTraceResponse } from '../contract/responses.js';
import { traceMatchers } from './trace-matchers.js';
import './matcher-types.js';

expect.extend(traceMatchers);
importedExpect.extend(traceMatchers);

const event = (fields: object) => ({
  seq: 1,
  timestamp: '2024-01-20T14:30:22.000000Z',
  name: null,
  span_id: null,
  parent_span_id: null,
  duration_ms: null,
  data: null,
  ...fields,
});

const trace = {
  trace_id: 'ana_20240120_143022_000001',
  status: 'completed',
  timeline: ["[14:30:22] 📥 Received: 'Hola'"],
  summary: { message_sent: true, routing_path: ['supervisor → maria', 'maria → sofia', 'sofia → carlos'] },
  events: [
    event({ type: 'webhook_received', data: { message: 'Hola' } }),
    event({ type: 'agent', name: 'sofia', span_id: 'a', duration_ms: 5 }),
    event({ type: 'tool', name: 'calendar', span_id: 'b', duration_ms: 1, data: { input: { day: 'monday', n: [1] } } }),
    event({ type: 'tool', name: 'calendar', span_id: 'c', duration_ms: 1, data: { input: { day: 'sunday' } } }),
    event({ type: 'tool_execution', data: { tool: 'crm', id: 7 } }),
    event({ type: 'error', name: 'sofia.reply' }),
    event({ type: 'log', data: { level: 'info', message: 'no slot on monday' } }),
    event({ type: 'message_sent', data: { message: '¡Perfecto! 10:00?' } }),
  ],
} as unknown as FullTraceResponse;
const quiet = { ...trace, summary: { message_sent: false }, events: [] } as FullTraceResponse;
const running = {
  ...trace,
  events: [event({ type: 'llm', name: 'compose', span_id: 'd' })],
} as unknown as FullTraceResponse;

/** The text of a failed expectation, without its colours. */
function failure(expectation: () => void): string {
  try {
    expectation();
  } catch (error) {
    return (error as Error).message;
  }
  return 'it passed';
}

describe('toHaveRoute', () => {
  it('matches a route and any part of it, in three notations', () => {
    expect(trace).toHaveRoute('supervisor', 'maria', 'sofia', 'carlos');
    expect(trace).toHaveRoute('maria', 'sofia');
    expect(trace).toHaveRoute('supervisor → maria → sofia');
    expect(trace).toHaveRoute('supervisor → maria', 'maria → sofia');
    expect(trace).not.toHaveRoute('supervisor', 'sofia');
    expect(trace).not.toHaveRoute('sofia', 'maria');
    expect(trace).not.toHaveRoute('sofia');
    expect(quiet).not.toHaveRoute('supervisor', 'maria');
  });

  it('shows the actual route', () => {
    expect(failure(() => expect(trace).toHaveRoute('supervisor', 'sofia'))).toBe(
      `expected the trace to be routed supervisor → sofia

its route: supervisor → maria, maria → sofia, sofia → carlos

trace ana_20240120_143022_000001, completed
  [14:30:22] 📥 Received: 'Hola'`,
    );
    expect(failure(() => expect(quiet).toHaveRoute('a', 'b'))).toContain('nothing was routed');
    expect(failure(() => expect(trace).not.toHaveRoute('maria', 'sofia'))).toContain('not to be routed maria → sofia');
    expect(failure(() => expect(trace).toHaveRoute())).toContain('no agents were given');
  });
});

describe('toHaveCalledTool', () => {
  it('matches spans and events, how often, and parts of the input', () => {
    expect(trace).toHaveCalledTool('calendar');
    expect(trace).toHaveCalledTool('crm');
    expect(trace).toHaveCalledTool('calendar', { times: 2 });
    expect(trace).toHaveCalledTool('calendar', { times: 1, input: { day: 'monday' } });
    expect(trace).toHaveCalledTool('calendar', { input: { n: [1] } });
    expect(trace).not.toHaveCalledTool('calendar', { times: 1 });
    expect(trace).not.toHaveCalledTool('calendar', { input: { n: [1, 2] } });
    expect(trace).not.toHaveCalledTool('calendar', { input: undefined });
    expect(trace).not.toHaveCalledTool('sofia');
    expect(trace).toHaveCalledTool('mail', { times: 0 });
  });

  it('shows the actual calls', () => {
    const text = failure(() => expect(trace).toHaveCalledTool('calendar', { times: 1, input: { day: 'friday' } }));
    expect(text).toContain('to have called the tool calendar with {"day":"friday"} 1 times\n');
    expect(text).toContain('its calls:\n  calendar({"day":"monday","n":[1]})\n  calendar({"day":"sunday"})\n');
    expect(failure(() => expect(trace).toHaveCalledTool('mail'))).toContain('  crm({"tool":"crm","id":7})');
    expect(failure(() => expect(quiet).toHaveCalledTool('mail'))).toContain('it called no tool');
  });
});

describe('toHaveLogged', () => {
  it('finds a line by its text and its level', () => {
    expect(trace).toHaveLogged('no slot');
    expect(trace).toHaveLogged(/MONDAY/i, 'log');
    expect(trace).not.toHaveLogged('no slot', 'warn');
    expect(quiet).not.toHaveLogged('no slot');
  });

  it('shows the lines that there are', () => {
    expect(failure(() => expect(trace).toHaveLogged('slow', 'warn'))).toContain('  info no slot on monday');
    expect(failure(() => expect(quiet).toHaveLogged(/x/))).toContain('no log line was recorded');
  });
});

describe('toHaveReplied', () => {
  it('matches a reply, and its text', () => {
    expect(trace).toHaveReplied();
    expect(trace).toHaveReplied('10:00');
    expect(trace).toHaveReplied(/perfecto/i);
    const global = /10/g;
    expect(trace).toHaveReplied(global);
    expect(trace).toHaveReplied(global);
    expect(trace).not.toHaveReplied('11:00');
    expect(quiet).not.toHaveReplied();
  });

  it('shows the sent replies', () => {
    expect(failure(() => expect(trace).toHaveReplied('11:00'))).toContain(
      'to have replied with "11:00"\n\nit sent:\n  "¡Perfecto! 10:00?"\n',
    );
    expect(failure(() => expect(quiet).toHaveReplied())).toContain('nothing was sent');
  });
});

describe('toHaveNoOpenSpans', () => {
  it('distinguishes spans from points', () => {
    expect(trace).toHaveNoOpenSpans();
    expect(running).not.toHaveNoOpenSpans();
  });

  it('shows the open spans', () => {
    expect(failure(() => expect(running).toHaveNoOpenSpans())).toContain(
      'not to have open spans\n\nstill open:\n  llm compose since 2024-01-20T14:30:22.000000Z',
    );
    expect(failure(() => expect(trace).not.toHaveNoOpenSpans())).toContain('all 3 spans have ended');
  });
});

describe('every matcher', () => {
  it('is available on the expect of @jest/globals, with types', () => {
    importedExpect(trace).toHaveRoute('maria', 'sofia');
    importedExpect(trace).not.toHaveReplied('11:00');
  });

  it.each(Object.keys(traceMatchers) as (keyof typeof traceMatchers)[])(
    '%s refuses a value that is no full trace',
    (name) => {
      const matcher = traceMatchers[name] as (received: unknown) => unknown;
      expect(() => matcher(Promise.resolve(trace))).toThrow(`${name} is for a full trace`);
      expect(() => matcher(Promise.resolve(trace))).toThrow('a promise: await it first');
      expect(() => matcher({ timeline: [] })).toThrow('an export, which has no events');
      expect(() => matcher(undefined)).toThrow('it was given undefined');
    },
  );
});
