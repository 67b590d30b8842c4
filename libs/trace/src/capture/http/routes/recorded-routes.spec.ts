import type { NestRoute } from './nest-routes.js';
import { recordedRoutesLine } from './recorded-routes.js';

const route = (method: string, path: string, parts: Partial<NestRoute> = {}): NestRoute => ({
  method,
  path,
  wish: undefined,
  ambiguous: false,
  byPath: false,
  hostBound: false,
  own: false,
  ...parts,
});
const webhook = (path: string) => route('POST', path, { byPath: true });

describe('the start-up line about routes', () => {
  it('names the recorded ones, by path and by decorator', () => {
    const routes = [
      webhook('/webhook'),
      route('GET', '/leads'),
      route('PUT', '/crm', { wish: {} }),
      route('POST', '/webhook/private', { byPath: true, wish: false }),
    ];
    expect(recordedRoutesLine(routes)).toBe('Recording 2 of 4 routes: POST /webhook, PUT /crm');
  });

  it('counts routes that are too many to name, and shortens long paths', () => {
    const routes = Array.from({ length: 8 }, (_, n) => webhook(`/webhook/${n}`));
    expect(recordedRoutesLine(routes)).toBe(
      'Recording 8 of 8 routes: POST /webhook/0, POST /webhook/1, POST /webhook/2, POST /webhook/3, POST /webhook/4, 3 more',
    );
    expect(recordedRoutesLine([webhook(`/webhook/${'x'.repeat(500)}`)]).length).toBeLessThan(160);
  });

  it('shows the code to add where no route is recorded', () => {
    const line = recordedRoutesLine([route('GET', '/health'), route('POST', '/hooks/:tenant/in')]);
    expect(line).toContain('none of 2 routes');
    expect(line).toContain('put @TraceWebhook() on its handler');
    expect(line).toContain("TraceModule.forRoot({ capture: { routes: ['/hooks'] } })");
  });

  it('mentions predicates, and an application without routes', () => {
    expect(recordedRoutesLine([route('GET', '/a')], true)).toBe(
      'Recording the requests that a predicate of capture.routes accepts (1 route)',
    );
    expect(recordedRoutesLine([webhook('/webhook'), route('GET', '/a')], true)).toContain(
      'POST /webhook, requests that a predicate',
    );
    expect(recordedRoutesLine([])).toContain('no route');
  });
});
