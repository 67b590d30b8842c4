/** Numbers as ranges: `3-9, 12, 15-40`. At most `max` ranges, then `…`. */
export function ranges(numbers: readonly number[], max = 20): string {
  const isSorted = numbers.every((number, index) => index === 0 || (numbers[index - 1] as number) <= number);
  const sorted = isSorted ? numbers : numbers.toSorted((a, b) => a - b);
  const found: [from: number, to: number][] = [];
  for (const number of sorted) {
    const last = found.at(-1);
    if (last && number <= last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  const shown = found.slice(0, max).map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
  return found.length > max ? `${shown.join(', ')}, …` : shown.join(', ');
}
