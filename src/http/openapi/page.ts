/** The API's description as one plain page: no script, no outside asset, everything under a heading. */
import { hash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { OpenApi } from './document.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
type Json = Record<string, unknown>;

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h2{margin-top:2.5rem;border-bottom:2px solid #0b5d51}h3{margin:1.5rem 0 .2rem;font-size:1rem}
code,pre{font:14px/1.4 ui-monospace,monospace}pre{background:#f3f5f4;padding:.8rem;overflow:auto}
.method{display:inline-block;min-width:4.5rem;font-weight:700;color:#0b5d51}ul{margin:.3rem 0}summary{cursor:pointer}a{color:#0b5d51}`;

/** Only the style above may act on the page. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

export function page({ info, tags, paths, components }: OpenApi): Html {
  const title = `${String(info['title'])} ${String(info['version'])}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <h1>${title}</h1>
        <p>${String(info['description'])}</p>
        <p>
          For programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). Every call but those under
          Health needs a key: <code>Authorization: Bearer jmb_…</code>. A refusal is an
          <a href="#schema-Problem">application/problem+json</a>.
        </p>
        <nav>
          <ul>
            ${tags.map(({ name }) => html`<li><a href="#${anchor(name)}">${name}</a></li>`)}
            <li><a href="#schemas">Schemas</a></li>
          </ul>
        </nav>
        ${tags.map(({ name }) => section(name, paths))}
        <h2 id="schemas">Schemas</h2>
        ${Object.entries(components.schemas).map(([name, schema]) => schemaOf(name, schema))}
      </body>
    </html>`;
}

const anchor = (name: string): string => name.toLowerCase().replaceAll(' ', '-');

function section(tag: string, paths: OpenApi['paths']): Html {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => (operation['tags'] as string[]).includes(tag))
      .map(([method, operation]) => row(method, path, operation)),
  );
  return html`<h2 id="${anchor(tag)}">${tag}</h2>
    ${rows}`;
}

function row(method: string, path: string, operation: Json): Html {
  const {
    summary,
    description,
    parameters = [],
    requestBody,
    responses,
  } = operation as {
    summary: string;
    description?: string;
    parameters?: Json[];
    requestBody?: Json;
    responses: Record<string, Json>;
  };
  return html`<h3 id="${String(operation['operationId'])}">
      <span class="method">${method.toUpperCase()}</span> <code>${path}</code>
    </h3>
    <p>${summary}. ${(description ?? 'No key needed').replaceAll('`', '')}.</p>
    <ul>
      ${parameters.map((parameter) => html`<li>${parameterOf(parameter)}</li>`)}
      ${requestBody ? html`<li>Body: ${contents(requestBody)}</li>` : ''}
      ${Object.entries(responses).map(([status, response]) => html`<li>${status}: ${contents(response)}</li>`)}
    </ul>`;
}

function parameterOf({ $ref, name, in: place, description }: Json): Html {
  if (typeof $ref === 'string') return html`<code>${$ref.split('/').at(-1)}</code>`;
  return html`<code>${String(name)}</code> (${String(place)}): ${String(description)}`;
}

function contents({ content = {} }: Json): Html | string {
  const types = Object.entries(content as Record<string, { schema: Json }>);
  if (types.length === 0) return 'nothing';
  return html`${types.map(([type, { schema }], at) => html`${at > 0 ? ', ' : ''}${type} ${reference(schema)}`)}`;
}

function reference({ $ref }: Json): Html | string {
  if (typeof $ref !== 'string') return '';
  const name = $ref.split('/').at(-1)!;
  return html`<a href="#schema-${name}">${name}</a>`;
}

function schemaOf(name: string, schema: Json): Html {
  return html`<details id="schema-${name}">
    <summary><code>${name}</code></summary>
    <pre>${JSON.stringify(schema, null, 2)}</pre>
  </details>`;
}
