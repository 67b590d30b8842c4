import { createParser } from 'eventsource-parser';
import { array, assert, constantFrom, nat, oneof, property, string, tuple } from 'fast-check';
import { SseParser, type SseEvent } from './sse-parser.js';

function parse(...chunks: string[]): SseEvent[] {
  const parser = new SseParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
}

describe('SseParser', () => {
  it.each<[text: string, events: [event: string, data: string][]]>([
    ['data: a\n\n', [['message', 'a']]],
    ['event: x\ndata: a\ndata: b\n\n', [['x', 'a\nb']]],
    [
      'data:a\r\n\r\ndata:b\r\rdata:c\n\n',
      [
        ['message', 'a'],
        ['message', 'b'],
        ['message', 'c'],
      ],
    ],
    [': comment\n\ndata\n\n', [['message', '']]],
    ['\uFEFFdata: a\n\n', [['message', 'a']]],
    ['data:  two spaces\n\n', [['message', ' two spaces']]],
    ['unknown: 1\nretry: 5\ndata: a\n\n', [['message', 'a']]],
    ['event: lost\n\ndata: a\n\n', [['message', 'a']]],
    ['data: unfinished\n', []],
  ])('%j', (text, events) => {
    expect(parse(text).map(({ event, data }) => [event, data])).toEqual(events);
  });

  it('reads an id at the end of its event, with or without data, and never one with NUL', () => {
    const parser = new SseParser();
    parser.push('id: 1\n');
    expect(parser.lastEventId).toBe('');
    parser.push('\n');
    expect(parser.lastEventId).toBe('1');
    parser.push('id: 2\0\ndata: a\n\n');
    expect(parser.lastEventId).toBe('1');
    parser.push('id: 3\ndata: a\n\n');
    expect(parser.lastEventId).toBe('3');
  });

  it('reads the same for any split of the text, and the same as another parser', () => {
    const line = oneof(
      constantFrom('', '', 'data', 'data: x', 'data:y', 'event: t', 'id: 7', ': c', 'retry: 1', 'data: é🙂'),
      string().map((text) => `data: ${text.replace(/[\r\n\uFEFF]/g, '')}`),
    );
    const text = array(tuple(line, constantFrom('\n', '\r\n', '\r')).map((pair) => pair.join('')));
    assert(
      property(text, array(nat()), (lines, cuts) => {
        // An additional LF, so that no CR is last and waits.
        const whole = `${lines.join('')}\n`;
        const at = [...new Set(cuts.map((cut) => cut % whole.length))].sort((a, b) => a - b);
        const chunks = [...at, whole.length].map((end, index) => whole.slice(at[index - 1] ?? 0, end));
        const reference: SseEvent[] = [];
        createParser({ onEvent: ({ event, data }) => reference.push({ event: event ?? 'message', data }) }).feed(whole);
        expect(parse(...chunks)).toEqual(reference);
      }),
    );
  });
});
