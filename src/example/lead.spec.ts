import { agentFor, scoreLead } from './lead.js';
import { readSpeed } from './pace.js';

describe('scoreLead', () => {
  it.each([
    ['Quiero agendar una cita', 8, 'sofia'],
    ['QUIERO AGENDAR UNA CITA', 8, 'sofia'],
    ['Quiero agendar una cita mañana a las 10', 10, 'sofia'],
    ['Necesito una cotización para mi empresa', 6, 'carlos'],
    ['No sé si quiero información o precios', 7, 'carlos'],
    ['Quiero más información', 3, 'maria'],
    ['Gracias, hasta luego', 1, 'maria'],
    ['', 1, 'maria'],
  ])('%p scores %p and suggests %p', (body, score, suggestedAgent) => {
    expect(scoreLead({ contactId: 'c', body })).toMatchObject({ score, suggestedAgent });
  });

  it('matches words, not parts of words', () => {
    expect(scoreLead({ contactId: 'c', body: 'felicitaciones' }).score).toBe(1);
  });
});

describe('agentFor', () => {
  it('assigns an agent to each score', () => {
    const agents = Array.from({ length: 10 }, (_, i) => agentFor(i + 1)).join(' ');
    expect(agents).toBe('maria maria maria maria carlos carlos carlos sofia sofia sofia');
  });
});

describe('readSpeed', () => {
  it('is 1 when the variable is not set', () => {
    expect([readSpeed(undefined), readSpeed(''), readSpeed('10'), readSpeed('0.5')]).toEqual([1, 1, 10, 0.5]);
  });

  it.each(['0', '-1', 'fast', 'Infinity'])('refuses %p and lists the allowed values', (value) => {
    expect(() => readSpeed(value)).toThrow(`EXAMPLE_SPEED is '${value}'; give a number above 0`);
  });
});
