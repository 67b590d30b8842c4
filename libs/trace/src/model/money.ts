/** An amount in US dollars: `$0.0003`, `$1.20`. Two digits of a small one, because a model call may cost less than a cent. */
export function dollars(usd: number): string {
  if (usd === 0) return '$0';
  const digits = usd >= 1 ? 2 : Math.min(9, 1 - Math.floor(Math.log10(usd)));
  const text = usd.toLocaleString('en-US', {
    minimumFractionDigits: usd >= 1 ? 2 : 0,
    maximumFractionDigits: digits,
  });
  return `$${text}`;
}
