import { sep } from 'node:path';
import type { Plugin } from 'rolldown';

/**
 * Makes the Temporal protocol cheaper to load. A command asks three or four questions, and the modules prepare for all
 * that can be asked: profiled, that is the largest part of a command's time. So in the bundle a message type makes the
 * one function that is called, instead of five at its first call; and the description of the protocol is parsed as JSON,
 * which V8 does faster than code, without the parts that no client uses.
 *
 * A version of these packages that does not fit ends the build.
 */
export const lightProtobuf: Plugin = {
  name: 'light-protobuf',
  transform: (code, id) => asLightModule(code, id),
};

/**
 * The text of a module as it goes into the bundle; null: as it is.
 *
 * @throws Error when the module is one of these two and not as it was known
 */
export function asLightModule(code: string, id: string): string | null {
  const path = id.split(sep).join('/');
  // The loader of gRPC has an older one of its own.
  if (path.endsWith('/protobufjs/src/type.js') && !path.includes('/@grpc/')) return oneCodecAtATime(code);
  if (path.endsWith('/@temporalio/proto/protos/json-module.js')) return withoutUnused(code);
  return null;
}

/** Encoder and decoder are made as `Type.prototype.setup` makes them; for the other three it goes on making everything. */
const codecs = `
function prepare(type) {
    var edition = type.root && type.root._needsRecursiveFeatureResolution && (type.root._edition || type._edition);
    if (edition)
        type.root._resolveFeaturesRecursive(edition);
    return type.fieldsArray.map(function (field) { return field.resolve().resolvedType; });
}
Type.prototype.encode = function encode_setup() {
    this.encode = encoder(this)({ Writer: Writer, types: prepare(this), util: util });
    return this.encode.apply(this, arguments);
};
Type.prototype.decode = function decode_setup() {
    this.decode = decoder(this)({ Reader: Reader, types: prepare(this), util: util, C: this.ctor });
    return this.decode.apply(this, arguments);
};
`;

const known = [
  'this.encode = encoder(this)({',
  'this.decode = decoder(this)({',
  'root._needsRecursiveFeatureResolution',
];

function oneCodecAtATime(code: string): string {
  if (!known.every((text) => code.includes(text))) throw changed('protobufjs');
  return code + codecs;
}

interface Namespace {
  nested?: Record<string, Namespace>;
}

function withoutUnused(code: string): string {
  const [, before, json = '', after] = /^(.*\.addJSON\()(\{.*\})(\);.*)$/s.exec(code) ?? [];
  if (before === undefined || after === undefined) throw changed('@temporalio/proto');
  const root = JSON.parse(json) as Record<string, Namespace>;
  // Between the SDK's core and its workers; and the administration of Temporal Cloud.
  delete root['coresdk'];
  delete root['temporal']?.nested?.['api']?.nested?.['cloud'];
  return `${before}JSON.parse(${JSON.stringify(JSON.stringify(root))})${after}`;
}

function changed(what: string): Error {
  return new Error(`${what} has changed: look whether light-protobuf.ts still fits it`);
}
