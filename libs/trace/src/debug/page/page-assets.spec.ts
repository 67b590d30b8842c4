import { gunzipSync, gzipSync } from 'node:zlib';
import { PageAssets } from './page-assets.js';
import { baseOf } from './html.js';
import { shellPage } from './shell-page.js';

describe('PageAssets', () => {
  const zip = (text: string): string => gzipSync(text).toString('base64');
  const assets = new PageAssets({
    'dashboard-1.js': zip('let a = 1;'),
    'dashboard-2.css': zip('a{}'),
    'secret.txt': zip('no'),
  });

  it('serves the built files with a permanent cache, since names carry a hash', () => {
    const { type, text, headers } = assets.answer('dashboard-1.js', undefined);
    expect([type, String(text)]).toEqual(['text/javascript; charset=utf-8', 'let a = 1;']);
    expect(headers!['Cache-Control']).toContain('immutable');
    expect(headers!['Content-Encoding']).toBeUndefined();
  });

  it.each<[string | undefined, boolean]>([
    ['gzip', true],
    ['br, gzip;q=0.8', true],
    ['gzip;q=0', false],
    ['gzip;q=0.0, br', false],
    ['identity', false],
    [undefined, false],
  ])('compresses for Accept-Encoding %p: %p', (accept, zipped) => {
    const { text, headers } = assets.answer('dashboard-2.css', accept);
    expect(headers!['Content-Encoding']).toBe(zipped ? 'gzip' : undefined);
    expect(String(zipped ? gunzipSync(text as Uint8Array) : text)).toBe('a{}');
  });

  it.each([
    'secret.txt',
    '../page-assets.ts',
    '..%2fpage-assets.ts',
    'dashboard-1.js/',
    '',
    'constructor',
    'x.js',
    '\0.js',
  ])('has no file %j', (name) =>
    expect(() => assets.answer(name, 'gzip')).toThrow(expect.objectContaining({ status: 404 })),
  );

  it('has no file name without a build', () => expect(new PageAssets({}).nameOf('js')).toBeUndefined());
});

describe('shellPage', () => {
  const files = { js: 'a.js', css: 'a.css', svg: undefined };

  it('names its files relative to its own path', () => {
    expect(shellPage({ files, base: baseOf('/api/debug') }).text).toContain('src="./debug/assets/a.js"');
    expect(shellPage({ files, base: baseOf('/api/debug/') }).text).toContain('src="./assets/a.js"');
  });

  it('asks for the token as text and with 401 when access is denied', () => {
    const { text, status } = shellPage({ files, base: './', denied: '<b>no</b>' });
    expect(status).toBe(401);
    expect(text).toContain('&#60;b&#62;no');
    expect(text).toContain('name="token"');
  });
});
