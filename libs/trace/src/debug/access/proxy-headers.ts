/**
 * Request headers that something between the caller and the application adds. A request that has one did not come
 * straight from this machine. Sources: RFC 7239 (`Forwarded`), RFC 9110 (`Via`), RFC 8586 (`CDN-Loop`), and the product's
 * own documentation of what it sends to an origin server, or its configuration examples.
 *
 * Not here: what clients send themselves (`traceparent`, `x-request-id`, `x-correlation-id`).
 */
const PROXY_HEADERS: Readonly<Record<string, readonly string[]>> = {
  standards: ['forwarded', 'via', 'cdn-loop', 'max-forwards', 'proxy-connection', 'proxy-authorization'],
  'nginx, ingress-nginx': [
    'x-real-ip',
    'x-real-port',
    'x-scheme',
    'x-original-uri',
    'x-original-url',
    'x-original-method',
    'x-original-forwarded-for',
    'x-nginx-proxy',
    'x-request-start',
    'x-queue-start',
  ],
  'Apache, WebLogic, IIS, ISA': [
    'client-ip',
    'remote-addr',
    'proxy-client-ip',
    'wl-proxy-client-ip',
    'wl-proxy-ssl',
    'front-end-https',
    'x-arr-ssl',
    'x-arr-log-id',
    'x-rewrite-url',
    'disguised-host',
    'was-default-hostname',
    'x-site-deployment-id',
  ],
  'Varnish, Squid, Riverbed, Blue Coat': [
    'x-varnish',
    'x-cluster-client-ip',
    'x-bluecoat-via',
    'x-proxyuser-ip',
    'x-url-scheme',
  ],
  'load balancers in general': [
    'x-client-ip',
    'x-originating-ip',
    'x-remote-ip',
    'x-remote-addr',
    'x-host',
    'x-original-host',
    'x-original-remote-addr',
    'x-forwarded',
    'forwarded-for',
    'true-client-ip',
    'x-true-client-ip',
  ],
  'Amazon, Google': ['x-amzn-trace-id', 'x-amz-cf-id', 'x-cloud-trace-context'],
  'Imperva, Sucuri, EdgeOne, Alibaba': [
    'incap-client-ip',
    'x-sucuri-clientip',
    'x-sucuri-country',
    'eo-connecting-ip',
    'ali-cdn-real-ip',
  ],
  'DigitalOcean, Render, Netlify': ['do-connecting-ip', 'rndr-id', 'x-nf-client-connection-ip'],
};

/** Beginnings of names that one product or convention has for itself. */
const PROXY_PREFIXES: readonly string[] = [
  'x-forwarded-',
  'x-envoy-',
  'x-kong-',
  'cf-',
  'cloudfront-',
  'x-amzn-',
  'akamai-',
  'x-akamai-',
  'fastly-',
  'fly-',
  'x-azure-',
  'x-fd-',
  'x-appengine-',
  'x-goog-',
  'x-vercel-',
  'x-nf-',
  'x-railway-',
  'x-heroku-',
  'tailscale-',
  'ngrok-',
];

const NAMES: ReadonlySet<string> = new Set(Object.values(PROXY_HEADERS).flat());

/** @param name in lower case, as Node has them */
export function isProxyHeader(name: string): boolean {
  return NAMES.has(name) || PROXY_PREFIXES.some((prefix) => name.startsWith(prefix));
}
