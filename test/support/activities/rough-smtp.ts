import { createServer, type Socket } from 'node:net';

/** What a rough server does at a moment of an SMTP session: a reply, nothing at all, or something with the socket. */
export type Turn = string | undefined | ((socket: Socket) => void);

export interface RoughMailServer extends AsyncDisposable {
  smtp: string;
  /** Mails that were sent to their end, with whom the server had agreed to take them for. */
  seen: Array<{ to: string[]; text: string }>;
  sessions: number;
}

/** A server of SMTP that misbehaves where a test wants it to: `turn` sees `CONNECT`, each command, and `DOT` behind a mail. */
export async function serveRoughly(turn: (command: string, session: number) => Turn): Promise<RoughMailServer> {
  const seen: RoughMailServer['seen'] = [];
  const sockets = new Set<Socket>();
  let sessions = 0;
  const server = createServer((socket) => {
    const session = ++sessions;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let left = '';
    let mail: string[] | undefined;
    let to: string[] = [];
    const say = (what: Turn): void => {
      if (typeof what === 'function') what(socket);
      else if (what !== undefined) socket.write(`${what}\r\n`);
    };
    say(turn('CONNECT', session));
    socket.on('data', (chunk) => {
      const lines = `${left}${chunk.toString()}`.split('\r\n');
      left = lines.pop() ?? '';
      for (const line of lines) {
        if (mail && line !== '.') {
          mail.push(line);
          continue;
        }
        const command = mail ? 'DOT' : line;
        if (mail) {
          seen.push({ to, text: mail.join('\n') });
          mail = undefined;
          to = [];
        }
        const answer = turn(command, session);
        const agreed = typeof answer === 'string' && answer.startsWith('2');
        if (agreed && command.startsWith('RCPT TO:')) to.push(/<(.*)>/.exec(command)?.[1] ?? '');
        if (typeof answer === 'string' && answer.startsWith('354')) mail = [];
        say(answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    smtp: `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    seen,
    get sessions() {
      return sessions;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** What a server says that takes everything. */
export function politely(command: string): string {
  if (command === 'CONNECT') return '220 rough.example.test';
  if (/^DATA/i.test(command)) return '354 go on';
  return '250 ok';
}
