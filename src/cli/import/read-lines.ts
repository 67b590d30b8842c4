import { createInterface } from 'node:readline';

/** The lines of stdin, without those that are empty. */
export async function readLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') lines.push(line.trim());
  return lines;
}
