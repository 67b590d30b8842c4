import * as fc from 'fast-check';
import { twimlMessages } from './twiml.js';

const wrapped = (inner: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${inner}</Response>`;

describe('the messages of TwiML', () => {
  it.each<[string, string, object[]]>([
    ['a text', '<Message>Hola &amp; adi&#243;s</Message>', [{ text: 'Hola & adiós' }]],
    ['two', '<Message>Uno</Message><Message>Dos</Message>', [{ text: 'Uno' }, { text: 'Dos' }]],
    ['to another number', '<Message to="+34600" action="/x">Hola</Message>', [{ text: 'Hola', to: '+34600' }]],
    ['a body', '<Message><Body>Hola</Body></Message>', [{ text: 'Hola' }]],
    [
      'media with a text',
      '<Message><Body>El piso</Body><Media>https://acme.example/a.jpg</Media></Message>',
      [{ text: '[image] El piso' }],
    ],
    ['media alone', '<Message><Media>https://acme.example/a</Media></Message>', [{ text: '[attachment]' }]],
    ['CDATA', '<Message><![CDATA[1 < 2 & <b>]]></Message>', [{ text: '1 < 2 & <b>' }]],
    ['the old name', '<Sms>Hola</Sms>', [{ text: 'Hola' }]],
    ['an empty one', '<Message/><Message> </Message>', []],
    ['another verb', '<Say>Hola</Say><Messages>no</Messages>', []],
    ['no end', '<Message>Hola', []],
  ])('%s', (_what, inner, messages) => {
    expect(twimlMessages(wrapped(inner))).toEqual(messages);
  });

  it.each([
    '',
    'Hola',
    '{"a":1}',
    '<html><Message>no</Message></html>',
    '<ResponseX><Message>no</Message></ResponseX>',
  ])('none in %s', (text) => expect(twimlMessages(text)).toEqual([]));

  it('takes time in proportion to the text, whatever it is', () => {
    const start = performance.now();
    for (const unit of ['<Message', '<Message>', '<Message><Body>', '<Media', '<![CDATA[', '<Message>&#', ' to="'])
      expect(twimlMessages(wrapped(unit.repeat(65_000 / unit.length))).length).toBeLessThanOrEqual(20);
    // About 20 ms; a parser that begins anew at each bracket takes seconds.
    expect(performance.now() - start).toBeLessThan(1_500);
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      '<Message>',
      '</Message>',
      '<Body>',
      '</Body',
      '<Media>',
      '<![CDATA[',
      ']]>',
      '&#9999999;',
      'x',
      '>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void twimlMessages(wrapped(pieces.join('')))),
    );
  });
});
