import { readBaggage } from './baggage.js';

const all = () => true;

describe('baggage', () => {
  it('keeps members with their properties, without blanks', () => {
    expect(readBaggage(' userId = alice ; p1 = v1 ;p2, serverNode=DF%2028\t,isProduction=false', all)).toBe(
      'userId=alice;p1=v1;p2,serverNode=DF%2028,isProduction=false',
    );
  });

  it.each([
    ['a member without a value', 'plain,k=v'],
    ['a key with a blank', 'a b=1,k=v'],
    ['a value with a quote', 'a="1",k=v'],
    ['a value with a backslash', 'a=\\,k=v'],
    ['a value that is not ASCII', 'a=\u00f1,k=v'],
    ['a property that is not valid', 'a=1;b c=2,k=v'],
    ['an empty member', ',,k=v,'],
  ])('leaves out %s, and keeps the others', (_title, header) => {
    expect(readBaggage(header, all)).toBe('k=v');
  });

  it.each([undefined, '', ' , ', 'plain', 7, ['k=v']])('has none in %p', (header) => {
    expect(readBaggage(header, all)).toBeUndefined();
  });

  it('asks for each key with its decoded value, and leaves out the whole member', () => {
    const asked: object[] = [];
    const allowed = (entry: { key: string; value: string }) => asked.push(entry) > 0 && entry.value !== 'hide me';
    expect(readBaggage('a=1;p=hide%20me,b=%e0%a4%a,c=hide%20me,d=4', allowed)).toBe('b=%e0%a4%a,d=4');
    expect(asked).toEqual([
      { key: 'a', value: '1' },
      { key: 'p', value: 'hide me' },
      { key: 'b', value: '%e0%a4%a' },
      { key: 'c', value: 'hide me' },
      { key: 'd', value: '4' },
    ]);
  });

  it('keeps 64 members of 8,192 bytes', () => {
    const members = Array.from({ length: 70 }, (_, n) => `k${n}=v`);
    expect(readBaggage(members.join(','), all)?.split(',')).toEqual(members.slice(0, 64));
    const long = `a=${'x'.repeat(8_180)}`;
    expect(readBaggage(`${long},b=${'y'.repeat(20)},c=1,d=2`, all)).toBe(`${long},c=1,d=2`);
    expect(readBaggage(`a=${'x'.repeat(8_191)}`, all)).toBeUndefined();
  });

  it('does not keep a part of a member that is cut', () => {
    const header = `${' '.repeat(2 * 8_192 - 4)}a=12`;
    expect(readBaggage(`${header}`, all)).toBe('a=12');
    expect(readBaggage(`${header}34`, all)).toBeUndefined();
  });
});
