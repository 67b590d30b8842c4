import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as library from 'nestjs-trace-collector';
import { ROOMS } from './support/architecture.table.js';
import {
  anchors,
  commandLine,
  internalLinks,
  optionNames,
  questionRoutes,
  questionSurfaces,
  routes,
  type CommandLine,
} from './support/documented.js';
import { MCP_TOOLS } from '../libs/trace/src/mcp/mcp-tools.js';

const readme = readFileSync('README.md', 'utf8');
const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SKILL.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Those of `names` that the README does not have as code. */
function missing(names: readonly string[], asCode: (name: string) => string = (name) => `\`${name}\``): string[] {
  return names.filter((name) => !readme.includes(asCode(name)));
}

describe('the README', () => {
  it('has every option of forRoot', () => {
    const names = optionNames();
    expect(names).toEqual(expect.arrayContaining(['capture.routes', 'limits.maxDepth', 'redact.keys', 'storage.dir']));
    expect(missing(names)).toEqual([]);
  });

  it('has no option that does not exist', () => {
    const table = readme.slice(readme.indexOf('\n## Options'), readme.indexOf('\n## Routes'));
    const rows = [...table.matchAll(/^\| `([\w.]+)`/gm)].map((match) => match[1]!);
    expect(rows.toSorted()).toEqual(optionNames().toSorted());
  });

  it('has every route', async () => {
    const all = await routes();
    expect(all).toEqual(expect.arrayContaining(['GET /debug', 'GET /debug/trace/:id', 'POST /debug/clear']));
    expect(missing(all)).toEqual([]);
  });

  it('has every parameter of every question, and the routes are those of the table', async () => {
    const section = readme.slice(readme.indexOf('\n## Routes'), readme.indexOf('\n## Senders'));
    const all = await routes();
    for (const { route, parameters } of questionRoutes()) {
      expect(all).toContain(route);
      expect(parameters.filter((name) => !section.includes(`\`${name}`))).toEqual([]);
    }
  });

  it('has every public name', () => {
    expect(missing(Object.keys(library), (name) => name)).toEqual([]);
  });

  it('has every status', () => {
    expect(missing(library.TRACE_STATUSES)).toEqual([]);
  });

  describe('on the command line', () => {
    let cli: CommandLine;
    beforeAll(async () => {
      cli = await commandLine();
    });

    it('has every command', () => {
      expect(cli.commands.length).toBeGreaterThan(10);
      const section = readme.slice(readme.indexOf('\n## Command line') + 1);
      const table = section.slice(0, section.indexOf('\n## '));
      const rows = [...table.matchAll(/^\| `(\w+)/gm)].map((match) => match[1]!);
      expect(rows.toSorted()).toEqual(cli.commands.toSorted());
    });

    it('has every command and tool that a question names', () => {
      const { commands, tools } = questionSurfaces();
      expect(commands.filter((name) => !cli.commands.includes(name))).toEqual([]);
      expect(tools.filter((name) => !MCP_TOOLS.some((tool) => tool.name === name))).toEqual([]);
    });

    it('has every flag', () => {
      expect(cli.flags).toEqual(expect.arrayContaining(['--url', '--dir', '--raw', '--status']));
      expect(missing(cli.flags, (flag) => flag)).toEqual([]);
    });

    it('has every exit code', () => {
      expect(cli.exitCodes).toContain(130);
      const line = readme.slice(readme.indexOf('\nExit codes:')).split('\n\n')[0]!;
      expect(cli.exitCodes.filter((code) => !new RegExp(`\\b${code} `).test(line))).toEqual([]);
    });
  });
});

describe.each(DOCUMENTS)('%s', (name) => {
  const text = readFileSync(name, 'utf8');

  it('has no broken link', () => {
    const broken = internalLinks(text).filter((link) => {
      const [target, anchor] = link.split('#');
      const file = target ? join(dirname(name), target) : name;
      if (!existsSync(file)) return true;
      return anchor !== undefined && !anchors(readFileSync(file, 'utf8')).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only files that exist', () => {
    const paths = [...text.matchAll(/`((?:libs|src|test)\/[\w./-]+)`/g)].map((match) => match[1]!);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('names only scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run (\w+)/g)].map((match) => match[1]!);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  it('shows the table that the architecture test holds', () => {
    const text = readFileSync('ARCHITECTURE.md', 'utf8');
    const table = text.slice(text.indexOf('\n## Rooms and arrows'), text.indexOf('\n## Write path'));
    const rows = table.matchAll(/^\| `([\w-]+)` +\| (.+?) *\|$/gm);
    const shown = Object.fromEntries([...rows].map((row) => [row[1], allowedIn(row[2]!)]));
    expect(shown).toEqual(ROOMS);
  });
});

function allowedIn(cell: string): string[] | 'any' {
  return cell === 'any' ? 'any' : [...cell.matchAll(/`([\w-]+)`/g)].map((match) => match[1]!);
}
