import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

export const emailPattern = '^[^\\s@<>()",;:]+@[A-Za-z0-9][A-Za-z0-9.-]*$';
const server = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/;
/** The form of a mail server for editors. */
export const mailServerPattern = server.source;

/** An e-mail address alone: no name around it, and nothing that could end a header. */
export function parseEmail(text: string): Understood<string> {
  return new RegExp(emailPattern).test(text)
    ? understood(text)
    : misunderstood(`"${text}" is not an e-mail address`, 'write for example erin@example.com');
}

/** `host:port` of a mail server. */
export function parseMailServer(text: string): Understood<{ host: string; port: number }> {
  const [, host, digits] = server.exec(text) ?? [];
  const port = Number(digits);
  return host === undefined || port === 0 || port > 65_535
    ? misunderstood(`"${text}" is not host:port of a mail server`, 'write for example smtp.example.com:587')
    : understood({ host: host.replace(/^\[|\]$/g, ''), port });
}

/** Whether what is sent there stays on this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
