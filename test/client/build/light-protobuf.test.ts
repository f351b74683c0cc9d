import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { asLightModule } from '../../../src/client/build/light-protobuf.js';

const require = createRequire(import.meta.url);
const installed = (module: string): { id: string; code: string } => {
  const id = require.resolve(module);
  return { id, code: readFileSync(id, 'utf8') };
};

/** Runs CommonJS text as the module that stands at `id`. */
function evaluate<T>({ id, code }: { id: string; code: string }): T {
  const module = { exports: {} };
  const run = compileFunction(code, ['module', 'exports', 'require']) as (...args: unknown[]) => void;
  run(module, module.exports, createRequire(id));
  return module.exports as T;
}

describe('the lighter protocol of the command line', () => {
  it('fits the installed protobufjs: what one type encodes, the other decodes', () => {
    const type = installed('protobufjs/src/type.js');
    const code = asLightModule(type.code, type.id);
    if (code === null) throw new Error('it was not taken for the module that it is');
    interface Codec {
      add(field: unknown): Codec;
      encode(message: object): { finish(): Uint8Array };
      decode(bytes: Uint8Array): object;
      toObject(message: object): object;
    }
    type Types = new (name: string) => Codec;
    const { Field } = require('protobufjs/light') as { Field: new (name: string, id: number, type: string) => unknown };
    const make = (From: Types): Codec =>
      new From('M').add(new Field('text', 1, 'string')).add(new Field('count', 2, 'int32'));
    const light = make(evaluate<Types>({ id: type.id, code }));
    const full = make(evaluate<Types>(type));
    const message = { text: 'yes', count: 7 };
    expect(light.encode(message).finish()).toEqual(full.encode(message).finish());
    expect(light.toObject(light.decode(full.encode(message).finish()))).toEqual(message);
  });

  it('leaves out only what no client uses', () => {
    const { id, code } = installed('@temporalio/proto/protos/json-module.js');
    const light = evaluate<{ lookup(path: string): unknown }>({ id, code: withOwnRoot(asLightModule(code, id) ?? '') });
    expect(light.lookup('temporal.api.workflowservice.v1.WorkflowService')).not.toBeNull();
    expect(light.lookup('temporal.api.history.v1.HistoryEvent')).not.toBeNull();
    expect(light.lookup('coresdk')).toBeNull();
    expect(light.lookup('temporal.api.cloud')).toBeNull();
  });

  it.each(['/x/node_modules/protobufjs/src/type.js', '/x/node_modules/@temporalio/proto/protos/json-module.js'])(
    'ends the build when %s has changed',
    (id) => {
      expect(() => asLightModule('module.exports = {};', id)).toThrow('look whether light-protobuf.ts still fits it');
    }
  );

  it('leaves every other module alone', () => {
    expect(asLightModule('a', '/x/node_modules/@grpc/proto-loader/node_modules/protobufjs/src/type.js')).toBeNull();
    expect(asLightModule('a', '/x/dist/src/client/cli/main.js')).toBeNull();
  });
});

/** The module keeps its root in a registry that all copies share; a test must not see that of another. */
function withOwnRoot(code: string): string {
  return code.replaceAll('"__temporal"', '"__temporal_light"');
}
