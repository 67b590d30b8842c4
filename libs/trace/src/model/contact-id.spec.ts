import { assert, constantFrom, oneof, pre, property, string, stringMatching } from 'fast-check';
import { contactIdOf, contactSlug, MAX_CONTACT_ID } from './contact-id.js';

/**
 * Any text a sender may send: letters of every script, emoji, control characters, lone surrogates, ids of real senders.
 */
const contact = oneof(
  string({ unit: 'binary', maxLength: 400 }),
  string({ unit: 'grapheme', maxLength: 120 }),
  stringMatching(/^[A-Za-z0-9.@+_ :-]{1,300}$/),
  string({ unit: constantFrom('-', '.', '+', ' ', 'a', '\u0007', '\ud800', '\u202e', '/', '%'), maxLength: 300 }),
);

describe('contactIdOf', () => {
  it('makes an id of every text that is not blank, and keeps that id unchanged', () => {
    assert(
      property(contact, (text) => {
        const id = contactIdOf(text);
        if (text.trim() === '') return expect(id).toBeUndefined();
        expect(id!.length).toBeGreaterThan(0);
        expect(id!.length).toBeLessThanOrEqual(MAX_CONTACT_ID);
        // eslint-disable-next-line no-control-regex
        expect(id).not.toMatch(/[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u);
        expect(contactIdOf(id)).toBe(id);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a text', '5215512344821', '5215512344821'],
    ['a number', 987, '987'],
    ['a bigint', 12345678901234567890n, '12345678901234567890'],
    ['control characters', 'a\u0000b\nc\u0085d\u007f', 'a\ufffdb\ufffdc\ufffdd\ufffd'],
    ['lone surrogates', '\ud83da\udc4d', '\ufffda\ufffd'],
    ['an emoji', '👩‍🚀', '👩‍🚀'],
    ['text from right to left', 'مرحبا', 'مرحبا'],
    ['256 characters', 'x'.repeat(256), 'x'.repeat(256)],
  ])('%s', (_, value, id) => {
    expect(contactIdOf(value)).toBe(id);
  });

  it.each([undefined, null, '', ' \n ', {}, [], true, Symbol('x'), () => 'x'])('treats %p as no contact', (value) => {
    expect(contactIdOf(value)).toBeUndefined();
  });

  it('keeps two long ids with the same beginning distinct', () => {
    const [a, b] = [contactIdOf(`${'x'.repeat(256)}a`), contactIdOf(`${'x'.repeat(256)}b`)];
    expect(a).toMatch(/^x{243}~[0-9a-f]{12}$/);
    expect(a).not.toBe(b);
  });

  it('splits no surrogate pair', () => {
    expect(contactIdOf('👍'.repeat(200))).not.toMatch(/\p{Surrogate}/u);
  });
});

describe('contactSlug', () => {
  it('is ASCII, at most 64 characters, never empty, and never begins or ends with "-" or "."', () => {
    assert(
      property(contact, (text) => {
        expect(contactSlug(text)).toMatch(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/);
      }),
      { numRuns: 500 },
    );
  });

  it('never maps two contacts to one slug by losing letters', () => {
    const letters = (text: string) => text.replaceAll(/[^\p{L}\p{N}\p{M}\p{S}]/gu, '').replaceAll('+', '');
    assert(
      property(contact, contact, (a, b) => {
        pre(letters(a) !== letters(b));
        expect(contactSlug(a)).not.toBe(contactSlug(b));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['+5215512344821', '5215512344821'],
    ['whatsapp:+521 55', 'whatsapp-521-55'],
    ['ana@example.com', 'ana-example.com'],
    ['-1001234', '1001234'],
    ['--.a..b_-_c.-', 'a..b-c'],
    ['z49hFQn0DxOX5sInJg60', 'z49hFQn0DxOX5sInJg60'],
  ])('of %p is %p', (text, slug) => {
    expect(contactSlug(text)).toBe(slug);
  });

  it.each(['Зоя', '张伟', '👍', 'a/b', 'a%b', 'a\u0007b', '+', '-', ' ', 'José'])('of %p is a hash', (text) => {
    expect(contactSlug(text)).toMatch(/^c[0-9a-f]{12}$/);
  });

  it.each([undefined, ''])('of %p is unknown', (text) => {
    expect(contactSlug(text)).toBe('unknown');
  });

  it('keeps contacts of more than 64 characters distinct', () => {
    const [a, b] = [contactSlug(`${'x'.repeat(70)}a`), contactSlug(`${'x'.repeat(70)}b`)];
    expect(a).toMatch(/^x{51}-[0-9a-f]{12}$/);
    expect(a).not.toBe(b);
    expect(contactSlug('x'.repeat(64))).toBe('x'.repeat(64));
  });
});
