const WORDS =
  /^(?:authorization|proxyauthorization|cookie|setcookie|passw(?:or)?d|passphrase|secret|token|accesstoken|refreshtoken|idtoken|apikey|xapikey|clientsecret|privatekey|signature|xhubsignature(?:256)?|xtwiliosignature|stripesignature|session|sessionid|credentials?|otp|pin|cvv|cvc|cardnumber|ssn)$/;

export function secretKeyTest(extra: (string | RegExp)[]): (key: string) => boolean {
  const names = new Set(extra.filter((k) => typeof k === 'string').map(fold));
  const expressions = extra
    .filter((k) => k instanceof RegExp)
    .map((k) => new RegExp(k.source, k.flags.replace(/[gy]/g, '')));
  return (key) => {
    const folded = fold(key);
    return WORDS.test(folded) || names.has(folded) || expressions.some((e) => e.test(key));
  };
}

export function fold(key: string): string {
  return key.toLowerCase().replace(/[-_\s]/g, '');
}
