/** Which files a package may hold: a short list of plain names, so that no path can lead anywhere else. */

/** Code, tables, schemas and examples, at most one folder deep, and the guide. */
const FORMS = [
  /^connector\.yaml$/,
  /^guide\.md$/,
  /^([a-z][a-z0-9-]{0,40}\/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(ts|json)$/,
];

export const WHAT_MAY_BE =
  'adapter.ts or connector.yaml, guide.md, and *.ts and *.json beside it or one folder below';

export function mayHold(path: string): boolean {
  return FORMS.some((form) => form.test(path));
}
