/** Loaded into a command by `flat.mjs`: writes its CPU time and the bytes that it wrote to the file of REPORT_USAGE. */
import { readFileSync, writeFileSync } from 'node:fs';

process.once('exit', () => {
  const { user, system } = process.cpuUsage();
  const io = (() => {
    try {
      return readFileSync('/proc/self/io', 'utf8');
    } catch {
      return '';
    }
  })();
  const written = Number(/^wchar: (\d+)$/m.exec(io)?.[1] ?? Number.NaN);
  const memory = process.resourceUsage().maxRSS * 1024;
  writeFileSync(process.env.REPORT_USAGE, JSON.stringify({ cpuMs: (user + system) / 1000, written, memory }));
});
