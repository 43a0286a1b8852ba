/** The report as one plain page: no script, no outside asset, to be kept beside a package. */
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { CoverageRow, ExamFinding, ExamPart, ExamReport } from './report.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h2{margin-top:2.5rem;border-bottom:2px solid #0b5d51;font-size:1.25rem}code{font:14px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid #d9dedc}
.grade{display:inline-block;min-width:2.5rem;padding:.2rem .7rem;font-size:2rem;font-weight:700;color:#fff;background:#0b5d51;border-radius:.3rem;text-align:center}
.grade.failed{background:#9b1c1c}.fail{color:#9b1c1c;font-weight:700}.warn{color:#7a5200;font-weight:700}.facts{color:#555;margin:.3rem 0}`;

export async function asHtml(report: ExamReport): Promise<string> {
  const { name, version, grade, minGrade, passed, parts, coverage } = report;
  const title = `${name} ${version}`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}: grade ${grade}</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <h1>${title}</h1>
        <p>
          <span class="grade${passed ? '' : ' failed'}">${grade}</span>
          ${passed ? 'Passed' : 'Failed'}; ${minGrade} or better was asked for.
        </p>
        ${parts.map(section)} ${coverage.length > 0 ? coverageTable(coverage) : ''}
      </body>
    </html>`;
  return String(await page);
}

function section({ name, title, findings, facts }: ExamPart): Html {
  return html`<h2 id="${name}">${title.en} <small lang="id">(${title.id})</small></h2>
    <p class="facts">${facts.join(' · ')}</p>
    ${findings.length === 0 ? html`<p>Nothing to mend.</p>` : table(findings)}`;
}

function table(findings: ExamFinding[]): Html {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">What</th>
        <th scope="col">Where</th>
        <th scope="col">Mend</th>
      </tr>
    </thead>
    <tbody>
      ${findings.map(
        ({ severity, code, where, message, fix }) =>
          html`<tr>
            <td><span class="${severity}">${severity}</span> <code>${code}</code><br />${message}</td>
            <td><code>${where}</code></td>
            <td>${fix}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function coverageTable(rows: CoverageRow[]): Html {
  return html`<h2 id="fields">Where the fields go</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Operation</th>
          <th scope="col">Field</th>
          <th scope="col">How</th>
          <th scope="col">Where</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ operation, field, how, where }) =>
            html`<tr>
              <td>${operation}</td>
              <td><code>${field}</code></td>
              <td>${how}</td>
              <td><code>${where.join(', ')}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}
