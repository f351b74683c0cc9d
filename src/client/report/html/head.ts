import { html, trusted, type Html } from './markup.js';

/** Nothing is loaded and no script runs, whatever anybody wrote into a title or an answer. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The head of a page that needs nothing else: it opens without a network, without scripts, on light and dark screens.
 *
 * @param style CSS of ours
 */
export function head(title: string, style: string): Html {
  return html`<head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    <title>${title}</title>
    <style>
      ${trusted(style)}
    </style>
  </head>`;
}
