export { createDirectoryStore } from './directory-store.js';
export type { EvidenceStore } from './store.js';
