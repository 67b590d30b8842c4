import { signal } from './signal.js';
import { readTraceFile } from '../model/read-file.js';
import type { ReadFile } from '../model/read-file.js';
import { go } from './route.js';

export const openFile = signal<{ name: string; read: ReadFile } | undefined>(undefined);
export const fileProblem = signal<string | undefined>(undefined);

const MAX_BYTES = 200 * 1024 * 1024;

/** Reads a file into this tab. The file is not sent anywhere. */
export async function open(file: File): Promise<void> {
  try {
    if (file.size > MAX_BYTES) throw new Error('This file is larger than 200 MB: it is not a trace.');
    openFile.value = { name: file.name, read: readTraceFile(await file.text()) };
    fileProblem.value = undefined;
  } catch (error) {
    fileProblem.value = error instanceof Error ? error.message : String(error);
  }
  go('#/file');
}

/** A file may be dropped on any page. */
export function followDrops(): void {
  addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    void open(file);
  });
}
