import { SMTPServer } from 'smtp-server';

export interface SeenMail {
  from: string;
  to: string[];
  /** As it came over the wire, with its lines joined again. */
  text: string;
}

export interface TestMailServer extends AsyncDisposable {
  /** `host:port` */
  smtp: string;
  seen: SeenMail[];
}

/**
 * A real SMTP server on a free loopback port, which keeps what it was sent.
 *
 * @param refuse what it answers to a recipient, with the SMTP code; undefined: it takes the mail
 */
export async function serveMail(
  refuse: (address: string) => { code: number; message: string } | undefined = () => undefined
): Promise<TestMailServer> {
  const seen: SeenMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo(address, _session, done) {
      const refusal = refuse(address.address);
      done(refusal && Object.assign(new Error(refusal.message), { responseCode: refusal.code }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const text = Buffer.concat(chunks).toString().replace(/=\r\n/g, '').replace(/\r\n/g, '\n');
        seen.push({
          from: mailFrom === false ? '' : (mailFrom?.address ?? ''),
          to: rcptTo.map((to) => to.address),
          text,
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  return {
    smtp: `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    seen,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
