import { ATTRIBUTE } from '../../../trace/src/model/attributes.js';
import type { EventDto } from '../api/responses.js';

/** An outgoing call, from the attributes of its span. What was not recorded is absent. */
export interface CallFacts {
  method?: string;
  host?: string;
  /** Ids and tokens in it are replaced. */
  path?: string;
  status?: number;
  /** Number of earlier attempts of the same call. */
  resend: number;
  /** The provider's error code, or a code of Node. */
  error?: string;
  requestBytes?: number;
  responseBytes?: number;
}

/** A call of a language model, from the attributes of its span. */
export interface ModelFacts {
  /** The model that answered, else the one that was asked for. */
  model?: string;
  /** The model that was asked for. */
  asked?: string;
  provider?: string;
  finish?: string;
  /** Milliseconds from the start of the span. */
  firstToken?: number;
}

/** What an event has of an outgoing call; `undefined`: it is none. */
export function callFacts({ attributes }: EventDto): CallFacts | undefined {
  if (attributes === undefined) return undefined;
  const host = text(attributes[ATTRIBUTE.host]);
  const method = text(attributes[ATTRIBUTE.method]);
  if (host === undefined && method === undefined) return undefined;
  return {
    method,
    host,
    path: text(attributes[ATTRIBUTE.path]),
    status: number(attributes[ATTRIBUTE.status]),
    resend: number(attributes[ATTRIBUTE.resend]) ?? 0,
    error: text(attributes[ATTRIBUTE.error]),
    requestBytes: number(attributes[ATTRIBUTE.requestBytes]),
    responseBytes: number(attributes[ATTRIBUTE.responseBytes]),
  };
}

/** What an event has of a model call. Empty for other events. */
export function modelFacts({ attributes = {}, usage }: EventDto): ModelFacts {
  const asked = text(attributes[ATTRIBUTE.model]);
  return {
    model: text(attributes[ATTRIBUTE.responseModel]) ?? asked ?? usage?.model,
    asked,
    provider: text(attributes[ATTRIBUTE.provider]) ?? usage?.provider,
    finish: text(attributes[ATTRIBUTE.finish]),
    firstToken: number(attributes[ATTRIBUTE.firstToken]),
  };
}

/** `POST graph.facebook.com/v21.0/{id}/messages`, of parts that were recorded. */
export function callWords({ method, host, path }: CallFacts): string {
  return [method, `${host ?? ''}${path ?? ''}`].filter(Boolean).join(' ');
}

/** `200`, `400 (131030)`, `ECONNRESET`; empty where nothing came back yet. */
export function statusWords({ status, error }: CallFacts): string {
  if (status === undefined) return error ?? '';
  return error === undefined || error === String(status) ? String(status) : `${status} (${error})`;
}

/**
 * The models of a trace's calls, in the order of their first call. A name that was asked for is left out where a call of the
 * same name was answered by a model with a longer one (`gpt-5-mini`, `gpt-5-mini-2026-08-07`).
 */
export function modelsOf(events: readonly EventDto[]): string[] {
  const answered = new Map<string, string>();
  for (const event of events) {
    if (event.type !== 'llm') continue;
    const { model, asked = model } = modelFacts(event);
    if (model === undefined || asked === undefined) continue;
    if (!answered.has(asked) || model !== asked) answered.set(asked, model);
  }
  return [...new Set(answered.values())];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
