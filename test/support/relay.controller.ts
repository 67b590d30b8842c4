import http from 'node:http';
import { Body, Controller, Post } from '@nestjs/common';
import axios from 'axios';
import { currentTrace, traceCarrier, TraceWebhook } from 'nestjs-trace-collector';
import { request as undici } from 'undici';

/** What the relay is asked to do. */
export interface RelayBody {
  contactId: string;
  /** Where it calls. */
  url: string;
  client: keyof typeof CLIENTS;
  /** Headers that the application sets itself. */
  headers?: Record<string, string>;
  times?: number;
}

type Send = (url: string, headers: Record<string, string>) => Promise<unknown>;

/** Calls by the clients that applications have. */
export const CLIENTS = {
  fetch: async (url, headers) => (await fetch(url, { headers })).text(),
  undici: async (url, headers) => (await undici(url, { headers })).body.text(),
  axios: (url, headers) => axios.get(url, { headers }),
  http: (url, headers) => getByHttp(url, { headers }),
  /** Sets each header after the request was made. */
  'http, headers later': (url, headers) =>
    getByHttp(url, {}, (request) => {
      for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
    }),
} satisfies Record<string, Send>;

function getByHttp(url: string, options: http.RequestOptions, change?: (request: http.ClientRequest) => void) {
  return new Promise<void>((resolve, reject) => {
    const request = http.request(url, options, (response) => response.resume().on('end', () => resolve()));
    request.on('error', reject);
    change?.(request);
    request.end();
  });
}

/** Passes a webhook on to another service. */
@Controller()
export class RelayController {
  @TraceWebhook()
  @Post('relay')
  async relay(@Body() { url, client, headers = {}, times = 1 }: RelayBody) {
    for (let n = 0; n < times; n += 1) await CLIENTS[client](url, headers);
    return { context: currentTrace(), carrier: traceCarrier() };
  }
}
