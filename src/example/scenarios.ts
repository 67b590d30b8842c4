import { paced } from './pace.js';
import { SIGNATURE_HEADER } from './signature.guard.js';
import { DETAILED_QUOTE_MS } from './tools/quote.tool.js';

/** Duration from which a trace has a hint that names its slow step. */
const SLOW_MS = 5_000;

/** One sample webhook, and the expected result of its trace. */
export interface Scenario {
  title: string;
  path: string;
  headers?: Record<string, string>;
  body: { contactId: string; body: string };
  httpStatus: number;
  traceStatus: string;
  /** A part of one of its debug hints. */
  hint: string;
}

/** The tool's failure comes last: `get-trace error` then shows it. */
export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'a booking',
    path: '/webhook',
    body: { contactId: 'z49hFQn0DxOX5sInJg60', body: 'Quiero agendar una cita' },
    httpStatus: 202,
    traceStatus: 'completed',
    hint: 'Workflow completed successfully',
  },
  {
    title: 'a slow one',
    path: '/webhook',
    body: { contactId: 'c55nYtD9GhJk1LzXcV77', body: 'Necesito una cotización detallada para mi empresa' },
    httpStatus: 202,
    traceStatus: 'completed',
    // At a higher speed it is no longer slow.
    hint: paced(DETAILED_QUOTE_MS) > SLOW_MS ? 'prepare_quote' : 'Workflow completed successfully',
  },
  {
    title: 'one left unanswered',
    path: '/webhook',
    body: { contactId: 'd12wEsQ4MnBv8CxZaS90', body: 'Gracias, hasta luego' },
    httpStatus: 202,
    traceStatus: 'silent',
    hint: 'no reply was recorded',
  },
  {
    title: 'a routing loop',
    path: '/webhook',
    body: { contactId: 'e67rTyU3IoPa5SdFgH21', body: 'No sé si quiero información o precios' },
    httpStatus: 202,
    traceStatus: 'completed',
    hint: 'carlos → maria',
  },
  {
    title: 'a rejected signature',
    path: '/webhook/signed',
    headers: { [SIGNATURE_HEADER]: 'sha256=0000' },
    body: { contactId: 'f90jKlN6BvCx2ZqWeR48', body: 'Quiero agendar una cita' },
    httpStatus: 401,
    traceStatus: 'error',
    hint: '401',
  },
  {
    title: 'a tool that fails',
    path: '/webhook',
    body: { contactId: 'a81kLmB2PqRs7TuVwX34', body: 'Agenda mi cita el domingo a las 10' },
    httpStatus: 202,
    traceStatus: 'error',
    hint: 'book_appointment',
  },
];
