export { applyChange, verifyChange } from './apply-change.js';
export { captureChange } from './capture-change.js';
export { undoChange } from './undo-change.js';
