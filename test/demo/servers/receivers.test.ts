import { createTransport } from 'nodemailer';
import { expect, it, onTestFinished } from 'vitest';
import { startReceivers } from '../../../demo/servers/receivers.js';

it("the demo's mail server tells subjects as people wrote them, whatever letters and however long", async () => {
  const receivers = await startReceivers();
  onTestFinished(() => receivers.stop());
  const [host, port] = receivers.vars.smtp.split(':');
  const subject = `🚨 CRITICAL: Nutzer sehen Fremdes – ${'sehr '.repeat(20)}schlimm`;
  const transport = createTransport({ host, port: Number(port) });
  await transport.sendMail({ from: 'phasegate@example.com', to: ['ola@example.com', 'lee@example.com'], subject });
  transport.close();
  expect(receivers.told).toMatchObject([{ to: 'mail', what: `${subject} (to ola@example.com, lee@example.com)` }]);
});
