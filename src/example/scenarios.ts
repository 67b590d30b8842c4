import { BROKEN_RECORD } from './fakes/crm-api.js';
import { SLOW_MODEL_MS } from './fakes/model-api.js';
import { CLOSED_WINDOW } from './fakes/whatsapp-api.js';
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
    title: 'a slow model',
    path: '/webhook',
    body: { contactId: 'h13aQwE9RtYuIoPlKj72', body: 'Tómate tu tiempo: ¿cómo trabajan?' },
    httpStatus: 202,
    traceStatus: 'completed',
    hint:
      paced(SLOW_MODEL_MS) > SLOW_MS
        ? 'of the time was spent waiting for 127.0.0.1'
        : 'Workflow completed successfully',
  },
  {
    title: 'a busy model',
    path: '/webhook',
    body: { contactId: 'i46zXcV2BnMaSdFgHj83', body: '¿Qué precio tiene el plan anual?' },
    httpStatus: 202,
    traceStatus: 'completed',
    hint: 'answered 429 twice, then 200',
  },
  {
    title: 'a reply refused',
    path: '/webhook',
    body: { contactId: CLOSED_WINDOW, body: '¿Sigue la promoción del mes pasado?' },
    httpStatus: 202,
    traceStatus: 'silent',
    hint: 'The reply was refused: meta 400 131047',
  },
  {
    title: 'an answer cut off',
    path: '/webhook',
    body: { contactId: 'j57qWeR4TyUiOpAsDf94', body: 'Explícame todo el catálogo' },
    httpStatus: 202,
    traceStatus: 'completed',
    hint: 'cut at the limit of tokens',
  },
  {
    title: 'an empty answer',
    path: '/webhook',
    body: { contactId: 'k68gHjK1LzXcVbNmQw05', body: 'Hmm' },
    httpStatus: 202,
    traceStatus: 'silent',
    hint: 'answered with nothing',
  },
  {
    title: 'a tool not run',
    path: '/webhook',
    body: { contactId: 'l79eRtY6UiOpAsDfGh16', body: 'Tengo un cupón de verano' },
    httpStatus: 202,
    traceStatus: 'silent',
    hint: 'asked for the tool find_coupon',
  },
  {
    title: 'the same call again',
    path: '/webhook',
    body: { contactId: 'm80jKlZ3XcVbNmQwEr27', body: '¿Dónde está mi pedido?' },
    httpStatus: 202,
    traceStatus: 'completed',
    hint: 'The same call was made 3 times',
  },
  {
    title: 'a failed call',
    path: '/webhook',
    body: { contactId: BROKEN_RECORD, body: 'Hola, ¿cómo trabajan?' },
    httpStatus: 202,
    traceStatus: 'completed',
    hint: 'Failed call: PUT 127.0.0.1',
  },
  {
    title: 'an error only logged',
    path: '/webhook',
    body: { contactId: 'n91tYuI8OpAsDfGhJk38', body: 'Hola, mándenme sus novedades' },
    httpStatus: 202,
    traceStatus: 'completed',
    hint: 'An error was logged: [LeadWorkflow]',
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
