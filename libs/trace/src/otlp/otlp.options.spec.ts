import type { OtlpOptions } from './otlp.options.js';
import { resolveOtlp } from './otlp.options.js';

const resolve = (options: OtlpOptions, env: NodeJS.ProcessEnv = {}) => resolveOtlp(options, env, undefined);

describe('the options of OTLP', () => {
  it('send nothing without an address', () => {
    expect(resolveOtlp(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other:4318' }, undefined)).toEqual({
      send: undefined,
      resource: { 'service.name': 'unknown_service:node' },
      orphans: 'drop',
    });
  });

  it('add /v1/traces to an address without a path only', () => {
    expect(resolve({ url: 'http://a:4318' }).send?.url).toBe('http://a:4318/v1/traces');
    expect(resolve({ url: 'https://a/api/public/otel/v1/traces' }).send?.url).toBe(
      'https://a/api/public/otel/v1/traces',
    );
  });

  it("take OpenTelemetry's variables where they may", () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/base/',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20x, bad',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,region=eu',
      OTEL_SERVICE_NAME: 'bot',
    };
    const { send, resource } = resolve({ fromEnvironment: true, sample: 0.5 }, env);
    expect(send).toMatchObject({
      url: 'http://collector:4318/base/v1/traces',
      headers: { authorization: 'Bearer x' },
      sample: 0.5,
    });
    expect(resource).toEqual({ 'service.name': 'bot', region: 'eu' });
  });

  it.each([
    [{ url: 'http://me:geheim@a' }, /otlp\.url.*otlp\.headers/],
    [{ url: 'geheim' }, /otlp\.url/],
    [{ url: 'http://a', headers: { authorization: 'geheim\n' } }, /otlp\.headers\.authorization/],
    [{ url: 'http://a', heders: { authorization: 'geheim' } }, /otlp\.headers/],
    [{ url: 'http://a', sample: 2 }, /otlp\.sample.*2.*from 0 to 1/],
    [{ orphans: 'keep' }, /otlp\.orphans.*keep.*'drop' or 'trace'/],
  ] as [OtlpOptions, RegExp][])('refuse %j without its secret', (options, message) => {
    expect(() => resolve(options)).toThrow(message);
    expect(() => resolve(options)).not.toThrow(/geheim/);
  });
});
