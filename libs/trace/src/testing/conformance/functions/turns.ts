/** Lets the event loop go round, so that all that is due in this turn has happened. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i += 1) await new Promise<void>((resolve) => void setImmediate(resolve));
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
