import { defineConfig } from 'vitepress';
import { configure, slugOf } from './markdown.mjs';
import { pagesOf } from './pages.mjs';

/** Address of the site below its host. `DOCS_BASE=/` builds it for a host of its own. */
const base = process.env.DOCS_BASE ?? '/nestjs-trace-collector/';

const GUIDES = [
  { text: 'In your code', link: '/guides/code' },
  { text: 'Agents, models and tools', link: '/guides/agents' },
  { text: 'Queues', link: '/guides/queues' },
  { text: 'Cron', link: '/guides/cron' },
  { text: 'Microservices and WebSockets', link: '/guides/sockets' },
  { text: 'Senders of webhooks', link: '/guides/senders' },
  { text: 'Testing with Jest and Vitest', link: '/guides/testing' },
  { text: 'Give a trace to a model', link: '/guides/models' },
  { text: 'OpenTelemetry', link: '/guides/opentelemetry' },
  { text: 'Alerts, metrics, health checks', link: '/guides/monitoring' },
];

const REFERENCE = [
  { text: 'Dashboard', link: '/dashboard' },
  { text: 'Command line', link: '/cli' },
  { text: 'Options', link: '/options' },
  { text: 'REST and MCP', link: '/rest-and-mcp' },
  { text: 'Debug hints', link: '/hints' },
  { text: 'Consumers and stores of your own', link: '/consumers-and-stores' },
  { text: 'Journal format', link: '/journal-format' },
  { text: 'API', link: '/api/' },
];

const OPERATION = [
  { text: 'Deployment', link: '/deployment' },
  { text: 'Security and privacy', link: '/security' },
  { text: 'Durability and the directory', link: '/durability' },
  { text: 'Troubleshooting', link: '/troubleshooting' },
  { text: 'Upgrading', link: '/upgrading' },
];

const BACKGROUND = [
  { text: 'Benchmarks', link: '/benchmarks' },
  { text: 'Other decorators, measured', link: '/decorators-measured' },
  { text: 'Decisions', link: '/decisions/' },
];

export default defineConfig({
  title: 'nestjs-trace-collector',
  description: 'A flight recorder for NestJS applications that run webhook-driven agent workflows',
  base,
  outDir: '../dist/docs',
  cacheDir: './node_modules/.vitepress-cache',
  cleanUrls: true,
  lastUpdated: false,
  head: [['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }]],
  markdown: { config: configure, anchor: { slugify: slugOf } },
  themeConfig: {
    outline: [2, 3],
    search: { provider: 'local' },
    nav: [
      { text: 'Getting started', link: '/getting-started' },
      { text: 'Guides', link: '/guides/code', activeMatch: '/guides/' },
      { text: 'Recipes', link: '/recipes/', activeMatch: '/recipes/' },
      { text: 'Options', link: '/options' },
    ],
    sidebar: {
      '/decisions/': [{ text: 'Decisions', items: pagesOf('decisions') }],
      '/': [
        {
          text: 'Introduction',
          items: [
            { text: 'Getting started', link: '/getting-started' },
            { text: 'Concepts', link: '/concepts' },
            { text: 'Coming from the Python collector', link: '/coming-from-python' },
          ],
        },
        { text: 'Guides', items: GUIDES },
        { text: 'Recipes', collapsed: true, items: pagesOf('recipes') },
        { text: 'Reference', items: REFERENCE },
        { text: 'Operation', items: OPERATION },
        { text: 'Background', items: BACKGROUND },
      ],
    },
    socialLinks: [{ icon: 'github', link: 'https://github.com/nestjs-trace-collector/nestjs-trace-collector' }],
    footer: { message: 'MIT License' },
  },
});
