import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { COMPONENT_NAMES, FIRST_REVISION, type ComponentName, type Path, perComponent } from './components.js';

const manifestSchema = z.object({
  component: z.enum(COMPONENT_NAMES),
  revision: z.string(),
  /** The paths that this revision's code has. */
  contains: z.array(z.enum(['legacy', 'new'])).nonempty(),
});

const revisionsSchema = z.record(z.enum(COMPONENT_NAMES), z.string());

export type Release = z.infer<typeof manifestSchema>;

/** The releases that can be deployed and the revision of each component that is, kept as files that survive a restart. */
export class ReleaseStore {
  readonly #revisionsFile: string;
  readonly #releasesDir: string;
  #revisions: Record<ComponentName, string>;

  /** @throws Error when the stored revisions cannot be read: guessing what is deployed would be worse than not starting */
  constructor(stateDir: string) {
    this.#revisionsFile = join(stateDir, 'revisions.json');
    this.#releasesDir = join(stateDir, 'releases');
    this.#revisions = existsSync(this.#revisionsFile)
      ? readRevisions(this.#revisionsFile)
      : perComponent(() => FIRST_REVISION);
    for (const component of COMPONENT_NAMES) this.publish(component, FIRST_REVISION);
    this.#save();
  }

  revision(component: ComponentName): string {
    return this.#revisions[component];
  }

  revisions(): Record<ComponentName, string> {
    return { ...this.#revisions };
  }

  /** Makes a revision deployable; one that is already published stays as it is. */
  publish(component: ComponentName, revision: string): void {
    const file = this.#manifestFile(component, revision);
    if (existsSync(file)) return;
    const contains: [Path, ...Path[]] = revision === FIRST_REVISION ? ['legacy'] : ['legacy', 'new'];
    const manifest: Release = { component, revision, contains };
    mkdirSync(join(this.#releasesDir, component), { recursive: true });
    writeAtomically(file, JSON.stringify(manifest));
  }

  /** The release as its stored manifest describes it. @throws Error when the manifest is missing or damaged */
  load(component: ComponentName, revision: string): Release {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(this.#manifestFile(component, revision), 'utf8')));
    if (manifest.component !== component || manifest.revision !== revision) {
      throw new Error(`release manifest of ${component} ${revision} describes another release`);
    }
    return manifest;
  }

  setRevision(component: ComponentName, revision: string): void {
    this.#revisions = { ...this.#revisions, [component]: revision };
    this.#save();
  }

  /** Every published revision of a component, and whether its manifest can really be loaded. */
  releases(component: ComponentName): { revision: string; deployable: boolean; reason: string | null }[] {
    const names = readdirSync(join(this.#releasesDir, component)).filter((name) => name.endsWith('.json'));
    return names.toSorted().map((name) => {
      const revision = name.slice(0, -'.json'.length);
      try {
        this.load(component, revision);
        return { revision, deployable: true, reason: null };
      } catch (error) {
        return { revision, deployable: false, reason: String(error) };
      }
    });
  }

  #manifestFile(component: ComponentName, revision: string): string {
    return join(this.#releasesDir, component, `${revision}.json`);
  }

  #save(): void {
    writeAtomically(this.#revisionsFile, JSON.stringify(this.#revisions));
  }
}

function readRevisions(file: string): Record<ComponentName, string> {
  try {
    return revisionsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(
      `cannot read which revisions are deployed from ${file}; restore it from a backup or start with an empty --state-dir`,
      { cause: error }
    );
  }
}

function writeAtomically(file: string, text: string): void {
  const draft = `${file}.new`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
