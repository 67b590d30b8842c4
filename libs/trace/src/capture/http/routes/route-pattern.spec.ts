import { pathPattern } from './route-pattern.js';

const matches = (route: string, path: string): boolean => new RegExp(`^${pathPattern(route)}/?$`, 'i').test(path);

describe('pathPattern', () => {
  it.each([
    ['', '/', true],
    ['orders', '/orders', true],
    ['/orders/', '/orders', true],
    ['orders', '/orders/7', false],
    ['orders/:id', '/orders/7', true],
    ['orders/:id', '/orders', false],
    ['orders/:id/lines/:line', '/orders/7/lines/1', true],
    ['orders/:id', '/orders/7/8', false],
    ['a.b', '/a.b', true],
    ['a.b', '/axb', false],
    ['files/*path', '/files/a/b', true],
    ['files/{*path}', '/files/a/b', true],
    ['files{/*path}', '/files', true],
    ['files/*', '/files/a/b', true],
    ['files/(.*)', '/files', true],
    ['files/*', '/filesystem', false],
    ['*', '/anything/at/all', true],
    ['{*all}', '/anything/at/all', true],
    ['a{/:b}/c', '/a/c', true],
    ['a{/:b}/c', '/a/x/c', true],
  ])('%j matches %j: %s', (route, path, expected) => expect(matches(route, path)).toBe(expected));
});
