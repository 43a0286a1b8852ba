/** Which files a package may hold: a short list of plain names, so that no path can lead anywhere else. */

/** Beside adapter.ts: code and tables. In `schemas/` and `examples/`: JSON. And the guide. */
const FORMS = [
  /^connector\.yaml$/,
  /^guide\.md$/,
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(ts|json)$/,
  /^(schemas|examples)\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json$/,
];

export const WHAT_MAY_BE = 'adapter.ts or connector.yaml, *.ts and *.json beside it, schemas/*.json, examples/*.json, guide.md';

export function mayHold(path: string): boolean {
  return FORMS.some((form) => form.test(path));
}
