export function scrub(text: string): string {
  return text
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 [REDACTED]')
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[REDACTED]')
    .replace(
      /\b(?:sk-|sk_live_|rk_live_|ghp_|github_pat_|xox[abprs]-|AKIA|AIza|SG\.|whsec_|glpat-|npm_)[\w-]{12,}/g,
      '[REDACTED]',
    );
}
