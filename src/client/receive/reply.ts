/** What a request is answered. */
export interface Reply {
  status: number;
  body: object;
  /** What the log has of it; default: the body. */
  logged?: object;
}

export function reply(status: number, error: string): Reply {
  return { status, body: { error } };
}

/** The JSON of a body, or what is wrong and what to send. */
export function parseBody(body: string, path: string, sender: string): { raw: unknown } | { refused: Reply } {
  try {
    return { raw: JSON.parse(body) as unknown };
  } catch (error) {
    const what = body.trim() === '' ? 'is empty' : `is not JSON (${(error as SyntaxError).message})`;
    return { refused: reply(400, `the body of POST ${path} ${what}; send what ${sender}, as docs/alerts.md shows`) };
  }
}
