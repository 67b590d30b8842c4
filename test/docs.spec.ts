import { existsSync, readFileSync } from 'node:fs';
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
import { documentedCommands } from './support/documented-commands.js';
import { blocksIn, documentationPages } from './support/markdown-blocks.js';
import { mustRun } from './support/run.js';
import { MCP_TOOLS } from '../libs/trace/src/mcp/mcp-tools.js';

const PAGES = documentationPages();
const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'SKILL.md',
  ...PAGES,
];
const SITE = 'https://nestjs-trace-collector.github.io/nestjs-trace-collector/';
const PICTURES = 'https://raw.githubusercontent.com/nestjs-trace-collector/nestjs-trace-collector/main/';
const BLOB = 'https://github.com/nestjs-trace-collector/nestjs-trace-collector/blob/main/';

const read = (file: string) => readFileSync(file, 'utf8');
/** What users read: all pages but the decisions, which describe the inside. */
const documentation = PAGES.filter((page) => !page.startsWith('docs/decisions/'))
  .map(read)
  .join('\n');

/** Those of `names` that the text does not have as code. */
function missing(
  names: readonly string[],
  text = documentation,
  asCode: (name: string) => string = (name) => `\`${name}\``,
): string[] {
  return names.filter((name) => !text.includes(asCode(name)));
}

/** The part of a page below a heading of the second level. */
function section(page: string, title: string): string {
  const text = read(page);
  const start = text.indexOf(`\n## ${title}\n`);
  if (start < 0) throw new Error(`${page} has no section '${title}'`);
  const end = text.indexOf('\n## ', start + 1);
  return text.slice(start, end < 0 ? undefined : end);
}

/** Where a link leads: a file of the repository and an anchor; `undefined` for other sites. */
function targetOf(link: string, document: string): { file: string; anchor: string | undefined } | undefined {
  const [address, anchor] = link.split('#') as [string, string?];
  if (address.startsWith(SITE)) {
    const path = address.slice(SITE.length);
    return { file: `docs/${path === '' || path.endsWith('/') ? `${path}index` : path}.md`, anchor };
  }
  for (const prefix of [PICTURES, BLOB]) {
    if (address.startsWith(prefix)) return { file: address.slice(prefix.length), anchor };
  }
  if (/^\w+:/.test(address)) return undefined;
  if (address.startsWith('/')) return { file: `docs/public${address}`, anchor };
  return { file: address === '' ? document : join(dirname(document), address), anchor };
}

describe('the README', () => {
  const readme = read('README.md');

  it('has at most 12 KB', () => {
    expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(12_288);
  });

  it('links only to addresses and to files that the package has', () => {
    const { files } = JSON.parse(read('package.json')) as { files: string[] };
    expect(internalLinks(readme).filter((link) => !files.includes(link))).toEqual([]);
  });
});

describe('the documentation', () => {
  it('has every option of forRoot', () => {
    const names = optionNames();
    expect(names).toEqual(expect.arrayContaining(['capture.routes', 'limits.maxDepth', 'redact.keys', 'storage.dir']));
    expect(missing(names, read('docs/options.md'), (name) => `\n### ${name}\n`)).toEqual([]);
  });

  it('has the options as the types have them', async () => {
    await mustRun(process.execPath, ['build/docs/options-page.mjs', '--check']);
  }, 60_000);

  it('has every route', async () => {
    const all = await routes();
    expect(all).toEqual(expect.arrayContaining(['GET /debug', 'GET /debug/trace/:id', 'POST /debug/clear']));
    expect(missing(all, read('docs/rest-and-mcp.md'))).toEqual([]);
  });

  it('has every parameter of every question, and the routes are those of the table', async () => {
    const text = section('docs/rest-and-mcp.md', 'REST');
    const all = await routes();
    for (const { route, parameters } of questionRoutes()) {
      expect(all).toContain(route);
      expect(parameters.filter((name) => !text.includes(`\`${name}`))).toEqual([]);
    }
  });

  it('has every MCP tool', () => {
    const tools = MCP_TOOLS.map(({ name }) => name);
    expect(missing(tools, section('docs/rest-and-mcp.md', 'MCP'))).toEqual([]);
  });

  it('has every public name', () => {
    expect(missing(Object.keys(library), documentation, (name) => name)).toEqual([]);
  });

  it('has every status', () => {
    expect(missing(library.TRACE_STATUSES, read('docs/concepts.md'))).toEqual([]);
  });

  describe('on the command line', () => {
    const page = read('docs/cli.md');
    let cli: CommandLine;
    beforeAll(async () => {
      cli = await commandLine();
    }, 120_000);

    it('has every command', () => {
      expect(cli.commands.length).toBeGreaterThan(10);
      const rows = [...section('docs/cli.md', 'Commands').matchAll(/^\| `(\w+)/gm)].map((match) => match[1]!);
      expect(rows.toSorted()).toEqual(cli.commands.toSorted());
    });

    it('has every command and tool that a question names', () => {
      const { commands, tools } = questionSurfaces();
      expect(commands.filter((name) => !cli.commands.includes(name))).toEqual([]);
      expect(tools.filter((name) => !MCP_TOOLS.some((tool) => tool.name === name))).toEqual([]);
    });

    it('has every flag', () => {
      expect(cli.flags).toEqual(expect.arrayContaining(['--url', '--dir', '--raw', '--status']));
      expect(missing(cli.flags, page, (flag) => flag)).toEqual([]);
    });

    it('has every exit code', () => {
      expect(cli.exitCodes).toContain(130);
      const line = page.slice(page.indexOf('\nExit codes:')).split('\n\n')[0]!;
      expect(cli.exitCodes.filter((code) => !new RegExp(`\\b${code} `).test(line))).toEqual([]);
    });

    it('shows only commands and flags that the program has', () => {
      const shown = DOCUMENTS.filter((name) => !name.startsWith('docs/decisions/')).flatMap(documentedCommands);
      expect(shown.length).toBeGreaterThan(40);
      const wrong = shown.flatMap(({ where, command, flags }) =>
        cli.commands.includes(command)
          ? flags.filter((flag) => !cli.takes(command, flag)).map((flag) => `${where}: ${command} ${flag}`)
          : [`${where}: ${command}`],
      );
      expect(wrong).toEqual([]);
    });
  });
});

describe.each(DOCUMENTS)('%s', (name) => {
  const text = read(name);

  it('has no broken link', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
    const broken = links.filter((link) => {
      const target = targetOf(link, name);
      if (!target || target.file === 'docs/api/index.md') return false;
      if (!existsSync(target.file)) return true;
      return target.anchor !== undefined && !anchors(read(target.file)).includes(target.anchor);
    });
    expect(broken).toEqual([]);
  });

  it('has JSON that can be parsed', () => {
    for (const { code } of blocksIn(name).filter(({ language }) => language === 'json')) {
      expect(() => JSON.parse(code) as unknown).not.toThrow();
    }
  });

  it('names only files that exist', () => {
    const paths = [...text.matchAll(/`((?:libs|src|test|build)\/[\w./-]+)`/g)].map((match) => match[1]!);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('names only scripts that exist', () => {
    // The examples are a package of their own, and so is the site.
    const scripts = ['package.json', 'examples/package.json', 'docs/package.json'].flatMap((manifest) =>
      Object.keys((JSON.parse(read(manifest)) as { scripts?: object }).scripts ?? {}),
    );
    const named = [...text.matchAll(/npm run ([\w:-]*\w)/g)].map((match) => match[1]!);
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  it('shows the table that the architecture test holds', () => {
    const text = read('ARCHITECTURE.md');
    const table = text.slice(text.indexOf('\n## Rooms and arrows'), text.indexOf('\n## Write path'));
    const rows = table.matchAll(/^\| `([\w-]+)` +\| (.+?) *\|$/gm);
    const shown = Object.fromEntries([...rows].map((row) => [row[1], allowedIn(row[2]!)]));
    expect(shown).toEqual(ROOMS);
  });
});

function allowedIn(cell: string): string[] | 'any' {
  return cell === 'any' ? 'any' : [...cell.matchAll(/`([\w-]+)`/g)].map((match) => match[1]!);
}
