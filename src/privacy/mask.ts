/** Masking of what leaves the sealed world: loaded secrets by value, personal numbers and tokens by shape. */

export type Mask = (text: string) => string;

/** Shorter values would mask half of every line; `config` refuses them as secrets. */
const SHORTEST_SECRET = 6;

/** Sixteen digits (NIK, family card, virtual account), also in groups 4-4-4-4 or 6-6-4; the front tells area and birth. */
const SIXTEEN = /(?<!\d)(?:\d{12}|\d{4}([ .-])\d{4}\1\d{4}\1|\d{6}([ .-])\d{6}\2)(\d{4})(?!\d)/g;
const PHONE = /(?<!\d)(?:\+?62[ -]?|0)8\d{1,2}[ -]?\d{3,4}[ -]?\d{2,5}(?!\d)/g;
const JWT = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g;
const CREDENTIALS = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]*?(?:-----END|$)/g;

/** A national identity number as people may see it: its last four digits. */
export function maskNik(nik: string): string {
  return '*'.repeat(Math.max(nik.length - 4, 0)) + nik.slice(-4);
}

/** Makes the mask that knows these secrets. Made once at start and at every reload. */
export function makeMask(secrets: string[]): Mask {
  const forms = secrets.filter((one) => one.length >= SHORTEST_SECRET).flatMap(formsOf);
  const longestFirst = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  const bySecret = forms.length > 0 ? new RegExp(longestFirst.map(escape).join('|'), 'g') : null;
  return (text) => maskShapes(bySecret ? text.replace(bySecret, '[secret]') : text);
}

/** A mask that learns further secrets: those of before may still be under way. */
export function growingMask(first: string[]): { mask: Mask; add(secrets: string[]): void } {
  const known = new Set(first);
  let mask = makeMask(first);
  return {
    mask: (text) => mask(text),
    add(secrets) {
      if (secrets.every((one) => known.has(one))) return;
      for (const one of secrets) known.add(one);
      mask = makeMask([...known]);
    },
  };
}

/** Masks one text; for many texts make the mask once. */
export function maskText(text: string, secrets: string[]): string {
  return makeMask(secrets)(text);
}

function maskShapes(text: string): string {
  return text
    .replace(PRIVATE_KEY, '[key]')
    .replace(CREDENTIALS, '$1 [token]')
    .replace(JWT, '[token]')
    .replace(SIXTEEN, '************$3')
    .replace(PHONE, '[phone]');
}

/** A secret as it may stand in a URL, a form, a JSON string, or coded. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
