import { parseBaseUrl } from './base-url.js';

describe('parseBaseUrl', () => {
  it.each([
    ['http://localhost:8000', 'http://localhost:8000/debug', true],
    ['localhost:8000', 'http://localhost:8000/debug', true],
    ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000/debug', true],
    ['http://[::1]:8000/debug/', 'http://[::1]:8000/debug', true],
    ['http://app.localhost/api/debug', 'http://app.localhost/api/debug', true],
    ['https://traces.example.com', 'https://traces.example.com/debug', false],
    ['https://localhost.example.com', 'https://localhost.example.com/debug', false],
    ['http://127.0.0.1.example.com', 'http://127.0.0.1.example.com/debug', false],
    ['http://2130706433', 'http://127.0.0.1/debug', true],
  ])('%s', (text, href, loopback) => {
    expect(parseBaseUrl(text, '--url')).toEqual({ href, loopback, token: undefined });
  });

  it('reads the token from the link that start-up logs', () => {
    expect(parseBaseUrl('http://localhost:8000/debug?token=abc', '--url')).toMatchObject({
      href: 'http://localhost:8000/debug',
      token: 'abc',
    });
  });

  it.each(['', 'http://', 'ftp://x', 'http://a b', 'http://u:p@x', 'file:///etc'])(
    'refuses %j and names its setting',
    (text) => {
      expect(() => parseBaseUrl(text, 'TRACE_URL')).toThrow(/^TRACE_URL: /);
    },
  );
});
