import type { DbPool } from './db-pool.js';
import type { Random } from './random.js';

const KEPT_MESSAGES = 100;
const KEPT_USERS = 10_000;
/** Milliseconds that a statement holds its connection. */
const STATEMENT = { from: 2, to: 4 };

/** The users' conversations, read and written through the connection pool. */
export class ConversationStore {
  readonly #pool: DbPool;
  readonly #random: Random;
  readonly #messages = new Map<string, readonly string[]>();

  constructor(pool: DbPool, random: Random) {
    this.#pool = pool;
    this.#random = random;
  }

  /** The last messages of the user's conversation, oldest first. */
  load(user: string): Promise<readonly string[]> {
    return this.#statement(() => this.#messages.get(user) ?? []);
  }

  /** Adds what the user asked and what was answered. */
  append(user: string, question: string, answer: string): Promise<void> {
    return this.#statement(() => {
      const kept = [...(this.#messages.get(user) ?? []), question, answer].slice(-KEPT_MESSAGES);
      this.#messages.delete(user);
      this.#messages.set(user, kept);
      if (this.#messages.size <= KEPT_USERS) return;
      const oldest = this.#messages.keys().next();
      if (!oldest.done) this.#messages.delete(oldest.value);
    });
  }

  #statement<T>(work: () => T): Promise<T> {
    return this.#pool.query(this.#random.between(STATEMENT.from, STATEMENT.to), work);
  }
}
