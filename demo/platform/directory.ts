import { createHash } from 'node:crypto';

/** The tools of the platform, and the roles that may use each. */
const ALLOWED_ROLES = {
  search_handbook: ['member', 'analyst', 'admin'],
  run_report: ['analyst', 'admin'],
  export_billing: ['admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Role = 'member' | 'analyst' | 'admin';
export type ToolName = keyof typeof ALLOWED_ROLES;

export const TOOL_NAMES: readonly ToolName[] = ['search_handbook', 'run_report', 'export_billing'];

/** The account that smoke tests act as: it may use two of the three tools, so that both answers can be tested. */
export const TEST_USER = 'release-test-user';

const USER_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function isUserId(text: string): boolean {
  return USER_ID.test(text);
}

/** The user's role. It depends on the id alone: about a third of the users each. */
export function roleOf(user: string): Role {
  if (user === TEST_USER) return 'analyst';
  const bucket = createHash('sha256').update(user).digest().readUInt16BE(0) % 3;
  return bucket === 0 ? 'member' : bucket === 1 ? 'analyst' : 'admin';
}

export function mayUse(user: string, tool: ToolName): boolean {
  const roles: readonly Role[] = ALLOWED_ROLES[tool];
  return roles.includes(roleOf(user));
}

export function permissionsOf(user: string): ToolName[] {
  return TOOL_NAMES.filter((tool) => mayUse(user, tool));
}
